// Binds c2c, r2c, c2r and good_size as python/flipshift/_backend.py states them.
#include "engine/fft.hpp"

#include "bindings/arrays.hpp"

namespace flipshift::bindings {

void register_fft_line(py::module_&);  // fft_line.cpp
void register_fft_call(py::module_&);  // fft_call.cpp

namespace {

using fft::Direction;

Direction direction(bool forward) { return forward ? Direction::forward : Direction::backward; }

Shape to_axes(const py::handle& axes, const py::array& signal, bool at_least_one) {
  const auto list = py::cast<Shape>(axes);
  if (at_least_one && list.empty()) throw bad_argument("axes", "is empty");
  for (std::size_t a : list)
    if (a >= static_cast<std::size_t>(signal.ndim())) throw bad_argument("axes", "is out of range");
  return list;
}

// One contiguous line on both sides, which needs no views: most of the time of a short transform
// would go into making them. There is only one axis that `axes` can name.
bool single_line(const py::array& x, const py::array& out, const py::handle& axes) {
  return x.ndim() == 1 && out.ndim() == 1 && x.strides(0) == x.itemsize() &&
         out.strides(0) == out.itemsize() && PySequence_Size(axes.ptr()) == 1;
}

void check_length(const py::array& a, py::ssize_t n, const char* name) {
  if (a.shape(0) != n || n < 1) throw bad_argument(name, "has another shape");
}

template <class T>
void c2c(const py::array& x, const py::array& out, const py::handle& axes, bool forward,
         double scale, std::size_t workers) {
  using C = std::complex<T>;
  if (single_line(x, out, axes)) {
    const auto* in = contiguous<const C>(x, "x");
    auto* to = contiguous<C>(out, "out");
    check_length(out, x.shape(0), "out");
    const auto n = static_cast<std::size_t>(x.shape(0));
    return run(n, [&] {
      fft::plan<T>(n)->run(in, to, direction(forward), static_cast<T>(scale), workers);
    });
  }
  const auto in = view<const C>(x, "x");
  const auto to = view<C>(out, "out");
  if (in.shape != to.shape) throw bad_argument("out", "has another shape");
  const Shape list = to_axes(axes, x, false);
  run(product(in.shape),
      [&] { fft::c2c<T>(in, to, list, direction(forward), static_cast<T>(scale), workers); });
}

template <class T>
void r2c(const py::array& x, const py::array& out, const py::handle& axes, bool forward,
         double scale, std::size_t workers) {
  if (single_line(x, out, axes)) {
    const auto* in = contiguous<const T>(x, "x");
    auto* to = contiguous<std::complex<T>>(out, "out");
    check_length(out, x.shape(0) / 2 + 1, "out");
    const auto n = static_cast<std::size_t>(x.shape(0));
    return run(n, [&] {
      fft::real_plan<T>(n)->r2c(in, to, direction(forward), static_cast<T>(scale), workers);
    });
  }
  const auto in = view<const T>(x, "x");
  const auto to = view<std::complex<T>>(out, "out");
  const Shape list = to_axes(axes, x, true);
  Shape expected = in.shape;
  expected[list.back()] = expected[list.back()] / 2 + 1;
  if (to.shape != expected) throw bad_argument("out", "has another shape");
  run(product(in.shape), [&] {
    fft::r2c<T>(in, to, list, in.shape[list.back()], direction(forward), static_cast<T>(scale),
                workers);
  });
}

template <class T>
void c2r(const py::array& x, const py::array& out, const py::handle& axes, bool forward,
         double scale, std::size_t workers) {
  if (single_line(x, out, axes)) {
    const auto* in = contiguous<const std::complex<T>>(x, "x");
    auto* to = contiguous<T>(out, "out");
    check_length(x, out.shape(0) / 2 + 1, "x");
    const auto n = static_cast<std::size_t>(out.shape(0));
    return run(n, [&] {
      fft::real_plan<T>(n)->c2r(in, to, direction(forward), static_cast<T>(scale), workers);
    });
  }
  const auto in = view<const std::complex<T>>(x, "x");
  const auto to = view<T>(out, "out");
  const Shape list = to_axes(axes, out, true);
  Shape expected = to.shape;
  expected[list.back()] = expected[list.back()] / 2 + 1;
  if (in.shape != expected) throw bad_argument("x", "has another shape");
  run(product(in.shape),
      [&] { fft::c2r<T>(in, to, list, direction(forward), static_cast<T>(scale), workers); });
}

}  // namespace

void register_fft(py::module_& m) {
  m.def("c2c", [](const py::array& x, const py::array& out, const py::object& axes, bool forward,
                  double scale, std::size_t workers) {
    (has_type<std::complex<float>>(x) ? c2c<float> : c2c<double>)(x, out, axes, forward, scale,
                                                                  workers);
  });
  m.def("r2c", [](const py::array& x, const py::array& out, const py::object& axes, bool forward,
                  double scale, std::size_t workers) {
    (has_type<float>(x) ? r2c<float> : r2c<double>)(x, out, axes, forward, scale, workers);
  });
  m.def("c2r", [](const py::array& x, const py::array& out, const py::object& axes, bool forward,
                  double scale, std::size_t workers) {
    (has_type<float>(out) ? c2r<float> : c2r<double>)(x, out, axes, forward, scale, workers);
  });
  register_fft_line(m);
  register_fft_call(m);
  m.def("good_size", &fft::good_size);
}

}  // namespace flipshift::bindings
