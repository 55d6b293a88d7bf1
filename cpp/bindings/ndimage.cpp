// Binds the short ways of flipshift.ndimage (python/flipshift/_backend.py): one image and a kernel
// as the user gave them, in CPython's fast convention. A small image is through in less time than
// its arguments take in Python.
#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>

#include "bindings/ndimage_call.hpp"
#include "engine/array.hpp"
#include "engine/convolve2d.hpp"
#include "engine/convolve2d_pixels.hpp"
#include "engine/convolve_axis.hpp"
#include "engine/dispatch.hpp"
#include "engine/separable2d.hpp"
#include "kernels/box.hpp"

namespace flipshift::bindings {

namespace {

namespace c2 = flipshift::convolve2d;

// How such numbers are made of sums of pixels; nothing for types that are left to the long way.
std::optional<PixelOut> pixel_out(int type) {
  switch (type) {
    case npy_api::NPY_FLOAT_:
      return PixelOut::float32;
    case npy_api::NPY_DOUBLE_:
      return PixelOut::float64;
    case npy_api::NPY_BYTE_:
    case npy_api::NPY_UBYTE_:
      return PixelOut::bits8;
    case npy_api::NPY_SHORT_:
    case npy_api::NPY_USHORT_:
      return PixelOut::bits16;
    case npy_api::NPY_INT_:
    case npy_api::NPY_UINT_:
      return PixelOut::bits32;
    default:
      return {};
  }
}

// An array for the result of an image of integers, which `output` is or whose type it names; that
// is written to `type`.
py::object pixels_of(const Call& call, int& type) {
  const npy_api& api = npy_api::get();
  PyObject* output = call.output;
  type = call.type;
  if (PyType_Check(output) || api.PyArrayDescr_Check_(output)) {
    PyObject* made;
    if (api.PyArray_DescrConverter_(output, &made) != 1) throw py::error_already_set();
    const auto dtype = py::reinterpret_steal<py::dtype>(made);
    if (dtype.byteorder() == '>' || dtype.byteorder() == '<') return {};
    type = dtype.num();
    output = Py_None;
  } else if (output != Py_None && !contiguous_of(output, type)) {
    return {};
  }
  return pixel_out(type) ? result_of(call, type, output) : py::object();
}

// Weights in T, reversed for a correlation.
template <class T>
class Weights {
 public:
  // False for types that are left to the long way.
  bool read(const Array* w, int type, bool reversed) {
    size_ = 1;
    for (int d = 0; d < w->nd; ++d) size_ *= static_cast<std::size_t>(w->dimensions[d]);
    if (size_ > few_.size()) many_ = Buffer<T>(size_);
    switch (type) {
      case npy_api::NPY_FLOAT_:
        return copy(reinterpret_cast<const float*>(w->data), reversed);
      case npy_api::NPY_DOUBLE_:
        return copy(reinterpret_cast<const double*>(w->data), reversed);
      case npy_api::NPY_INT_:
        return copy(reinterpret_cast<const int*>(w->data), reversed);
      case npy_api::NPY_LONG_:
        return copy(reinterpret_cast<const long*>(w->data), reversed);
      case npy_api::NPY_LONGLONG_:
        return copy(reinterpret_cast<const long long*>(w->data), reversed);
      default:
        return false;
    }
  }
  const T* data() { return into(); }
  std::size_t size() const { return size_; }

 private:
  T* into() { return size_ > few_.size() ? many_.data() : few_.data(); }
  template <class W>
  bool copy(const W* from, bool reversed) {
    T* to = into();
    for (std::size_t k = 0; k < size_; ++k)
      to[k] = static_cast<T>(static_cast<double>(from[reversed ? size_ - 1 - k : k]));
    return true;
  }

