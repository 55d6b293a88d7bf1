// Binds `convolve_line`, two contiguous lines of one dtype or small arrays of three dimensions on,
// `convolve_along`, lines along one axis with one kernel, and `convolve_lines`, batches of both
// (python/flipshift/_backend.py).
//
// A kernel of a few taps is through with a short signal in 20 ns, so the call is written in
// CPython's fast convention, as `line` of the transforms is.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "bindings/contiguous_array.hpp"
#include "engine/convolve.hpp"
#include "engine/convolve_axis.hpp"
#include "engine/convolve_few.hpp"
#include "engine/convolve_lines.hpp"
#include "engine/dispatch.hpp"
#include "engine/threads.hpp"

namespace flipshift::bindings {

namespace {

// By the number that the Python side passes.
enum class Kind { signal_convolve, signal_correlate, numpy_convolve, numpy_correlate };

// The part of the full convolution that a mode asks for; none if n_out is 0.
struct Part {
  std::ptrdiff_t start;
  std::size_t n_out;
};

Part part_of(std::string_view mode, Kind kind, std::size_t n, std::size_t m) {
  const std::size_t shorter = std::min(n, m), longer = std::max(n, m);
  const auto at = [](std::size_t start) { return static_cast<std::ptrdiff_t>(start); };
  if (mode == "full") return {0, n + m - 1};
  if (mode == "valid") return {at(shorter - 1), longer - shorter + 1};
  if (mode != "same") return {0, 0};
  if (kind == Kind::signal_convolve || kind == Kind::signal_correlate) return {at((m - 1) / 2), n};
  // NumPy's 'same' is as long as the longer one and leaves out less at the end of the shorter one.
  if (kind == Kind::numpy_correlate && m > n) return {at(n / 2), m};
  return {at((shorter - 1) / 2), longer};
}

bool is_correlation(Kind kind) {
  return kind == Kind::signal_correlate || kind == Kind::numpy_correlate;
}

// The kernel as a convolution takes it: that of a correlation is reversed and conjugated.
template <class T>
class Kernel {
 public:
  Kernel(const Array* b, Kind kind) : m(size_of(b)), data(reinterpret_cast<const T*>(b->data)) {
    if (!is_correlation(kind)) return;
    T* reversed = few_;
    if (m > std::size(few_)) {
      many_ = Buffer<T>(m);
      reversed = many_.data();
    }
    for (std::size_t k = 0; k < m; ++k) {
      if constexpr (std::is_arithmetic_v<T>) {
        reversed[k] = data[m - 1 - k];
      } else {
        reversed[k] = std::conj(data[m - 1 - k]);
      }
    }
    data = reversed;
  }
  Kernel(const Kernel&) = delete;

  const std::size_t m;
  const T* data;

