// Binds separable2d as python/flipshift/_backend.py states it.
#include "engine/separable2d.hpp"

#include <complex>
#include <string>
#include <utility>

#include "bindings/arrays.hpp"
#include "bindings/boundary.hpp"

namespace flipshift::bindings {

namespace {

namespace c2 = flipshift::convolve2d;

using Start = std::pair<py::ssize_t, py::ssize_t>;
using Boundaries = std::pair<std::string, std::string>;

std::size_t length(const py::array& a, py::ssize_t axis) {
  return static_cast<std::size_t>(a.shape(axis));
}

template <class T>
void run_as(const py::array& x, const py::array& columns, const py::array& rows,
            const py::array& out, const Start& start, const Boundaries& boundary,
            const py::tuple& fillvalue, std::size_t workers) {
  const bool images = x.ndim() == 4;
  if (!images && x.ndim() != 2) throw bad_argument("x", "is no image");
  if (out.ndim() != x.ndim() ||
      (images && (out.shape(0) != x.shape(0) || out.shape(3) != x.shape(3))))
    throw bad_argument("out", "has another shape");
  if (columns.ndim() != 2 || rows.ndim() != 2 || columns.shape(0) != rows.shape(0))
    throw bad_argument("columns and rows", "have other shapes");
  if (x.size() == 0 || out.size() == 0 || columns.size() == 0 || rows.size() == 0)
    throw bad_argument("an array", "is empty");
  if (fillvalue.size() != 2) throw bad_argument("fillvalue", "is no pair");
  c2::SeparableProblem<T> p{};
  p.x = {contiguous<const T>(x, "x"), length(x, images), length(x, images + 1)};
  p.columns = contiguous<const T>(columns, "columns");
  p.column_taps = length(columns, 1);
  p.rows = contiguous<const T>(rows, "rows");
  p.row_taps = length(rows, 1);
  p.terms = length(rows, 0);
  p.out = {contiguous<T>(out, "out"), length(out, images), length(out, images + 1)};
  p.row_start = start.first;
  p.col_start = start.second;
  p.boundary_rows = boundary_of(boundary.first);
  p.boundary_cols = boundary_of(boundary.second);
  p.fill_first = fillvalue[0].cast<T>();
  p.fill_second = fillvalue[1].cast<T>();
  if (images) {
    p.outer = length(x, 0);
    p.inner = length(x, 3);
  }
  p.workers = workers;
  run(static_cast<std::size_t>(out.size()) * p.terms * (1 + (p.column_taps + p.row_taps) / 16),
      [&] { c2::separable2d(p); });
}

void separable2d(const py::array& x, const py::array& columns, const py::array& rows,
                 const py::array& out, const Start& start, const Boundaries& boundary,
                 const py::tuple& fillvalue, std::size_t workers) {
  const auto as = [&](auto f) { f(x, columns, rows, out, start, boundary, fillvalue, workers); };
  const py::dtype dtype = x.dtype();
  const bool is_complex = dtype.kind() == 'c';
  if (dtype.kind() == 'f' && dtype.itemsize() == 4) return as(run_as<float>);
  if (dtype.kind() == 'f' && dtype.itemsize() == 8) return as(run_as<double>);
  if (is_complex && dtype.itemsize() == 8) return as(run_as<std::complex<float>>);
  if (is_complex && dtype.itemsize() == 16) return as(run_as<std::complex<double>>);
  throw bad_argument("x", "has a dtype that separable2d does not take");
}

}  // namespace

void register_separable2d(py::module_& m) { m.def("separable2d", &separable2d); }

}  // namespace flipshift::bindings
