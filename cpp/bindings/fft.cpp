// Binds c2c, r2c, c2r and good_size as python/flipshift/_backend.py states them.
#include "engine/fft.hpp"

#include "bindings/arrays.hpp"

namespace flipshift::bindings {

namespace {

using fft::Direction;

Direction direction(bool forward) { return forward ? Direction::forward : Direction::backward; }

template <class T>
void c2c(const py::array& x, const py::array& out, const Shape& axes, bool forward, double scale,
         std::size_t workers) {
  using C = std::complex<T>;
  const auto in = view<const C>(x, "x");
  const auto to = view<C>(out, "out");
  if (in.shape != to.shape) throw bad_argument("out", "has another shape");
  run(product(in.shape),
      [&] { fft::c2c<T>(in, to, axes, direction(forward), static_cast<T>(scale), workers); });
}

template <class T>
void r2c(const py::array& x, const py::array& out, const Shape& axes, bool forward, double scale,
         std::size_t workers) {
  const auto in = view<const T>(x, "x");
  const auto to = view<std::complex<T>>(out, "out");
  Shape expected = in.shape;
  expected[axes.back()] = expected[axes.back()] / 2 + 1;
  if (to.shape != expected) throw bad_argument("out", "has another shape");
  run(product(in.shape),
      [&] { fft::r2c<T>(in, to, axes, direction(forward), static_cast<T>(scale), workers); });
}

template <class T>
void c2r(const py::array& x, const py::array& out, const Shape& axes, bool forward, double scale,
         std::size_t workers) {
  const auto in = view<const std::complex<T>>(x, "x");
  const auto to = view<T>(out, "out");
  Shape expected = to.shape;
  expected[axes.back()] = expected[axes.back()] / 2 + 1;
  if (in.shape != expected) throw bad_argument("x", "has another shape");
  run(product(in.shape),
      [&] { fft::c2r<T>(in, to, axes, direction(forward), static_cast<T>(scale), workers); });
}

void check_axes(const py::array& x, const Shape& axes, bool at_least_one) {
  if (at_least_one && axes.empty()) throw bad_argument("axes", "is empty");
  for (std::size_t a : axes)
    if (a >= static_cast<std::size_t>(x.ndim())) throw bad_argument("axes", "is out of range");
}

}  // namespace

void register_fft(py::module_& m) {
  m.def("c2c", [](const py::array& x, const py::array& out, const Shape& axes, bool forward,
                  double scale, std::size_t workers) {
    check_axes(x, axes, false);
    (has_type<std::complex<float>>(x) ? c2c<float> : c2c<double>)(x, out, axes, forward, scale,
                                                                  workers);
  });
  m.def("r2c", [](const py::array& x, const py::array& out, const Shape& axes, bool forward,
                  double scale, std::size_t workers) {
    check_axes(x, axes, true);
    (has_type<float>(x) ? r2c<float> : r2c<double>)(x, out, axes, forward, scale, workers);
  });
  m.def("c2r", [](const py::array& x, const py::array& out, const Shape& axes, bool forward,
                  double scale, std::size_t workers) {
    check_axes(out, axes, true);
    (has_type<float>(out) ? c2r<float> : c2r<double>)(x, out, axes, forward, scale, workers);
  });
  m.def("good_size", &fft::good_size);
}

}  // namespace flipshift::bindings
