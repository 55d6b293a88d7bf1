// C-contiguous arrays as the user gave them, for calls that are over sooner than NumPy's or
// pybind11's conversions: what the short ways of the convolutions share.
#pragma once

#include <algorithm>
#include <complex>
#include <cstdint>
#include <string_view>

#include "bindings/plain_array.hpp"

namespace flipshift::bindings {

inline constexpr int wanted_flags = npy_api::NPY_ARRAY_C_CONTIGUOUS_ | npy_api::NPY_ARRAY_ALIGNED_;

// A C-contiguous array without subclass, nothing of it empty.
inline const Array* contiguous_of(PyObject* object, int& type) {
  if (Py_TYPE(object) != npy_api::get().PyArray_Type_) return nullptr;
  const Array* a = py::detail::array_proxy(object);
  const auto* descr = py::detail::array_descriptor_proxy(a->descr);
  const bool native = descr->byteorder == '=' || descr->byteorder == '|';
  if (a->nd < 1 || a->nd > max_ndim || (a->flags & wanted_flags) != wanted_flags || !native)
    return nullptr;
  for (int d = 0; d < a->nd; ++d)
    if (a->dimensions[d] < 1) return nullptr;
  type = descr->type_num;
  return a;
}

// Calls f(T{}) for the type that the engine computes NumPy's type number in: signed integers wrap
// as unsigned ones do. A value-initialized result for other types.
template <class F>
auto visit(int type, F&& f) -> decltype(f(float{})) {
  const auto integer = [&](std::size_t size) {
    if (size == 1) return f(std::uint8_t{});
    if (size == 2) return f(std::uint16_t{});
    if (size == 4) return f(std::uint32_t{});
    return f(std::uint64_t{});
  };
  switch (type) {
    case npy_api::NPY_FLOAT_:
      return f(float{});
    case npy_api::NPY_DOUBLE_:
      return f(double{});
    case npy_api::NPY_CFLOAT_:
      return f(std::complex<float>{});
    case npy_api::NPY_CDOUBLE_:
      return f(std::complex<double>{});
    case npy_api::NPY_BYTE_:
    case npy_api::NPY_UBYTE_:
      return integer(1);
    case npy_api::NPY_SHORT_:
    case npy_api::NPY_USHORT_:
      return integer(sizeof(short));
    case npy_api::NPY_INT_:
    case npy_api::NPY_UINT_:
      return integer(sizeof(int));
    case npy_api::NPY_LONG_:
    case npy_api::NPY_ULONG_:
      return integer(sizeof(long));
    case npy_api::NPY_LONGLONG_:
    case npy_api::NPY_ULONGLONG_:
      return integer(sizeof(long long));
    default:
      return {};
  }
}

inline std::string_view text(PyObject* object) {
  Py_ssize_t size;
  const char* data = PyUnicode_Check(object) ? PyUnicode_AsUTF8AndSize(object, &size) : nullptr;
  if (data) return {data, static_cast<std::size_t>(size)};
  PyErr_Clear();  // a surrogate is no mode either; the long way says so
  return {};
}

// Where the result goes: a new array for None; `out` if it is just that, and apart from the inputs;
// an empty object for what is left to the long way.
inline py::object result_array(PyObject* out, int type, int ndim, const Py_intptr_t* shape,
                               std::size_t item, const Array* a, const Array* b) {
  const npy_api& api = npy_api::get();
  if (out == Py_None) {
    PyObject* made = api.PyArray_NewFromDescr_(api.PyArray_Type_, api.PyArray_DescrFromType_(type),
                                               ndim, shape, nullptr, nullptr, 0, nullptr);
    if (!made) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(made);
  }
  int its_type;
  const Array* y = contiguous_of(out, its_type);
  if (!y || its_type != type || y->nd != ndim || !(y->flags & npy_api::NPY_ARRAY_WRITEABLE_) ||
      !std::equal(shape, shape + ndim, y->dimensions))
    return {};
  const auto end = [item](const Array* array) {
    std::size_t size = item;
    for (int d = 0; d < array->nd; ++d) size *= static_cast<std::size_t>(array->dimensions[d]);
    return array->data + size;
  };
  for (const Array* input : {a, b})
    if (y->data < end(input) && input->data < end(y)) return {};
  return py::reinterpret_borrow<py::object>(out);
}

template <class T>
T* data_of(const py::object& array) {
  return reinterpret_cast<T*>(py::detail::array_proxy(array.ptr())->data);
}

}  // namespace flipshift::bindings