  std::size_t size_ = 0;
  std::array<T, 81> few_;
  Buffer<T> many_;
};

// The number that such pixels go on with; the image's own edge needs none.
template <class X>
X pixel_fill(const Call& call) {
  return call.boundary == Boundary::fill ? static_cast<X>(call.fill) : X(0);
}

// The first of two axes side by side: those of an image if `axes` is None.
std::optional<int> rows_axis(const Array* x, PyObject* axes) {
  if (axes == Py_None) return x->nd == 2 ? std::optional<int>(0) : std::nullopt;
  if (!PyTuple_CheckExact(axes) || PyTuple_GET_SIZE(axes) != 2) return {};
  const auto first = integer_of(PyTuple_GET_ITEM(axes, 0));
  const auto second = integer_of(PyTuple_GET_ITEM(axes, 1));
  if (!first || !second || *first < 0 || *second != *first + 1 || *second >= x->nd) return {};
  return static_cast<int>(*first);
}

// convolve and correlate: x, weights, mode, cval, origin, correlation, workers, output, axes
py::object filter_image(PyObject* const* args) {
  const auto call = call_of(args[0], args[2], args[3], args[6], args[7]);
  int type;
  const Array* w = contiguous_of(args[1], type);
  const auto origin = integer_of(args[4]);
  if (!call || !w || w->nd != 2 || !origin) return {};
  const auto axis = rows_axis(call->x, args[8]);
  if (!axis) return {};
  const bool correlation = args[5] == Py_True;
  const auto rows = static_cast<std::size_t>(w->dimensions[0]);
  const auto cols = static_cast<std::size_t>(w->dimensions[1]);
  const auto down = start_of(*origin, rows, correlation);
  const auto across = start_of(*origin, cols, correlation);
  if (!down || !across) return {};
  const std::size_t n = call->side(*axis), m = call->side(*axis + 1);
  std::size_t outer = 1, samples = 1;
  for (int d = 0; d < *axis; ++d) outer *= call->side(d);
  for (int d = *axis + 2; d < call->x->nd; ++d) samples *= call->side(d);
  if (is_complex(call->type) || call->type == npy_api::NPY_FLOAT_ ||
      call->type == npy_api::NPY_DOUBLE_) {
    if (is_complex(call->type) && !call->same_in_both_parts()) return {};
    return with_floats(*call, [&]<class T>(T, std::size_t inner) -> py::object {
      Weights<T> weights;
      if (!weights.read(w, type, correlation)) return {};
      py::object out = result_of(*call);
      if (!out) return {};
      c2::Problem<T> p{{reinterpret_cast<const T*>(call->x->data), n, m},
                       {weights.data(), rows, cols},
                       {data_of<T>(out), n, m},
                       *down,
                       *across,
                       {call->boundary, call->boundary, static_cast<T>(call->fill)}};
      p.outer = outer;
      p.inner = inner * samples;
      p.workers = call->workers;
      run(outer * n * m * p.inner * weights.size(),
          [&] { c2::convolve2d(p, c2::Method::automatic); });
      return out;
    });
  }
  return with_pixels(*call, [&]<class X>(X) -> py::object {
    Weights<double> weights;
    if (!weights.read(w, type, correlation)) return {};
    int result;
    py::object out = pixels_of(*call, result);
    if (!out) return {};
    c2::PixelProblem<X> p{reinterpret_cast<const X*>(call->x->data),
                          n,
                          m,
                          weights.data(),
                          rows,
                          cols,
                          data_of<void>(out),
                          *pixel_out(result),
                          n,
                          m,
                          *down,
                          *across,
                          {call->boundary, call->boundary, pixel_fill<X>(*call)}};
    p.outer = outer;
    p.inner = samples;
    p.workers = call->workers;
    run(outer * n * m * samples * weights.size() / 8, [&] { c2::convolve2d_pixels(p); });
    return out;
  });
}

template <class T>
bool all_finite(const T* y, std::size_t size) {
  constexpr std::size_t lanes = 64;
  T zeros[lanes] = {};  // NaN from the first number on that is not finite
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes)
    for (std::size_t l = 0; l < lanes; ++l) zeros[l] += y[i + l] - y[i + l];
  for (; i < size; ++i) zeros[0] += y[i] - y[i];
  return std::all_of(zeros, zeros + lanes, [](T zero) { return zero == 0; });
}

// laplace of floating images: x, mode, cval, workers, output. None for results with NaN or
// infinity, which the zeros of the kernel spread.
py::object laplace_image(PyObject* const* args) {
  const auto call = call_of(args[0], args[1], args[2], args[3], args[4]);
  if (!call || call->x->nd != 2) return {};
  if (is_complex(call->type) && !call->same_in_both_parts()) return {};
  return with_floats(*call, [&]<class T>(T, std::size_t inner) -> py::object {
    py::object out = result_of(*call);
    if (!out) return {};
    const T cross[9] = {0, 1, 0, 1, -4, 1, 0, 1, 0};
    const std::size_t n = call->side(0), m = call->side(1), size = n * m * inner;
    c2::Problem<T> p{{reinterpret_cast<const T*>(call->x->data), n, m},
                     {cross, 3, 3},
                     {data_of<T>(out), n, m},
                     1,
                     1,
                     {call->boundary, call->boundary, static_cast<T>(call->fill)}};
    p.inner = inner;
    p.workers = call->workers;
    bool finite = true;
    run(size * 9, [&] {
      // Some rows at a time, so that they are looked at while they are in the cache.
      const std::size_t all = p.workers > 1 ? n : std::max<std::size_t>(1, 65536 / (m * inner));
      for (std::size_t i = 0; i < n && finite; i += all) {
        p.out.rows = std::min(all, n - i);
        p.row_start = 1 + static_cast<std::ptrdiff_t>(i);
        c2::convolve2d(p, c2::Method::direct);
        finite = all_finite(p.out.data, p.out.rows * m * inner);
        p.out.data += p.out.rows * m * inner;
      }
    });
    return finite ? out : py::object();
  });
}

// convolve1d and correlate1d: x, weights, axis, mode, cval, origin, correlation, workers, output
py::object filter_lines(PyObject* const* args) {
  const auto call = call_of(args[0], args[3], args[4], args[7], args[8]);
  int type;
  const Array* w = contiguous_of(args[1], type);
  const auto origin = integer_of(args[5]);
  if (!call || !w || w->nd != 1 || !origin) return {};
  const auto lines = lines_of(call->x, args[2]);
  const bool correlation = args[6] == Py_True;
  const auto taps = static_cast<std::size_t>(w->dimensions[0]);
  const auto start = start_of(*origin, taps, correlation);
  if (!lines || !start) return {};
  if (is_complex(call->type) && !call->same_in_both_parts()) return {};
  return with_floats(*call, [&]<class T>(T, std::size_t parts) -> py::object {
    Weights<T> weights;
    if (!weights.read(w, type, correlation)) return {};
    py::object out = result_of(*call);
    if (!out) return {};
    const convolve::AxisShape shape{lines->outer, lines->n, lines->inner * parts};
    run(shape.outer * shape.n * shape.inner * (1 + taps / 16), [&] {
      convolve::run_axis(reinterpret_cast<const T*>(call->x->data), shape, weights.data(), taps,
                         data_of<T>(out), shape.n, *start, call->workers, call->boundary,
                         static_cast<T>(call->fill));
    });
    return out;
  });
}

// A kernel of one column and one row, each as numbers of one type.
struct Separable {
  const Array *columns, *rows;
  int type;
  std::size_t terms() const { return static_cast<std::size_t>(rows->dimensions[0]); }
};

template <class T>
c2::SeparableProblem<T> separable_problem(const Call& call, const Separable& h, T* out) {
  c2::SeparableProblem<T> p{};
  const std::size_t n = call.side(0), m = call.side(1);
  p.x = {reinterpret_cast<const T*>(call.x->data), n, m};
  p.columns = reinterpret_cast<const T*>(h.columns->data);
  p.column_taps = static_cast<std::size_t>(h.columns->dimensions[1]);
  p.rows = reinterpret_cast<const T*>(h.rows->data);
  p.row_taps = static_cast<std::size_t>(h.rows->dimensions[1]);
  p.terms = h.terms();
  p.out = {out, n, m};
  p.row_start = static_cast<std::ptrdiff_t>(p.column_taps / 2);
  p.col_start = static_cast<std::ptrdiff_t>(p.row_taps / 2);
  p.boundary_rows = p.boundary_cols = call.boundary;
  p.fill_first = p.fill_second = static_cast<T>(call.fill);
  p.workers = call.workers;
  return p;
}

template <class T>
void run_separable(const c2::SeparableProblem<T>& p) {
  run(p.x.rows * p.x.cols * p.inner * p.terms * (1 + (p.column_taps + p.row_taps) / 16),
      [&] { c2::separable2d(p); });
}

// An image of integers to floating numbers, its rows widened as they are read.
template <class X, class T>
bool widened_separably(const Call& call, const Separable& h, const py::object& out) {
  if constexpr (std::is_same_v<X, std::uint32_t> || sizeof(X) >= sizeof(T)) {
    return false;
  } else {
    auto p = separable_problem<T>(call, h, data_of<T>(out));
    p.narrow_bytes = sizeof(X);
    p.widen = [](const void* from, std::size_t n, T* to) {
      kernels<BoxPixels<X, T>>().widen(static_cast<const X*>(from), n, to);
    };
    run_separable(p);
    return true;
  }
}

// One pass after the other, each of which ends in integers.
template <class X, class Y>
void pixels_separably(const Call& call, const Separable& h, PixelOut type, Y* out) {
  const std::size_t n = call.side(0), m = call.side(1);
  const auto down = static_cast<std::size_t>(h.columns->dimensions[1]);
  const auto across = static_cast<std::size_t>(h.rows->dimensions[1]);
  run(n * m * (down + across) / 8, [&] {
    Buffer<Y> between(n * m);
    c2::PixelProblem<X> first{reinterpret_cast<const X*>(call.x->data),
                              n,
                              m,
                              reinterpret_cast<const double*>(h.columns->data),
                              down,
                              1,
                              between.data(),
                              type,
                              n,
                              m,
                              static_cast<std::ptrdiff_t>(down / 2),
                              0,
                              {call.boundary, Boundary::nearest, pixel_fill<X>(call)}};
    first.workers = call.workers;
    c2::convolve2d_pixels(first);
    c2::PixelProblem<Y> second{between.data(),
                               n,
                               m,
                               reinterpret_cast<const double*>(h.rows->data),
                               1,
                               across,
                               out,
                               type,
                               n,
                               m,
                               0,
                               static_cast<std::ptrdiff_t>(across / 2),
                               {Boundary::nearest, call.boundary, pixel_fill<Y>(call)}};
    second.workers = call.workers;
    c2::convolve2d_pixels(second);
  });
}

py::object filter_pixels_separably(const Call& call, const Separable& h) {
  return with_pixels(call, [&]<class X>(X) -> py::object {
    int type;
    py::object out = pixels_of(call, type);
    if (!out) return {};
    if (type == npy_api::NPY_FLOAT_ || type == npy_api::NPY_DOUBLE_) {
      if (type != h.type) return {};
      const bool done = type == npy_api::NPY_FLOAT_ ? widened_separably<X, float>(call, h, out)
                                                    : widened_separably<X, double>(call, h, out);
      return done ? out : py::object();
    }
    if (h.type != npy_api::NPY_DOUBLE_ || h.terms() != 1) return {};
    Call result = call;
    result.type = type;
    return with_pixels(result, [&]<class Y>(Y) {
      pixels_separably<X, Y>(call, h, *pixel_out(type), data_of<Y>(out));
      return out;
    });
  });
}

// Gaussian and other filters of one column and one row, whose middles stay: x, columns, rows, mode,
// cval, workers, output
py::object filter_separably(PyObject* const* args) {
  const auto call = call_of(args[0], args[3], args[4], args[5], args[6]);
  int types[2] = {};
  const Array* columns = contiguous_of(args[1], types[0]);
  const Array* rows = contiguous_of(args[2], types[1]);
  if (!call || call->x->nd != 2 || !columns || !rows || columns->nd != 2 || rows->nd != 2 ||
      columns->dimensions[0] != rows->dimensions[0])
    return {};
  if (types[0] != types[1]) return {};
  const Separable h{columns, rows, types[0]};
  if (is_complex(call->type) && !call->same_in_both_parts()) return {};
  if (py::object out = filter_pixels_separably(*call, h)) return out;
  return with_floats(*call, [&]<class T>(T, std::size_t inner) -> py::object {
    if (h.type != (std::is_same_v<T, float> ? npy_api::NPY_FLOAT_ : npy_api::NPY_DOUBLE_))
      return {};
    py::object out = result_of(*call);
    if (!out) return {};
    auto p = separable_problem<T>(*call, h, data_of<T>(out));
    p.inner = inner;
    run_separable(p);
    return out;
  });
}

PyMethodDef methods[] = {
    method<filter_image, 9>("filter_image", "What convolve or correlate return, or None."),
    method<laplace_image, 5>("laplace_image", "What laplace returns, or None."),
    method<filter_lines, 9>("filter_lines", "What convolve1d or correlate1d return, or None."),
    method<filter_separably, 7>("filter_separably", "An image filtered down and across, or None."),
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_ndimage(py::module_& m) {
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
}

}  // namespace flipshift::bindings