 private:
  static std::size_t size_of(const Array* b) {
    std::size_t size = 1;
    for (int d = 0; d < b->nd; ++d) size *= static_cast<std::size_t>(b->dimensions[d]);
    return size;
  }
  T few_[32];
  Buffer<T> many_;
};

// From here on integers may take a transform: taps, and products, for lines along an axis and for
// two lines.
constexpr std::size_t long_for_integers = 32, many_for_integers = 100000;

// At most `integers.short_products` of the Python side: what the fastest instruction set sums while
// the calls of a transform are made, others in proportion.
template <class T>
std::size_t many_in_two_lines() {
  constexpr std::size_t many = sizeof(T) == 1   ? 1500000
                               : sizeof(T) == 2 ? 2900000
                               : sizeof(T) == 4 ? 1400000
                                                : 770000;
  return isa() == Isa::v4 ? many : isa() == Isa::v3 ? many / 2 : many / 4;
}

template <class T>
py::object convolve_as(const Array* a, const Array* b, int type, Part part, Kind kind,
                       convolve::Method method, PyObject* into, std::size_t workers) {
  const auto n = static_cast<std::size_t>(a->dimensions[0]);
  const auto m = static_cast<std::size_t>(b->dimensions[0]);
  if (std::is_integral_v<T> && method == convolve::Method::automatic &&
      std::min(n, m) >= long_for_integers && std::min(n, m) * part.n_out > many_in_two_lines<T>())
    return {};
  if (workers == 0 && part.n_out >= worth_a_thread) return {};
  const auto* x = reinterpret_cast<const T*>(a->data);
  const auto length = static_cast<Py_intptr_t>(part.n_out);
  py::object out = result_array(into, type, 1, &length, sizeof(T), a, b);
  if (!out) return {};
  T* y = data_of<T>(out);
  const std::size_t operations = convolution_operations(std::min(n, m), part.n_out);
  if constexpr (!std::is_integral_v<T>) {
    if (convolve::few_outputs(part.n_out, n, m)) {
      run(operations, [&] {
        convolve::run_few(x, n, reinterpret_cast<const T*>(b->data), m, y, part.n_out, part.start,
                          is_correlation(kind));
      });
      return out;
    }
  }
  const Kernel<T> h(b, kind);
  run(operations, [&] {
    convolve::run(x, n, h.data, m, y, part.n_out, part.start, method,
                  std::max<std::size_t>(workers, 1));
  });
  return out;
}

// Sums of so few products are direct ones by any cost.
constexpr std::size_t few_products = 100000;

// Small arrays of three and more dimensions.
template <class T>
py::object several_as(const Array* a, const Array* b, int type, std::string_view mode, Kind kind,
                      PyObject* into) {
  if constexpr (std::is_integral_v<T>) {
    return {};  // may wrap, or take transforms: for the long way to know
  } else {
    Shape n, m, n_out;
    Strides start;
    Py_intptr_t shape[max_ndim];
    std::size_t products = 1;
    for (int d = 0; d < a->nd; ++d) {
      n.push_back(static_cast<std::size_t>(a->dimensions[d]));
      m.push_back(static_cast<std::size_t>(b->dimensions[d]));
      if (n[d] < m[d]) return {};
      const Part part = part_of(mode, kind, n[d], m[d]);
      if (part.n_out == 0) return {};
      n_out.push_back(part.n_out);
      start.push_back(part.start);
      shape[d] = static_cast<Py_intptr_t>(part.n_out);
      products *= m[d] * part.n_out;
      if (products > few_products) return {};
    }
    py::object out = result_array(into, type, a->nd, shape, sizeof(T), a, b);
    if (!out) return {};
    const Kernel<T> h(b, kind);
    convolve::run_nd(reinterpret_cast<const T*>(a->data), n, h.data, m, data_of<T>(out), n_out,
                     start);
    return out;
  }
}

// `workers` is 0 where the caller has not looked: then all that threads may share is left to the
// next call, which knows.
py::object two_lines(PyObject* in1, PyObject* in2, PyObject* mode, PyObject* method_name, Kind kind,
                     PyObject* out, std::size_t workers) {
  int type, other;
  const Array* a = contiguous_of(in1, type);
  if (!a || a->nd == 2) return {};
  const Array* b = contiguous_of(in2, other);
  if (!b || b->nd != a->nd || type != other) return {};
  auto method = convolve::Method::automatic;
  if (const auto name = text(method_name); name == "direct")
    method = convolve::Method::direct;
  else if (name != "auto")
    return {};
  if (a->nd > 1) {
    if (kind != Kind::signal_convolve && kind != Kind::signal_correlate) return {};
    return visit(type, [&](auto sample) {
      return several_as<decltype(sample)>(a, b, type, text(mode), kind, out);
    });
  }
  const Part part = part_of(text(mode), kind, static_cast<std::size_t>(a->dimensions[0]),
                            static_cast<std::size_t>(b->dimensions[0]));
  if (part.n_out == 0) return {};
  return visit(type, [&](auto sample) {
    return convolve_as<decltype(sample)>(a, b, type, part, kind, method, out, workers);
  });
}

template <class T>
py::object along_as(const Array* a, const Array* b, int type, int axis, Part part, Kind kind,
                    std::size_t workers, PyObject* into) {
  convolve::AxisShape shape{1, static_cast<std::size_t>(a->dimensions[axis]), 1};
  Py_intptr_t out_shape[max_ndim];
  for (int d = 0; d < a->nd; ++d) {
    out_shape[d] = a->dimensions[d];
    if (d < axis) shape.outer *= static_cast<std::size_t>(a->dimensions[d]);
    if (d > axis) shape.inner *= static_cast<std::size_t>(a->dimensions[d]);
  }
  const Kernel<T> h(b, kind);
  if (std::is_integral_v<T> && std::min(shape.n, h.m) >= long_for_integers &&
      std::min(shape.n, h.m) * part.n_out * shape.outer * shape.inner > many_for_integers)
    return {};
  out_shape[axis] = static_cast<Py_intptr_t>(part.n_out);
  py::object out = result_array(into, type, a->nd, out_shape, sizeof(T), a, b);
  if (!out) return {};
  T* y = data_of<T>(out);
  const auto* x = reinterpret_cast<const T*>(a->data);
  const std::size_t m = std::min(shape.n, h.m);
  run(convolution_operations(m, shape.outer * shape.inner * part.n_out),
      [&] { convolve::run_axis(x, shape, h.data, h.m, y, part.n_out, part.start, workers); });
  return out;
}

py::object along_axis(PyObject* in1, PyObject* in2, PyObject* mode, PyObject* method,
                      PyObject* axis_number, Kind kind, PyObject* workers, PyObject* out) {
  int type, other;
  const Array* a = contiguous_of(in1, type);
  if (!a) return {};
  const Array* b = contiguous_of(in2, other);
  Py_ssize_t axis, threads;
  if (!b || b->nd != 1 || type != other || text(method) != "auto" ||
      numbers(axis_number, &axis) != 1 || numbers(workers, &threads) != 1)
    return {};
  if (axis < 0) axis += a->nd;
  if (axis < 0 || axis >= a->nd || threads < 1) return {};
  const Part part = part_of(text(mode), kind, static_cast<std::size_t>(a->dimensions[axis]),
                            static_cast<std::size_t>(b->dimensions[0]));
  if (part.n_out == 0) return {};
  return visit(type, [&](auto sample) {
    return along_as<decltype(sample)>(a, b, type, static_cast<int>(axis), part, kind,
                                      static_cast<std::size_t>(threads), out);
  });
}

PyObject* convolve_line(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 6 && count != 7) {
    PyErr_SetString(PyExc_TypeError, "convolve_line takes x, h, mode, method, kind, out, workers");
    return nullptr;
  }
  const std::size_t workers = count == 7 ? PyLong_AsSize_t(args[6]) : 0;
  if (PyErr_Occurred()) return nullptr;
  const long kind = PyLong_AsLong(args[4]);
  if (kind == -1 && PyErr_Occurred()) return nullptr;
  return object_or_none([&] {
    return two_lines(args[0], args[1], args[2], args[3], static_cast<Kind>(kind), args[5], workers);
  });
}

PyObject* convolve_along(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 8) {
    PyErr_SetString(PyExc_TypeError,
                    "convolve_along takes x, h, mode, method, axis, kind, workers and out");
    return nullptr;
  }
  const long kind = PyLong_AsLong(args[5]);
  if (kind == -1 && PyErr_Occurred()) return nullptr;
  return object_or_none([&] {
    return along_axis(args[0], args[1], args[2], args[3], args[4], static_cast<Kind>(kind), args[6],
                      args[7]);
  });
}

