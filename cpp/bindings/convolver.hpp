// What the bindings of prepared kernels and of their streams share.
//
// Both are plain types of the C API: what pybind11 does for a call takes longer than a short
// convolution, or a block of a stream.
#pragma once

#include <cstddef>
#include <memory>

#include "bindings/plain_array.hpp"
#include "engine/convolver_scheme.hpp"

namespace flipshift::bindings {

inline constexpr int plain_flags = npy_api::NPY_ARRAY_C_CONTIGUOUS_ | npy_api::NPY_ARRAY_ALIGNED_;
inline constexpr int writeable = npy_api::NPY_ARRAY_WRITEABLE_;

class Stream;

// One kernel, of any type.
class Kernel {
 public:
  Kernel(int type, std::size_t taps) : type(type), taps(taps) {}
  virtual ~Kernel() = default;
  virtual void run(const char* x, std::size_t n, char* out, std::size_t n_out, std::ptrdiff_t start,
                   std::size_t workers) const = 0;
  virtual std::unique_ptr<Stream> stream(std::size_t rows, std::size_t taps,
                                         std::size_t block) const = 0;
  const int type;
  const std::size_t taps;
};

class Stream {
 public:
  virtual ~Stream() = default;
  virtual void process(const char* x, char* out, std::size_t n, std::size_t workers) = 0;
  virtual void exchange(const Kernel& kernel, std::size_t fade) = 0;
  virtual void reset() = 0;
  virtual std::size_t taps() const = 0;
  virtual const convolve::PartitionScheme& scheme() const = 0;
};

// The kernel of an instance of PreparedKernel, or of a subclass.
const Kernel& kernel_of(PyObject* object);

// The array behind `object` if it is an ndarray (no subclass), contiguous, of this type.
inline Array* contiguous_array(PyObject* object, int type, int flags) {
  if (Py_TYPE(object) != npy_api::get().PyArray_Type_) return nullptr;
  Array* a = py::detail::array_proxy(object);
  if ((a->flags & flags) != flags) return nullptr;
  const auto* descr = py::detail::array_descriptor_proxy(a->descr);
  return descr->type_num == type && descr->byteorder == '=' ? a : nullptr;
}

inline py::object new_array(int type, int ndim, const Py_intptr_t* shape) {
  const npy_api& api = npy_api::get();
  PyObject* array = api.PyArray_NewFromDescr_(api.PyArray_Type_, api.PyArray_DescrFromType_(type),
                                              ndim, shape, nullptr, nullptr, 0, nullptr);
  if (!array) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(array);
}

// Runs body() and gives back None, or null with the error of what it throws.
template <class Body>
inline PyObject* none(Body&& body) {
  return object_or_none([&] {
    body();
    return py::object();
  });
}

// Sets the error of the exception in flight.
inline void set_error() {
  try {
    throw;
  } catch (py::error_already_set& e) {
    e.restore();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& e) {
    PyErr_SetString(PyExc_RuntimeError, e.what());
  }
}

// Whether the arguments are (x), (x, out) or (x, out=out); null if none is given.
inline bool x_and_out(Py_ssize_t n, PyObject* const* args, PyObject* names, PyObject*& out) {
  const bool named = names && n == 1 && PyTuple_GET_SIZE(names) == 1 &&
                     PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "out") == 0;
  if (!named && (names || n < 1 || n > 2)) return false;
  out = n == 2 || named ? args[1] : Py_None;
  return true;
}

// The method `name` of self with the same arguments.
inline PyObject* call_general(PyObject* self, PyObject* name, PyObject* const* args, Py_ssize_t n,
                              PyObject* names) {
  PyObject* general = PyObject_GetAttr(self, name);
  if (!general) return nullptr;
  PyObject* y = PyObject_Vectorcall(general, args, static_cast<std::size_t>(n), names);
  Py_DECREF(general);
  return y;
}

inline bool apart(const Array* a, const Array* b, Py_ssize_t a_bytes, Py_ssize_t b_bytes) {
  return a->data + a_bytes <= b->data || b->data + b_bytes <= a->data;
}

template <class F>
PyCFunction function(F* f) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(f));
}

}  // namespace flipshift::bindings
