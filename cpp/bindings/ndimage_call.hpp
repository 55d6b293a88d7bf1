// What the short ways of flipshift.ndimage have in common: one image as the user gave it, where it
// goes on, threads, and what receives the result, in CPython's fast convention.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "bindings/contiguous_array.hpp"
#include "engine/boundary.hpp"

namespace flipshift::bindings {

inline std::optional<Boundary> boundary_of_mode(std::string_view mode) {
  if (mode == "reflect" || mode == "grid-mirror") return Boundary::symm;
  if (mode == "constant" || mode == "grid-constant") return Boundary::fill;
  if (mode == "nearest") return Boundary::nearest;
  if (mode == "mirror") return Boundary::mirror;
  if (mode == "wrap" || mode == "grid-wrap") return Boundary::wrap;
  return {};
}

// A number where there is no doubt about it.
inline std::optional<double> number_of(PyObject* object) {
  if (PyFloat_CheckExact(object)) return PyFloat_AS_DOUBLE(object);
  if (!PyLong_CheckExact(object)) return {};
  int overflow;
  const long integer = PyLong_AsLongAndOverflow(object, &overflow);
  if (overflow != 0 || integer > 1 << 24 || integer < -(1 << 24)) return {};
  return static_cast<double>(integer);
}

inline std::optional<std::ptrdiff_t> integer_of(PyObject* object) {
  Py_ssize_t value;
  if (!PyLong_CheckExact(object) || numbers(object, &value) != 1) return {};
  return value;
}

// What all calls have: the image and how it goes on, threads, and what receives the result.
struct Call {
  const Array* x;
  int type;
  Boundary boundary;
  double fill;
  std::size_t workers;
  PyObject* output;

  std::size_t side(int d) const { return static_cast<std::size_t>(x->dimensions[d]); }
  // Whether it goes on with the same number in both parts of complex pixels.
  bool same_in_both_parts() const { return boundary != Boundary::fill || fill == 0; }
};

inline std::optional<Call> call_of(PyObject* x, PyObject* mode, PyObject* cval, PyObject* workers,
                                   PyObject* output) {
  Call call{};
  call.x = contiguous_of(x, call.type);
  const auto boundary = boundary_of_mode(text(mode));
  const auto fill = number_of(cval);
  const auto threads = integer_of(workers);
  if (!call.x || !boundary || !fill || !threads || *threads < 1) return {};
  call.boundary = *boundary;
  call.fill = *fill;
  call.workers = static_cast<std::size_t>(*threads);
  call.output = output;
  return call;
}

// An array for the result: `output` if it is one of that type.
inline py::object result_of(const Call& call, int type, PyObject* output) {
  const std::size_t item = visit(type, [](auto sample) { return sizeof(sample); });
  return result_array(output, type, call.x->nd, call.x->dimensions, item, call.x, call.x);
}
inline py::object result_of(const Call& call) { return result_of(call, call.type, call.output); }

// Where the result starts in the full convolution, if `origin` is in range.
inline std::optional<std::ptrdiff_t> start_of(std::ptrdiff_t origin, std::size_t taps,
                                              bool correlation) {
  const auto m = static_cast<std::ptrdiff_t>(taps);
  if (origin < -(m / 2) || origin > (m - 1) / 2) return {};
  return correlation ? m - 1 - m / 2 - origin : m / 2 + origin;
}

// Calls f(T{}, samples of a pixel) for images of floating types, of whose complex ones both parts
// are treated alike.
template <class F>
py::object with_floats(const Call& call, F&& f) {
  switch (call.type) {
    case npy_api::NPY_FLOAT_:
      return f(float{}, std::size_t{1});
    case npy_api::NPY_DOUBLE_:
      return f(double{}, std::size_t{1});
    case npy_api::NPY_CFLOAT_:
      return f(float{}, std::size_t{2});
    case npy_api::NPY_CDOUBLE_:
      return f(double{}, std::size_t{2});
    default:
      return {};
  }
}

// Calls f(X{}) for images of integers that go on with one of theirs.
template <class F>
py::object with_pixels(const Call& call, F&& f) {
  const auto as = [&]<class X>(X pixel) -> py::object {
    const bool fits = call.fill >= double(std::numeric_limits<X>::min()) &&
                      call.fill <= double(std::numeric_limits<X>::max()) &&
                      call.fill == std::floor(call.fill);
    return fits || call.boundary != Boundary::fill ? f(pixel) : py::object();
  };
  switch (call.type) {
    case npy_api::NPY_BYTE_:
      return as(std::int8_t{});
    case npy_api::NPY_UBYTE_:
      return as(std::uint8_t{});
    case npy_api::NPY_SHORT_:
      return as(std::int16_t{});
    case npy_api::NPY_USHORT_:
      return as(std::uint16_t{});
    case npy_api::NPY_INT_:
      return as(std::int32_t{});
    case npy_api::NPY_UINT_:
      return as(std::uint32_t{});
    default:
      return {};
  }
}

// An array as lines along one axis: of `inner` samples each n, `outer` times.
struct Lines {
  std::size_t outer = 1, n = 1, inner = 1;
};

inline std::optional<Lines> lines_of(const Array* x, PyObject* axis) {
  auto at = integer_of(axis);
  if (!at || *at < -x->nd || *at >= x->nd) return {};
  if (*at < 0) *at += x->nd;
  Lines lines;
  for (int d = 0; d < x->nd; ++d) {
    std::size_t& factor = d < *at ? lines.outer : d == *at ? lines.n : lines.inner;
    factor *= static_cast<std::size_t>(x->dimensions[d]);
  }
  return lines;
}

template <py::object (*call)(PyObject* const*), Py_ssize_t parameters>
PyObject* fast(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != parameters) {
    PyErr_Format(PyExc_TypeError, "%zd arguments, not %zd", parameters, count);
    return nullptr;
  }
  return object_or_none([&] { return call(args); });
}

template <py::object (*call)(PyObject* const*), Py_ssize_t parameters>
PyMethodDef method(const char* name, const char* text) {
  return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(fast<call, parameters>)),
          METH_FASTCALL, text};
}

}  // namespace flipshift::bindings
