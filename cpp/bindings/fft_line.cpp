// Binds `line` (python/flipshift/_backend.py): one contiguous line with default arguments.
//
// A transform of 16 points takes 20 ns, so the call is written in CPython's fast convention and
// touches NumPy's array fields directly, through the proxies that pybind11 keeps for both ABIs: a
// third of the time that the same function takes through pybind11's casters.
#include "bindings/plain_array.hpp"
#include "engine/fft.hpp"
#include "engine/threads.hpp"

namespace flipshift::bindings {

namespace {

using fft::Direction;
using py::detail::npy_api;

// By the number that the Python side passes.
enum class Kind { fft, ifft, rfft, irfft };

template <class T>
constexpr int type_number = std::is_same_v<T, float>                 ? npy_api::NPY_FLOAT_
                            : std::is_same_v<T, double>              ? npy_api::NPY_DOUBLE_
                            : std::is_same_v<T, std::complex<float>> ? npy_api::NPY_CFLOAT_
                                                                     : npy_api::NPY_CDOUBLE_;

// A new array of n elements; throws if there is no memory.
template <class T>
py::object new_line(std::size_t n, T*& data) {
  const npy_api& api = npy_api::get();
  const auto length = static_cast<Py_intptr_t>(n);
  PyObject* array =
      api.PyArray_NewFromDescr_(api.PyArray_Type_, api.PyArray_DescrFromType_(type_number<T>), 1,
                                &length, nullptr, nullptr, 0, nullptr);
  if (!array) throw py::error_already_set();
  data = reinterpret_cast<T*>(py::detail::array_proxy(array)->data);
  return py::reinterpret_steal<py::object>(array);
}

// Each returns an empty object for what is left to the long way.
template <class T>
py::object of_real(const T* x, std::size_t n, Kind kind) {
  if (kind == Kind::irfft) return {};
  const bool whole = kind != Kind::rfft, forward = kind != Kind::ifft;
  std::complex<T>* y;
  py::object out = new_line(whole ? n : n / 2 + 1, y);
  run(n, [&] {
    const auto plan = fft::real_plan<T>(n);
    plan->r2c(x, y, forward ? Direction::forward : Direction::backward,
              forward ? T(1) : T(1.0 / n));
    if (!whole) return;
    for (std::size_t k = n / 2 + 1; k < n; ++k) y[k] = std::conj(y[n - k]);
  });
  return out;
}

template <class T>
py::object of_complex(const std::complex<T>* x, std::size_t length, Kind kind) {
  if (kind == Kind::rfft || (kind == Kind::irfft && length < 2)) return {};
  if (kind == Kind::irfft) {
    const std::size_t n = 2 * (length - 1);
    T* y;
    py::object out = new_line(n, y);
    run(n, [&] { fft::real_plan<T>(n)->c2r(x, y, Direction::backward, T(1.0 / n)); });
    return out;
  }
  const bool forward = kind == Kind::fft;
  std::complex<T>* y;
  py::object out = new_line(length, y);
  run(length, [&] {
    fft::plan<T>(length)->run(x, y, forward ? Direction::forward : Direction::backward,
                              forward ? T(1) : T(1.0 / length));
  });
  return out;
}

py::object of_array(PyObject* object, Kind kind) {
  const npy_api& api = npy_api::get();
  if (Py_TYPE(object) != api.PyArray_Type_) return {};
  const auto* array = py::detail::array_proxy(object);
  const auto* type = py::detail::array_descriptor_proxy(array->descr);
  constexpr int wanted = npy_api::NPY_ARRAY_C_CONTIGUOUS_ | npy_api::NPY_ARRAY_ALIGNED_;
  const bool native = type->byteorder == '=' || type->byteorder == '|';
  if (array->nd != 1 || array->dimensions[0] < 1 || (array->flags & wanted) != wanted || !native)
    return {};
  const auto n = static_cast<std::size_t>(array->dimensions[0]);
  // Threads may share a long line, and how many is for the long way to know.
  if (n >= worth_a_thread) return {};
  switch (type->type_num) {
    case type_number<float>:
      return of_real(reinterpret_cast<const float*>(array->data), n, kind);
    case type_number<double>:
      return of_real(reinterpret_cast<const double*>(array->data), n, kind);
    case type_number<std::complex<float>>:
      return of_complex(reinterpret_cast<const std::complex<float>*>(array->data), n, kind);
    case type_number<std::complex<double>>:
      return of_complex(reinterpret_cast<const std::complex<double>*>(array->data), n, kind);
    default:
      return {};
  }
}

PyObject* line(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "line takes x and kind");
    return nullptr;
  }
  const long kind = PyLong_AsLong(args[1]);
  if (kind == -1 && PyErr_Occurred()) return nullptr;
  return object_or_none([&] { return of_array(args[0], static_cast<Kind>(kind)); });
}

PyMethodDef methods[] = {
    {"line", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(line)), METH_FASTCALL,
     "What fft, ifft, rfft or irfft return for one contiguous line, or None."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_fft_line(py::module_& m) {
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
}

}  // namespace flipshift::bindings
