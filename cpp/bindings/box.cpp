// Binds box2d as python/flipshift/_backend.py states it.
#include "engine/box.hpp"

#include <algorithm>
#include <complex>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "bindings/arrays.hpp"
#include "bindings/boundary.hpp"

namespace flipshift::bindings {

namespace {

struct Arguments {
  const py::array& x;
  const py::array& out;
  std::pair<std::size_t, std::size_t> sizes;
  std::pair<std::ptrdiff_t, std::ptrdiff_t> start;
  std::pair<double, double> divisors;
  Boundary boundary[2];
  std::pair<py::object, py::object> fill;
  std::size_t workers;
};

// T is the dtype of x, S what sums are computed in, R the dtype of out.
template <class T, class S, class R>
void run_as(const Arguments& a) {
  constexpr bool complex = std::is_same_v<T, std::complex<S>>;
  using X = std::conditional_t<complex, S, T>;
  using Y = std::conditional_t<complex, S, R>;
  const bool images = a.x.ndim() == 4;
  const auto length = [&](const py::array& array, int d) {
    return static_cast<std::size_t>(array.shape(d + images));
  };
  box::Problem<X, S, Y> p{};
  p.x = reinterpret_cast<const X*>(contiguous<const T>(a.x, "x"));
  p.out = reinterpret_cast<Y*>(contiguous<R>(a.out, "out"));
  p.outer = images ? static_cast<std::size_t>(a.x.shape(0)) : 1;
  p.inner = (images ? static_cast<std::size_t>(a.x.shape(3)) : 1) * (complex ? 2 : 1);
  p.rows = length(a.x, 0);
  p.cols = length(a.x, 1);
  p.rows_out = length(a.out, 0);
  p.cols_out = length(a.out, 1);
  p.sizes[0] = a.sizes.first;
  p.sizes[1] = a.sizes.second;
  p.start[0] = a.start.first;
  p.start[1] = a.start.second;
  p.divisors[0] = a.divisors.first;
  p.divisors[1] = a.divisors.second;
  for (int pass = 0; pass < 2; ++pass) {
    p.boundary[pass] = a.boundary[pass];
    if (a.boundary[pass] != Boundary::fill) continue;
    const py::object& fill = pass == 0 ? a.fill.first : a.fill.second;
    if constexpr (complex) {
      const auto value = fill.cast<std::complex<S>>();
      p.fill[pass][0] = value.real();
      p.fill[pass][1] = value.imag();
    } else {
      p.fill[pass][0] = p.fill[pass][1] = fill.cast<S>();
    }
  }
  p.workers = a.workers;
  run(static_cast<std::size_t>(a.out.size()), [&] {
    if constexpr (std::is_same_v<Y, std::uint8_t> && std::is_same_v<S, float>)
      if (box::means_of_bytes(p)) return;
    box::means(p);
  });
}

// From integers to the same or to floating-point numbers.
template <class T>
void run_integers(const Arguments& a) {
  constexpr bool wide = sizeof(T) > 2;
  if (has_type<T>(a.out)) {
    const double largest =
        double(std::size_t{1} << (8 * sizeof(T))) * double(std::max(a.sizes.first, a.sizes.second));
    if constexpr (!wide)
      if (largest < 1 << 24) return run_as<T, float, T>(a);
    if (largest >= double(std::uint64_t{1} << 54)) throw bad_argument("sizes", "are too large");
    return run_as<T, double, T>(a);
  }
  if constexpr (!wide)
    if (has_type<float>(a.out)) return run_as<T, float, float>(a);
  run_as<T, double, double>(a);
}

void box2d(const py::array& x, const py::array& out, std::pair<std::size_t, std::size_t> sizes,
           std::pair<std::ptrdiff_t, std::ptrdiff_t> start, std::pair<double, double> divisors,
           const std::pair<std::string, std::string>& boundary,
           const std::pair<py::object, py::object>& fillvalue, std::size_t workers) {
  const bool images = x.ndim() == 4;
  if ((x.ndim() != 2 && !images) || x.size() == 0) throw bad_argument("x", "is no image");
  if (out.ndim() != x.ndim() || out.size() == 0 ||
      (images && (out.shape(0) != x.shape(0) || out.shape(3) != x.shape(3))))
    throw bad_argument("out", "has another shape");
  if (sizes.first == 0 || sizes.second == 0) throw bad_argument("sizes", "has a 0");
  const Arguments a{x,         out,
                    sizes,     start,
                    divisors,  {boundary_of(boundary.first), boundary_of(boundary.second)},
                    fillvalue, workers};
  const char kind = x.dtype().kind();
  switch (x.itemsize()) {
    case 1:
      if (kind == 'u') return run_integers<std::uint8_t>(a);
      if (kind == 'i') return run_integers<std::int8_t>(a);
      break;
    case 2:
      if (kind == 'u') return run_integers<std::uint16_t>(a);
      if (kind == 'i') return run_integers<std::int16_t>(a);
      break;
    case 4:
      if (kind == 'f') return run_as<float, float, float>(a);
      if (kind == 'i') return run_integers<std::int32_t>(a);
      break;
    case 8:
      if (kind == 'f') return run_as<double, double, double>(a);
      if (kind == 'c') return run_as<std::complex<float>, float, std::complex<float>>(a);
      break;
    case 16:
      if (kind == 'c') return run_as<std::complex<double>, double, std::complex<double>>(a);
      break;
  }
  throw bad_argument("x", "has a dtype that has no kernels");
}

}  // namespace

void register_box(py::module_& m) { m.def("box2d", &box2d); }

}  // namespace flipshift::bindings