// Contiguous lines, the other axes at any steps.
template <class T>
convolve::Lines<T> lines_of(const py::array& a, const char* name) {
  const py::ssize_t last = a.ndim() - 1;
  constexpr auto item = static_cast<py::ssize_t>(sizeof(T));
  if (a.shape(last) > 1 && a.strides(last) != item) throw bad_argument(name, "has gaps in lines");
  convolve::Lines<T> lines{
      static_cast<const T*>(a.data()), static_cast<std::size_t>(a.shape(last)), {}};
  for (py::ssize_t d = 0; d < last; ++d) {
    if (a.strides(d) % item != 0) throw bad_argument(name, "has strides of parts of elements");
    lines.strides.push_back(a.strides(d) / item);
  }
  return lines;
}

bool lines_of_batches(const py::array& x, const py::array& h, const py::array& out,
                      std::ptrdiff_t start, const std::string& method_name, std::size_t workers) {
  const int type = x.dtype().num();
  if (h.dtype().num() != type || out.dtype().num() != type)
    throw bad_argument("h or out", "has another dtype");
  if (!(out.flags() & py::array::c_style)) throw bad_argument("out", "is not C-contiguous");
  Shape batch = shape_of(out);
  const std::size_t n_out = batch.back();
  batch.pop_back();
  for (const py::array* a : {&x, &h}) {
    Shape other = shape_of(*a);
    other.pop_back();
    if (other != batch) throw bad_argument("x or h", "has another shape than out");
  }
  const auto method = method_name == "direct" ? convolve::Method::direct
                      : method_name == "fft"  ? convolve::Method::fft
                                              : convolve::Method::automatic;
  return visit(type, [&](auto sample) -> bool {
    using T = decltype(sample);
    const auto of_x = lines_of<T>(x, "x"), of_h = lines_of<T>(h, "h");
    T* y = pointer<T>(out, "out");
    const std::size_t m = std::min(of_x.length, of_h.length);
    run(convolution_operations(m, product(batch) * n_out),
        [&] { convolve::run_lines(batch, of_x, of_h, y, n_out, start, method, workers); });
    return true;
  });
}

void convolve_lines(const py::array& x, const py::array& h, const py::array& out,
                    std::ptrdiff_t start, const std::string& method, std::size_t workers) {
  if (!lines_of_batches(x, h, out, start, method, workers))
    throw bad_argument("x", "has a dtype that has no kernels");
}

PyMethodDef methods[] = {
    {"convolve_line", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(convolve_line)),
     METH_FASTCALL, "What convolve or correlate return for two contiguous lines, or None."},
    {"convolve_along", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(convolve_along)),
     METH_FASTCALL, "What convolve or correlate return for one kernel and an axis, or None."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_convolve_line(py::module_& m) {
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
  m.def("convolve_lines", &convolve_lines);
}

}  // namespace flipshift::bindings
