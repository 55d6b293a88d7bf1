// Binds `convolve_line`, two contiguous lines of one dtype, and `convolve_lines`, batches of them
// (python/flipshift/_backend.py).
//
// A kernel of a few taps is through with a short signal in 20 ns, so the call is written in
// CPython's fast convention, as `line` of the transforms is.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "bindings/plain_array.hpp"
#include "engine/convolve.hpp"
#include "engine/convolve_lines.hpp"
#include "engine/threads.hpp"

namespace flipshift::bindings {

namespace {

// By the number that the Python side passes.
enum class Kind { signal_convolve, signal_correlate, numpy_convolve, numpy_correlate };

constexpr int wanted_flags = npy_api::NPY_ARRAY_C_CONTIGUOUS_ | npy_api::NPY_ARRAY_ALIGNED_;

const Array* line_of(PyObject* object, int& type) {
  if (Py_TYPE(object) != npy_api::get().PyArray_Type_) return nullptr;
  const Array* a = py::detail::array_proxy(object);
  const auto* descr = py::detail::array_descriptor_proxy(a->descr);
  const bool native = descr->byteorder == '=' || descr->byteorder == '|';
  if (a->nd != 1 || a->dimensions[0] < 1 || (a->flags & wanted_flags) != wanted_flags || !native)
    return nullptr;
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

std::string_view text(PyObject* object) {
  Py_ssize_t size;
  const char* data = PyUnicode_Check(object) ? PyUnicode_AsUTF8AndSize(object, &size) : nullptr;
  if (data) return {data, static_cast<std::size_t>(size)};
  PyErr_Clear();  // a surrogate is no mode either; the long way says so
  return {};
}

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

template <class T>
py::object convolve_as(const Array* a, const Array* b, int type, Part part, bool correlate) {
  const auto n = static_cast<std::size_t>(a->dimensions[0]);
  const auto m = static_cast<std::size_t>(b->dimensions[0]);
  // Integers may take a transform from here on; threads may share many outputs.
  if (std::is_integral_v<T> && std::min(n, m) >= 32) return {};
  if (part.n_out >= worth_a_thread) return {};
  const auto* x = reinterpret_cast<const T*>(a->data);
  const auto* h = reinterpret_cast<const T*>(b->data);
  T few[32];
  Buffer<T> many;
  if (correlate) {
    T* reversed = few;
    if (m > std::size(few)) {
      many = Buffer<T>(m);
      reversed = many.data();
    }
    for (std::size_t k = 0; k < m; ++k) {
      if constexpr (std::is_integral_v<T> || std::is_floating_point_v<T>) {
        reversed[k] = h[m - 1 - k];
      } else {
        reversed[k] = std::conj(h[m - 1 - k]);
      }
    }
    h = reversed;
  }
  const npy_api& api = npy_api::get();
  const auto length = static_cast<Py_intptr_t>(part.n_out);
  PyObject* made = api.PyArray_NewFromDescr_(api.PyArray_Type_, api.PyArray_DescrFromType_(type), 1,
                                             &length, nullptr, nullptr, 0, nullptr);
  if (!made) throw py::error_already_set();
  py::object out = py::reinterpret_steal<py::object>(made);
  auto* y = reinterpret_cast<T*>(py::detail::array_proxy(made)->data);
  run(std::min(n, m) * part.n_out,
      [&] { convolve::run(x, n, h, m, y, part.n_out, part.start, convolve::Method::automatic); });
  return out;
}

py::object two_lines(PyObject* in1, PyObject* in2, PyObject* mode, PyObject* method, Kind kind) {
  int type, other;
  const Array* a = line_of(in1, type);
  if (!a) return {};
  const Array* b = line_of(in2, other);
  if (!b || type != other || text(method) != "auto") return {};
  const Part part = part_of(text(mode), kind, static_cast<std::size_t>(a->dimensions[0]),
                            static_cast<std::size_t>(b->dimensions[0]));
  if (part.n_out == 0) return {};
  const bool correlate = kind == Kind::signal_correlate || kind == Kind::numpy_correlate;
  return visit(type, [&](auto sample) {
    return convolve_as<decltype(sample)>(a, b, type, part, correlate);
  });
}

PyObject* convolve_line(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 5) {
    PyErr_SetString(PyExc_TypeError, "convolve_line takes x, h, mode, method and kind");
    return nullptr;
  }
  const long kind = PyLong_AsLong(args[4]);
  if (kind == -1 && PyErr_Occurred()) return nullptr;
  return object_or_none(
      [&] { return two_lines(args[0], args[1], args[2], args[3], static_cast<Kind>(kind)); });
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
                      std::ptrdiff_t start, std::string_view method_name, std::size_t workers) {
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
    run(m > keep_gil_below ? m : m * product(batch) * n_out,
        [&] { convolve::run_lines(batch, of_x, of_h, y, n_out, start, method, workers); });
    return true;
  });
}

void convolve_lines(const py::array& x, const py::array& h, const py::array& out,
                    std::ptrdiff_t start, std::string_view method, std::size_t workers) {
  if (!lines_of_batches(x, h, out, start, method, workers))
    throw bad_argument("x", "has a dtype that has no kernels");
}

PyMethodDef methods[] = {
    {"convolve_line", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(convolve_line)),
     METH_FASTCALL, "What convolve or correlate return for two contiguous lines, or None."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_convolve_line(py::module_& m) {
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
  m.def("convolve_lines", &convolve_lines);
}

}  // namespace flipshift::bindings
