// Binds c2c, r2c, c2r, line and good_size as python/flipshift/_backend.py states them.
#include "engine/fft.hpp"

#include "bindings/arrays.hpp"

namespace flipshift::bindings {

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
    return run(n, [&] { fft::plan<T>(n)->run(in, to, direction(forward), static_cast<T>(scale)); });
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
    return run(
        n, [&] { fft::real_plan<T>(n)->r2c(in, to, direction(forward), static_cast<T>(scale)); });
  }
  const auto in = view<const T>(x, "x");
  const auto to = view<std::complex<T>>(out, "out");
  const Shape list = to_axes(axes, x, true);
  Shape expected = in.shape;
  expected[list.back()] = expected[list.back()] / 2 + 1;
  if (to.shape != expected) throw bad_argument("out", "has another shape");
  run(product(in.shape),
      [&] { fft::r2c<T>(in, to, list, direction(forward), static_cast<T>(scale), workers); });
}

template <class T>
void c2r(const py::array& x, const py::array& out, const py::handle& axes, bool forward,
         double scale, std::size_t workers) {
  if (single_line(x, out, axes)) {
    const auto* in = contiguous<const std::complex<T>>(x, "x");
    auto* to = contiguous<T>(out, "out");
    check_length(x, out.shape(0) / 2 + 1, "x");
    const auto n = static_cast<std::size_t>(out.shape(0));
    return run(
        n, [&] { fft::real_plan<T>(n)->c2r(in, to, direction(forward), static_cast<T>(scale)); });
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

// The functions that `line` knows, by the number that the Python side passes.
enum class Line { fft, ifft, rfft, irfft };

template <class T>
py::object line_of_real(const py::array& x, Line kind) {
  const auto n = static_cast<std::size_t>(x.shape(0));
  if (kind == Line::irfft) return py::none();
  const bool whole = kind != Line::rfft, forward = kind != Line::ifft;
  py::array_t<std::complex<T>> out(static_cast<py::ssize_t>(whole ? n : n / 2 + 1));
  const T* in = static_cast<const T*>(x.data());
  std::complex<T>* y = out.mutable_data();
  run(n, [&] {
    fft::real_plan<T>(n)->r2c(in, y, direction(forward), forward ? T(1) : T(1.0 / n));
    if (!whole) return;
    for (std::size_t k = n / 2 + 1; k < n; ++k) y[k] = std::conj(y[n - k]);
  });
  return std::move(out);
}

template <class T>
py::object line_of_complex(const py::array& x, Line kind) {
  const auto length = static_cast<std::size_t>(x.shape(0));
  const auto* in = static_cast<const std::complex<T>*>(x.data());
  if (kind == Line::rfft || (kind == Line::irfft && length < 2)) return py::none();
  if (kind == Line::irfft) {
    const std::size_t n = 2 * (length - 1);
    py::array_t<T> out(static_cast<py::ssize_t>(n));
    T* y = out.mutable_data();
    run(n, [&] { fft::real_plan<T>(n)->c2r(in, y, Direction::backward, T(1.0 / n)); });
    return std::move(out);
  }
  const bool forward = kind == Line::fft;
  py::array_t<std::complex<T>> out(x.shape(0));
  auto* y = out.mutable_data();
  run(length, [&] {
    fft::plan<T>(length)->run(in, y, direction(forward), forward ? T(1) : T(1.0 / length));
  });
  return std::move(out);
}

py::object line(const py::object& object, int kind) {
  const auto& api = py::detail::npy_api::get();
  if (Py_TYPE(object.ptr()) != api.PyArray_Type_) return py::none();
  const auto x = py::reinterpret_borrow<py::array>(object);
  constexpr int wanted = py::array::c_style | py::detail::npy_api::NPY_ARRAY_ALIGNED_;
  if (x.ndim() != 1 || x.shape(0) < 1 || (x.flags() & wanted) != wanted) return py::none();
  const py::dtype type = x.dtype();
  const char order = type.byteorder();
  if (order != '=' && order != '|') return py::none();
  switch (type.num()) {
    case py::detail::npy_api::NPY_FLOAT_:
      return line_of_real<float>(x, Line(kind));
    case py::detail::npy_api::NPY_DOUBLE_:
      return line_of_real<double>(x, Line(kind));
    case py::detail::npy_api::NPY_CFLOAT_:
      return line_of_complex<float>(x, Line(kind));
    case py::detail::npy_api::NPY_CDOUBLE_:
      return line_of_complex<double>(x, Line(kind));
    default:
      return py::none();
  }
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
  m.def("line", &line);
  m.def("good_size", &fft::good_size);
}

}  // namespace flipshift::bindings
