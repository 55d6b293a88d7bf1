// Binds `convolve2d_image`, one image and one kernel as the user gave them
// (python/flipshift/_backend.py), in CPython's fast convention: a small image is through in less
// time than its arguments take in Python.
#include <complex>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bindings/contiguous_array.hpp"
#include "engine/convolve2d.hpp"

namespace flipshift::bindings {

namespace {

namespace c2 = flipshift::convolve2d;

std::optional<Boundary> boundary_called(std::string_view name) {
  if (name == "fill" || name == "pad") return Boundary::fill;
  if (name == "wrap" || name == "circular") return Boundary::wrap;
  if (name == "symm" || name == "symmetric") return Boundary::symm;
  return {};
}

std::optional<c2::Method> method_for(PyObject* separable) {
  if (separable == Py_None) return c2::Method::automatic;
  if (separable == Py_True) return c2::Method::separable;
  if (separable == Py_False) return c2::Method::whole;
  return {};
}

// `number` as a T, where there is no doubt about it.
template <class T>
std::optional<T> fill_of(PyObject* number) {
  double value;
  if (PyFloat_CheckExact(number)) {
    value = PyFloat_AS_DOUBLE(number);
  } else if (PyLong_CheckExact(number)) {
    int overflow;
    const long integer = PyLong_AsLongAndOverflow(number, &overflow);
    if (overflow != 0 || integer > 1 << 24 || integer < -(1 << 24)) return {};
    value = static_cast<double>(integer);
  } else {
    return {};
  }
  if (std::is_integral_v<T> && value != 0) return {};
  return T(static_cast<typename std::conditional_t<std::is_integral_v<T>, int, double>>(value));
}

struct Side {  // one dimension of the result
  std::ptrdiff_t start;
  std::size_t n_out;
};

Side side_of(std::string_view mode, bool correlation, std::size_t n, std::size_t m) {
  const auto s = [](std::size_t v) { return static_cast<std::ptrdiff_t>(v); };
  if (mode == "full") return {0, n + m - 1};
  if (mode == "same") return {s(correlation ? m / 2 : (m - 1) / 2), n};
  if (mode == "valid" && n >= m) return {s(m - 1), n - m + 1};
  return {0, 0};
}

template <class T>
py::object convolve_as(const Array* x, const Array* h, int type, Side rows, Side cols,
                       Boundary boundary, PyObject* fillvalue, bool correlation,
                       std::size_t workers, PyObject* into, c2::Method method) {
  const auto fill = boundary == Boundary::fill ? fill_of<T>(fillvalue) : std::optional<T>(T(0));
  if (!fill) return {};
  const auto side = [](const Array* a, int d) {
    return static_cast<std::size_t>(a->dimensions[d]);
  };
  const Py_intptr_t shape[2] = {static_cast<Py_intptr_t>(rows.n_out),
                                static_cast<Py_intptr_t>(cols.n_out)};
  py::object out = result_array(into, type, 2, shape, sizeof(T), x, h);
  if (!out) return {};
  c2::Problem<T> problem{{reinterpret_cast<const T*>(x->data), side(x, 0), side(x, 1)},
                         {reinterpret_cast<const T*>(h->data), side(h, 0), side(h, 1)},
                         {data_of<T>(out), rows.n_out, cols.n_out},
                         rows.start,
                         cols.start,
                         {boundary, boundary, *fill}};
  problem.workers = workers;
  const std::size_t taps = problem.h.rows * problem.h.cols;
  Buffer<T> many;
  T few[64];
  if (correlation) {
    T* reversed = few;
    if (taps > std::size(few)) {
      many = Buffer<T>(taps);
      reversed = many.data();
    }
    for (std::size_t k = 0; k < taps; ++k) {
      if constexpr (std::is_arithmetic_v<T>) {
        reversed[k] = problem.h.data[taps - 1 - k];
      } else {
        reversed[k] = std::conj(problem.h.data[taps - 1 - k]);
      }
    }
    problem.h.data = reversed;
  }
  run(taps * rows.n_out * cols.n_out, [&] { c2::convolve2d(problem, method); });
  return out;
}

py::object one_image(PyObject* const* args) {
  int type, other;
  const Array* x = contiguous_of(args[0], type);
  if (!x || x->nd != 2) return {};
  const Array* h = contiguous_of(args[1], other);
  if (!h || h->nd != 2 || other != type) return {};
  const std::string_view mode = text(args[2]);
  const auto boundary = boundary_called(text(args[3]));
  if (!boundary) return {};
  const bool correlation = args[5] == Py_True;
  const auto method = method_for(args[8]);
  if (!method) return {};
  Py_ssize_t workers;
  if (numbers(args[6], &workers) != 1 || workers < 1) return {};
  const auto side = [&](int d) {
    return side_of(mode, correlation, static_cast<std::size_t>(x->dimensions[d]),
                   static_cast<std::size_t>(h->dimensions[d]));
  };
  const Side rows = side(0), cols = side(1);
  if (rows.n_out == 0 || cols.n_out == 0) return {};
  return visit(type, [&](auto sample) {
    return convolve_as<decltype(sample)>(x, h, type, rows, cols, *boundary, args[4], correlation,
                                         static_cast<std::size_t>(workers), args[7], *method);
  });
}

PyObject* convolve2d_image(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 9) {
    PyErr_SetString(PyExc_TypeError,
                    "convolve2d_image takes x, h, mode, boundary, fillvalue, correlation, workers, "
                    "out and separable");
    return nullptr;
  }
  return object_or_none([&] { return one_image(args); });
}

PyMethodDef methods[] = {
    {"convolve2d_image",
     reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(convolve2d_image)), METH_FASTCALL,
     "What convolve2d or correlate2d return for one image, or None."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_convolve2d_image(py::module_& m) {
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
}

}  // namespace flipshift::bindings
