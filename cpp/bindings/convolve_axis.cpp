// Binds convolve_axis as python/flipshift/_backend.py states it.
#include "engine/convolve_axis.hpp"

#include <string>
#include <type_traits>

#include "bindings/boundary.hpp"
#include "bindings/plain_array.hpp"
#include "bindings/sample_types.hpp"

namespace flipshift::bindings {

namespace {

// A number, 0 if there is none, in the dtype of the samples; integers wrap.
template <class T>
T sample_of(PyObject* value) {
  if (!value) return T(0);
  if constexpr (std::is_integral_v<T>) {
    const auto number =
        PyLong_AsUnsignedLongLongMask(py::int_(py::reinterpret_borrow<py::object>(value)).ptr());
    if (PyErr_Occurred()) throw py::error_already_set();
    return static_cast<T>(number);
  } else {
    return py::handle(value).cast<T>();
  }
}

void convolved(const py::array& x, const py::array& h, const py::array& out, std::ptrdiff_t start,
               std::size_t workers, Boundary boundary, PyObject* fillvalue) {
  const py::dtype dtype = x.dtype();
  if (x.ndim() != 3 && x.ndim() != 1) throw bad_argument("x", "is not of 1 or 3 dimensions");
  check(x, dtype, x.ndim(), "x");
  check(h, dtype, 1, "h");
  check(out, dtype, x.ndim(), "out");
  const bool lines = x.ndim() == 3;
  if (lines && (out.shape(0) != x.shape(0) || out.shape(2) != x.shape(2)))
    throw bad_argument("out", "has another shape");
  const auto size = [](const py::array& a, int axis) {
    return static_cast<std::size_t>(a.shape(axis));
  };
  convolve::AxisShape shape{1, size(x, lines), 1};
  if (lines) shape = {size(x, 0), size(x, 1), size(x, 2)};
  const std::size_t m = size(h, 0), n_out = size(out, lines);
  visit(dtype, [&](auto sample) {
    using T = decltype(sample);
    const T* samples = static_cast<const T*>(x.data());
    const T* taps = static_cast<const T*>(h.data());
    T* to = pointer<T>(out, "out");
    const std::size_t operations = static_cast<std::size_t>(out.size()) * (1 + m / 16);
    const T fill = sample_of<T>(fillvalue);
    run(operations, [&] {
      convolve::run_axis(samples, shape, taps, m, to, n_out, start, workers, boundary, fill);
    });
  });
}

// For the check of the choice: no look at what a user may get wrong.
void convolve_axis_blocks(const py::array& x, const py::array& h, const py::array& out,
                          std::ptrdiff_t start, std::size_t size, std::size_t workers) {
  const py::dtype dtype = x.dtype();
  check(x, dtype, 3, "x");
  check(h, dtype, 1, "h");
  check(out, dtype, 3, "out");
  const auto length = [](const py::array& a, int axis) {
    return static_cast<std::size_t>(a.shape(axis));
  };
  if (size != 0 && size < length(h, 0)) throw bad_argument("size", "is less than the length of h");
  visit(dtype, [&](auto sample) {
    using T = decltype(sample);
    if constexpr (std::is_integral_v<T>) {
      throw bad_argument("x", "is not of a floating type");
    } else {
      convolve::run_axis_blocks(static_cast<const T*>(x.data()),
                                {length(x, 0), length(x, 1), length(x, 2)},
                                static_cast<const T*>(h.data()), length(h, 0),
                                pointer<T>(out, "out"), length(out, 1), start, size, workers);
    }
  });
}

// Of CPython's fast convention, as calls with short lines are over sooner than pybind11 has found
// the function.
PyObject* convolve_axis(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* keywords) {
  constexpr Py_ssize_t required = 5, most = 7;
  PyObject* optional[most - required] = {};
  const Py_ssize_t named = keywords ? PyTuple_GET_SIZE(keywords) : 0;
  bool good = count >= required && count + named <= most;
  for (Py_ssize_t i = required; good && i < count; ++i) optional[i - required] = args[i];
  for (Py_ssize_t i = 0; good && i < named; ++i) {
    PyObject* const name = PyTuple_GET_ITEM(keywords, i);
    const int which = PyUnicode_CompareWithASCIIString(name, "boundary") == 0    ? 0
                      : PyUnicode_CompareWithASCIIString(name, "fillvalue") == 0 ? 1
                                                                                 : -1;
    good = which >= 0 && !optional[which];
    if (good) optional[which] = args[count + i];
  }
  if (!good) {
    PyErr_SetString(PyExc_TypeError,
                    "convolve_axis takes x, h, out, start, workers, boundary and fillvalue");
    return nullptr;
  }
  const Py_ssize_t start = PyNumber_AsSsize_t(args[3], PyExc_OverflowError);
  if (start == -1 && PyErr_Occurred()) return nullptr;
  const Py_ssize_t workers = PyNumber_AsSsize_t(args[4], PyExc_OverflowError);
  if (workers == -1 && PyErr_Occurred()) return nullptr;
  return object_or_none([&] {
    for (int i = 0; i < 3; ++i)
      if (!py::isinstance<py::array>(args[i])) throw bad_argument("x, h or out", "is no array");
    const auto array = [&](int i) { return py::reinterpret_borrow<py::array>(args[i]); };
    Boundary boundary = Boundary::fill;
    if (optional[0]) boundary = boundary_of(py::handle(optional[0]).cast<std::string>());
    convolved(array(0), array(1), array(2), start, static_cast<std::size_t>(workers), boundary,
              optional[1]);
    return py::object();
  });
}

PyMethodDef methods[] = {
    {"convolve_axis", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(convolve_axis)),
     METH_FASTCALL | METH_KEYWORDS, "Convolution of many lines with one kernel."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_convolve_axis(py::module_& m) {
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
  m.def("convolve_axis_blocks", &convolve_axis_blocks);
}

}  // namespace flipshift::bindings
