// Arguments of whole calls as the user gave them, looked at without NumPy's or pybind11's
// conversions, which take longer than a short transform.
#pragma once

#include "bindings/arrays.hpp"

namespace flipshift::bindings {

using py::detail::npy_api;
using Array = py::detail::PyArray_Proxy;

inline constexpr int max_ndim = 64;

inline bool is_complex(int type) {
  return type == npy_api::NPY_CFLOAT_ || type == npy_api::NPY_CDOUBLE_;
}
inline bool is_single(int type) {
  return type == npy_api::NPY_CFLOAT_ || type == npy_api::NPY_FLOAT_;
}
inline Py_ssize_t item_size(int type) {
  return (is_complex(type) ? 2 : 1) * (is_single(type) ? sizeof(float) : sizeof(double));
}

// The array behind an object, if a kernel can step through it: no subclass, of one of the four
// types in this byte order, aligned, in whole elements.
inline Array* plain_array(PyObject* object, int& type) {
  if (Py_TYPE(object) != npy_api::get().PyArray_Type_) return nullptr;
  Array* a = py::detail::array_proxy(object);
  const auto* descr = py::detail::array_descriptor_proxy(a->descr);
  type = descr->type_num;
  if (type != npy_api::NPY_FLOAT_ && type != npy_api::NPY_DOUBLE_ && !is_complex(type))
    return nullptr;
  if (descr->byteorder != '=' || !(a->flags & npy_api::NPY_ARRAY_ALIGNED_) || a->nd < 1 ||
      a->nd > max_ndim)
    return nullptr;
  const Py_ssize_t item = item_size(type);
  for (int d = 0; d < a->nd; ++d)
    if (a->strides[d] % item != 0 || a->dimensions[d] < 1) return nullptr;
  return a;
}

// A number, or the numbers of a tuple or list; -1 for anything else.
inline int numbers(PyObject* object, Py_ssize_t* values) {
  PyObject* const* items = &object;
  Py_ssize_t count = 1;
  if (PyTuple_CheckExact(object)) {
    count = PyTuple_GET_SIZE(object);
    items = reinterpret_cast<PyTupleObject*>(object)->ob_item;
  } else if (PyList_CheckExact(object)) {
    count = PyList_GET_SIZE(object);
    items = reinterpret_cast<PyListObject*>(object)->ob_item;
  }
  if (count > max_ndim) return -1;
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (!PyLong_CheckExact(items[i])) return -1;
    values[i] = PyLong_AsSsize_t(items[i]);
    if (values[i] == -1 && PyErr_Occurred()) {
      PyErr_Clear();
      return -1;
    }
  }
  return static_cast<int>(count);
}

// What a function of CPython's fast convention returns: the object that `make` gives, None for an
// empty one, or null with the error of what it throws.
template <class Make>
PyObject* object_or_none(Make&& make) {
  try {
    py::object made = make();
    return made ? made.release().ptr() : py::none().release().ptr();
  } catch (py::error_already_set& e) {
    e.restore();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& e) {
    PyErr_SetString(PyExc_RuntimeError, e.what());
  }
  return nullptr;
}

template <class X>
View<X> view_of(const Array* a, const Py_ssize_t* shape) {
  const auto ndim = static_cast<std::size_t>(a->nd);
  View<X> v{reinterpret_cast<X*>(a->data), Shape(ndim), Strides(ndim)};
  for (std::size_t d = 0; d < ndim; ++d) {
    v.shape[d] = static_cast<std::size_t>(shape[d]);
    v.strides[d] = a->strides[d] / static_cast<Py_ssize_t>(sizeof(X));
  }
  return v;
}

}  // namespace flipshift::bindings
