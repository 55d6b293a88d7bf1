// From NumPy arrays to what the engine takes. The public Python layer has already brought every
// argument to a native dtype, alignment and shape, so a failed check here is a defect of that
// layer.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <complex>
#include <stdexcept>
#include <string>
#if defined(__GLIBCXX__)
#include <cxxabi.h>

#include <chrono>
#include <thread>
#endif

#include "engine/array.hpp"

namespace flipshift::bindings {

namespace py = pybind11;

template <class T>
bool has_type(const py::array& a) {
  return py::isinstance<py::array_t<T>>(a);
}

inline std::runtime_error bad_argument(const char* name, const char* what) {
  return std::runtime_error("flipshift._core: " + std::string(name) + " " + what +
                            "; this is a defect of flipshift, please report it");
}

template <class T>
void check_type(const py::array& a, const char* name) {
  if (!has_type<std::remove_const_t<T>>(a)) throw bad_argument(name, "has another dtype");
}

template <class T>
T* pointer(const py::array& a, const char* name) {
  if constexpr (std::is_const_v<T>) {
    return static_cast<T*>(a.data());
  } else {
    if (!a.writeable()) throw bad_argument(name, "is read-only");
    return static_cast<T*>(const_cast<void*>(a.data()));
  }
}

// A view of any strided array of dtype T.
template <class T>
View<T> view(const py::array& a, const char* name) {
  check_type<T>(a, name);
  View<T> v{pointer<T>(a, name), {}, {}};
  for (py::ssize_t d = 0; d < a.ndim(); ++d) {
    if (a.strides(d) % static_cast<py::ssize_t>(sizeof(T)) && a.shape(d) > 1)
      throw bad_argument(name, "has strides that are no multiples of its item size");
    v.shape.push_back(static_cast<std::size_t>(a.shape(d)));
    v.strides.push_back(a.strides(d) / static_cast<py::ssize_t>(sizeof(T)));
  }
  return v;
}

// The data of a C-contiguous array of dtype T.
template <class T>
T* contiguous(const py::array& a, const char* name) {
  check_type<T>(a, name);
  if (!(a.flags() & py::array::c_style)) throw bad_argument(name, "is not C-contiguous");
  return pointer<T>(a, name);
}

inline Shape shape_of(const py::array& a) { return Shape(a.shape(), a.shape() + a.ndim()); }

// Below this many elementary operations the GIL is kept: releasing it costs about 45 ns.
inline constexpr std::size_t keep_gil_below = 20000;

// Of a convolution, eight multiply-adds count as one.
inline std::size_t convolution_operations(std::size_t taps, std::size_t outputs) {
  return taps > keep_gil_below ? taps : taps * outputs / 8;
}

// Without the GIL while it lives. Until Python 3.13 a thread that asks for the GIL while the
// interpreter ends gets a pthread_exit there, which may leave no destructor: py::gil_scoped_release
// would abort the program. Such a thread sleeps instead until the process has gone.
class GilReleased {
 public:
  GilReleased() : state_(PyEval_SaveThread()) {}
  GilReleased(const GilReleased&) = delete;
  GilReleased& operator=(const GilReleased&) = delete;
  ~GilReleased() {
#if defined(__GLIBCXX__)
    try {
      PyEval_RestoreThread(state_);
    } catch (const abi::__forced_unwind&) {
      for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    }
#else
    PyEval_RestoreThread(state_);
#endif
  }

 private:
  PyThreadState* state_;
};

// Runs f() without the GIL if it is long.
template <class F>
void run(std::size_t operations, F&& f) {
  if (operations < keep_gil_below) {
    f();
  } else {
    const GilReleased released;
    f();
  }
}

}  // namespace flipshift::bindings
