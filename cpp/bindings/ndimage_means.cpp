// Binds the short ways of flipshift.ndimage's means over boxes (python/flipshift/_backend.py).
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include "bindings/ndimage_call.hpp"
#include "engine/box.hpp"

namespace flipshift::bindings {

namespace {

// Means over boxes of an image, or along lines: the sizes and starts of both passes.
template <class X, class S>
py::object box_means(const Call& call, std::array<std::size_t, 4> shape,
                     std::array<std::size_t, 2> sizes, std::array<std::ptrdiff_t, 2> starts) {
  py::object out = result_of(call);
  if (!out) return {};
  box::Problem<X, S, X> p{};
  p.x = reinterpret_cast<const X*>(call.x->data);
  p.out = data_of<X>(out);
  p.outer = shape[0];
  p.rows = p.rows_out = shape[1];
  p.cols = p.cols_out = shape[2];
  p.inner = shape[3];
  for (int pass = 0; pass < 2; ++pass) {
    p.sizes[pass] = sizes[static_cast<std::size_t>(pass)];
    p.start[pass] = starts[static_cast<std::size_t>(pass)];
    p.divisors[pass] = static_cast<double>(p.sizes[pass]);
    p.boundary[pass] = call.boundary;
    p.fill[pass][0] = static_cast<S>(call.fill);
    p.fill[pass][1] = is_complex(call.type) ? S(0) : p.fill[pass][0];
  }
  p.workers = call.workers;
  run(shape[0] * shape[1] * shape[2] * shape[3], [&] { box::means(p); });
  return out;
}

// The window of each element of a uniform filter ends here.
std::optional<std::ptrdiff_t> window_of(PyObject* size, PyObject* origin, std::size_t& n) {
  const auto length = integer_of(size), shift = integer_of(origin);
  if (!length || *length < 1 || !shift) return {};
  n = static_cast<std::size_t>(*length);
  return start_of(*shift, n, true);
}

// Sums are exact, and quotients not rounded to an integer above, below these.
template <class X, class S>
bool exact_in(std::size_t size) {
  const double largest = std::ldexp(1.0, 8 * sizeof(X)) * static_cast<double>(size);
  return largest < std::ldexp(1.0, std::numeric_limits<S>::digits);
}

py::object means(const Call& call, std::array<std::size_t, 4> shape,
                 std::array<std::size_t, 2> sizes, std::array<std::ptrdiff_t, 2> starts) {
  if (call.type == npy_api::NPY_FLOAT_ || call.type == npy_api::NPY_DOUBLE_ ||
      is_complex(call.type)) {
    return with_floats(call, [&]<class T>(T, std::size_t parts) -> py::object {
      shape[3] *= parts;
      return box_means<T, T>(call, shape, sizes, starts);
    });
  }
  const std::size_t size = std::max(sizes[0], sizes[1]);
  return with_pixels(call, [&]<class X>(X) -> py::object {
    if constexpr (sizeof(X) <= 2)
      if (exact_in<X, float>(size)) return box_means<X, float>(call, shape, sizes, starts);
    if constexpr (!std::is_same_v<X, std::uint32_t>)
      if (exact_in<X, double>(size)) return box_means<X, double>(call, shape, sizes, starts);
    return {};
  });
}

// uniform_filter: x, size, mode, cval, origin, workers, output
py::object mean_image(PyObject* const* args) {
  const auto call = call_of(args[0], args[2], args[3], args[5], args[6]);
  std::size_t n;
  const auto start = window_of(args[1], args[4], n);
  if (!call || call->x->nd != 2 || !start) return {};
  return means(*call, {1, call->side(0), call->side(1), 1}, {n, n}, {*start, *start});
}

// uniform_filter1d: x, size, axis, mode, cval, origin, workers, output
py::object mean_lines(PyObject* const* args) {
  const auto call = call_of(args[0], args[3], args[4], args[6], args[7]);
  std::size_t n;
  const auto start = window_of(args[1], args[5], n);
  if (!call || !start) return {};
  const auto lines = lines_of(call->x, args[2]);
  if (!lines) return {};
  // Lines side by side are the columns of images if they are many, else the channels of one.
  constexpr std::size_t few = 16;
  if (lines->inner * (is_complex(call->type) ? 2 : 1) < few)
    return means(*call, {1, lines->outer, lines->n, lines->inner}, {1, n}, {0, *start});
  return means(*call, {lines->outer, lines->n, lines->inner, 1}, {n, 1}, {*start, 0});
}

PyMethodDef methods[] = {
    method<mean_image, 7>("mean_image", "What uniform_filter returns, or None."),
    method<mean_lines, 8>("mean_lines", "What uniform_filter1d returns, or None."),
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_ndimage_means(py::module_& m) {
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
}

}  // namespace flipshift::bindings
