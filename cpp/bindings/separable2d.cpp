// Binds separable2d as python/flipshift/_backend.py states it.
#include "engine/separable2d.hpp"

#include <complex>
#include <cstdint>
#include <string>
#include <type_traits>

#include "bindings/arrays.hpp"
#include "bindings/boundary.hpp"
#include "bindings/plain_array.hpp"
#include "bindings/sample_types.hpp"
#include "engine/dispatch.hpp"
#include "kernels/box.hpp"

namespace flipshift::bindings {

namespace {

namespace c2 = flipshift::convolve2d;

std::size_t length(const py::array& a, py::ssize_t axis) {
  return static_cast<std::size_t>(a.shape(axis));
}

// The two members of a sequence.
struct Pair {
  py::object first, second;

  Pair(PyObject* sequence, const char* name) {
    if (!PySequence_Check(sequence) || PySequence_Size(sequence) != 2)
      throw bad_argument(name, "is no pair");
    first = py::reinterpret_steal<py::object>(PySequence_GetItem(sequence, 0));
    second = py::reinterpret_steal<py::object>(PySequence_GetItem(sequence, 1));
    if (!first || !second) throw py::error_already_set();
  }
};

Py_ssize_t integer(PyObject* object) {
  const Py_ssize_t n = PyNumber_AsSsize_t(object, PyExc_OverflowError);
  if (n == -1 && PyErr_Occurred()) throw py::error_already_set();
  return n;
}

struct Arguments {
  py::array x, columns, rows, out;
  Pair start, boundary, fillvalue;
  std::size_t workers;
};

// x of integers that T holds exactly, and for which there is a kernel.
template <class X, class T>
bool widened(const py::array& x, c2::SeparableProblem<T>& p) {
  const py::dtype dtype = x.dtype();
  if (dtype.kind() != (std::is_signed_v<X> ? 'i' : 'u') || dtype.itemsize() != sizeof(X))
    return false;
  p.widen = [](const void* from, std::size_t n, T* to) {
    kernels<BoxPixels<X, T>>().widen(static_cast<const X*>(from), n, to);
  };
  p.narrow_bytes = sizeof(X);
  return true;
}

template <class T>
void run_as(const Arguments& a) {
  const py::array &x = a.x, &out = a.out;
  const bool images = x.ndim() == 4;
  if (!images && x.ndim() != 2) throw bad_argument("x", "is no image");
  if (out.ndim() != x.ndim() ||
      (images && (out.shape(0) != x.shape(0) || out.shape(3) != x.shape(3))))
    throw bad_argument("out", "has another shape");
  if (a.rows.ndim() != 2 || a.columns.ndim() != 2 || a.columns.shape(0) != a.rows.shape(0))
    throw bad_argument("columns or rows", "has another shape");
  const py::dtype dtype = out.dtype();
  c2::SeparableProblem<T> p{};
  bool integers = false;
  if constexpr (std::is_floating_point_v<T>) {
    integers = widened<std::uint8_t>(x, p) || widened<std::int8_t>(x, p) ||
               widened<std::uint16_t>(x, p) || widened<std::int16_t>(x, p);
    if constexpr (std::is_same_v<T, double>) integers = integers || widened<std::int32_t>(x, p);
  }
  check(x, integers ? x.dtype() : dtype, x.ndim(), "x");
  check(a.columns, dtype, 2, "columns");
  check(a.rows, dtype, 2, "rows");
  check(out, dtype, x.ndim(), "out");
  const auto name = [](const py::object& o) { return boundary_of(o.cast<std::string>()); };
  p.x = {static_cast<const T*>(x.data()), length(x, images), length(x, images + 1)};
  p.columns = static_cast<const T*>(a.columns.data());
  p.column_taps = length(a.columns, 1);
  p.rows = static_cast<const T*>(a.rows.data());
  p.row_taps = length(a.rows, 1);
  p.terms = length(a.rows, 0);
  p.out = {pointer<T>(out, "out"), length(out, images), length(out, images + 1)};
  p.row_start = integer(a.start.first.ptr());
  p.col_start = integer(a.start.second.ptr());
  p.boundary_rows = name(a.boundary.first);
  p.boundary_cols = name(a.boundary.second);
  p.fill_first = a.fillvalue.first.cast<T>();
  p.fill_second = a.fillvalue.second.cast<T>();
  if (images) {
    p.outer = length(x, 0);
    p.inner = length(x, 3);
  }
  p.workers = a.workers;
  run(static_cast<std::size_t>(out.size()) * p.terms * (1 + (p.column_taps + p.row_taps) / 16),
      [&] { c2::separable2d(p); });
}

// Of CPython's fast convention: small images take less time than pybind11's conversions.
PyObject* separable2d(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 8) {
    PyErr_SetString(
        PyExc_TypeError,
        "separable2d takes x, columns, rows, out, start, boundary, fillvalue and workers");
    return nullptr;
  }
  return object_or_none([&] {
    for (int i = 0; i < 4; ++i)
      if (!py::isinstance<py::array>(args[i])) throw bad_argument("x", "is no array");
    const auto array = [&](int i) { return py::reinterpret_borrow<py::array>(args[i]); };
    const Arguments a{array(0),
                      array(1),
                      array(2),
                      array(3),
                      Pair(args[4], "start"),
                      Pair(args[5], "boundary"),
                      Pair(args[6], "fillvalue"),
                      static_cast<std::size_t>(integer(args[7]))};
    visit(a.out.dtype(), [&](auto sample) {
      using T = decltype(sample);
      if constexpr (std::is_integral_v<T>) {
        throw bad_argument("out", "has a dtype that separable2d does not take");
      } else {
        run_as<T>(a);
      }
    });
    return py::object();
  });
}

PyMethodDef methods[] = {
    {"separable2d", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(separable2d)),
     METH_FASTCALL, "Convolution of images with sums of products of a column and a row."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_separable2d(py::module_& m) {
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
}

}  // namespace flipshift::bindings
