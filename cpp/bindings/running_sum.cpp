// Binds running_sum and moving_average_line as python/flipshift/_backend.py states them.
#include "engine/running_sum.hpp"

#include <type_traits>

#include "bindings/arrays.hpp"
#include "bindings/boundary.hpp"
#include "bindings/contiguous_array.hpp"

namespace flipshift::bindings {

namespace {

template <class T>
void run_as(const py::array& x, const py::array& out, std::size_t n, std::ptrdiff_t start,
            double divisor, std::size_t workers, Boundary boundary, const py::object& fillvalue) {
  const T* samples = contiguous<const T>(x, "x");
  T* to = contiguous<T>(out, "out");
  const auto length = [](const py::array& a) {
    return static_cast<std::size_t>(a.shape(a.ndim() == 1 ? 0 : 1));
  };
  RunningShape shape{1, length(x), 1};
  if (x.ndim() == 3) {
    shape.outer = static_cast<std::size_t>(x.shape(0));
    shape.inner = static_cast<std::size_t>(x.shape(2));
  }
  const std::size_t n_out = length(out);
  const T fill = fillvalue ? fillvalue.cast<T>() : T(0);
  run(static_cast<std::size_t>(out.size()), [&] {
    running_sum<T>(samples, shape, n, to, n_out, start, divisor, workers, boundary, fill);
  });
}

void check_and_run(const py::array& x, const py::array& out, std::size_t n, std::ptrdiff_t start,
                   double divisor, std::size_t workers, Boundary boundary,
                   const py::object& fillvalue) {
  if ((x.ndim() != 3 && x.ndim() != 1) || x.size() == 0)
    throw bad_argument("x", "is empty or not of 1 or 3 dimensions");
  if (out.ndim() != x.ndim() || out.size() == 0 ||
      (x.ndim() == 3 && (out.shape(0) != x.shape(0) || out.shape(2) != x.shape(2))))
    throw bad_argument("out", "has another shape");
  if (n == 0) throw bad_argument("n", "is 0");
  const auto as = [&](auto f) { f(x, out, n, start, divisor, workers, boundary, fillvalue); };
  if (has_type<double>(x)) return as(run_as<double>);
  if (has_type<float>(x)) return as(run_as<float>);
  if (has_type<std::complex<double>>(x)) return as(run_as<std::complex<double>>);
  as(run_as<std::complex<float>>);
}

template <class T>
py::object average_as(const Array* x, int type, std::size_t n, int axis, std::string_view mode,
                      PyObject* into, std::size_t workers) {
  const auto length = static_cast<std::size_t>(x->dimensions[axis]);
  RunningShape shape{1, length, 1};
  Py_intptr_t out_shape[max_ndim];
  for (int d = 0; d < x->nd; ++d) {
    out_shape[d] = x->dimensions[d];
    if (d < axis) shape.outer *= static_cast<std::size_t>(x->dimensions[d]);
    if (d > axis) shape.inner *= static_cast<std::size_t>(x->dimensions[d]);
  }
  std::size_t start = 0, n_out = length;
  if (mode == "same") {
    start = (n - 1) / 2;
  } else if (mode == "valid") {
    if (n > length) return {};
    start = n - 1;
    n_out = length - n + 1;
  } else if (mode == "full") {
    n_out = length + n - 1;
  } else if (mode != "causal") {
    return {};
  }
  out_shape[axis] = static_cast<Py_intptr_t>(n_out);
  py::object out = result_array(into, type, x->nd, out_shape, sizeof(T), x, x);
  if (!out) return {};
  const T* samples = reinterpret_cast<const T*>(x->data);
  T* to = data_of<T>(out);
  run(shape.outer * n_out * shape.inner, [&] {
    running_sum<T>(samples, shape, n, to, n_out, static_cast<std::ptrdiff_t>(start),
                   static_cast<double>(n), workers);
  });
  return out;
}

// Of CPython's fast convention, as short lines are through sooner than pybind11 finds the function.
PyObject* moving_average_line(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 6) {
    PyErr_SetString(PyExc_TypeError, "moving_average_line takes x, n, axis, mode, out and workers");
    return nullptr;
  }
  return object_or_none([&]() -> py::object {
    int type;
    const Array* x = contiguous_of(args[0], type);
    Py_ssize_t n, axis, workers;
    // What longer windows may ask for is an error that the long way states.
    constexpr Py_ssize_t longest = Py_ssize_t{1} << 28;
    if (!x || !PyLong_CheckExact(args[1]) || !PyLong_CheckExact(args[2]) ||
        numbers(args[1], &n) != 1 || numbers(args[2], &axis) != 1 ||
        numbers(args[5], &workers) != 1 || n < 1 || n > longest || workers < 1)
      return {};
    if (axis < 0) axis += x->nd;
    if (axis < 0 || axis >= x->nd) return {};
    return visit(type, [&](auto sample) -> py::object {
      using T = decltype(sample);
      if constexpr (std::is_integral_v<T>) {
        return {};
      } else {
        return average_as<T>(x, type, static_cast<std::size_t>(n), static_cast<int>(axis),
                             text(args[3]), args[4], static_cast<std::size_t>(workers));
      }
    });
  });
}

PyMethodDef methods[] = {
    {"moving_average_line",
     reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(moving_average_line)),
     METH_FASTCALL, "What moving_average returns for a contiguous array, or None."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

// Two forms, so that calls without a boundary do not pay for it.
void register_running_sum(py::module_& m) {
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
  m.def("running_sum", [](const py::array& x, const py::array& out, std::size_t n,
                          std::ptrdiff_t start, double divisor, std::size_t workers) {
    check_and_run(x, out, n, start, divisor, workers, Boundary::fill, {});
  });
  m.def(
      "running_sum",
      [](const py::array& x, const py::array& out, std::size_t n, std::ptrdiff_t start,
         double divisor, std::size_t workers, const std::string& boundary,
         const py::object& fillvalue) {
        check_and_run(x, out, n, start, divisor, workers, boundary_of(boundary), fillvalue);
      },
      py::arg("x"), py::arg("out"), py::arg("n"), py::arg("start"), py::arg("divisor"),
      py::arg("workers"), py::arg("boundary"), py::arg("fillvalue") = 0);
}

}  // namespace flipshift::bindings
