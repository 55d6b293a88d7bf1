// Binds PreparedKernel as python/flipshift/_backend.py states it.
#include "bindings/convolver.hpp"

#include <structmember.h>

#include <complex>
#include <type_traits>

#include "engine/convolver.hpp"
#include "engine/convolver_stream.hpp"
#include "engine/threads.hpp"

namespace flipshift::bindings {

namespace {

using convolve::PartitionScheme;

enum class Mode { full, same, valid };

template <class T>
constexpr int type_number = std::is_same_v<T, float>                 ? npy_api::NPY_FLOAT_
                            : std::is_same_v<T, double>              ? npy_api::NPY_DOUBLE_
                            : std::is_same_v<T, std::complex<float>> ? npy_api::NPY_CFLOAT_
                                                                     : npy_api::NPY_CDOUBLE_;

// Calls f(T{}) for the type with that number.
template <class F>
auto visit(int type, F&& f) {
  switch (type) {
    case npy_api::NPY_FLOAT_:
      return f(float{});
    case npy_api::NPY_DOUBLE_:
      return f(double{});
    case npy_api::NPY_CFLOAT_:
      return f(std::complex<float>{});
    case npy_api::NPY_CDOUBLE_:
      return f(std::complex<double>{});
    default:
      throw bad_argument("h", "has a dtype that has no kernels");
  }
}

template <class T>
class KernelOf final : public Kernel {
 public:
  KernelOf(const T* h, std::size_t taps)
      : Kernel(type_number<T>, taps),
        convolver(std::make_shared<const convolve::Convolver<T>>(h, taps)) {}
  void run(const char* x, std::size_t n, char* out, std::size_t n_out, std::ptrdiff_t start,
           std::size_t workers) const override {
    convolver->run(reinterpret_cast<const T*>(x), n, reinterpret_cast<T*>(out), n_out, start,
                   workers);
  }
  std::unique_ptr<Stream> stream(std::size_t rows, std::size_t taps,
                                 std::size_t block) const override;
  const std::shared_ptr<const convolve::Convolver<T>> convolver;
};

template <class T>
class StreamOf final : public Stream {
 public:
  StreamOf(const convolve::Convolver<T>& convolver, std::size_t rows, const PartitionScheme& scheme)
      : stream_(convolver.partitions(scheme), rows) {}
  void process(const char* x, char* out, std::size_t n, std::size_t workers) override {
    const auto stride = static_cast<std::ptrdiff_t>(n);
    stream_.process(reinterpret_cast<const T*>(x), stride, reinterpret_cast<T*>(out), stride, n,
                    workers);
  }
  void exchange(const Kernel& kernel, std::size_t fade) override {
    const auto& other = static_cast<const KernelOf<T>&>(kernel);
    stream_.exchange(other.convolver->partitions(stream_.scheme()), fade);
  }
  void reset() override { stream_.reset(); }
  std::size_t taps() const override { return stream_.taps(); }
  const PartitionScheme& scheme() const override { return stream_.scheme(); }

 private:
  convolve::Stream<T> stream_;
};

template <class T>
std::unique_ptr<Stream> KernelOf<T>::stream(std::size_t rows, std::size_t taps,
                                            std::size_t block) const {
  return std::make_unique<StreamOf<T>>(*convolver, rows, convolve::cheapest_scheme<T>(taps, block));
}

struct PreparedKernel {
  PyObject_HEAD;
  vectorcallfunc vectorcall;
  const Kernel* kernel;  // null: everything goes to _general
  Mode mode;
  std::size_t workers;
};

PyObject* general_name = nullptr;

struct Part {
  std::size_t length;
  std::ptrdiff_t start;
};
Part part(Mode mode, std::size_t n, std::size_t m) {
  const std::size_t shorter = std::min(n, m);
  switch (mode) {
    case Mode::full:
      return {n + m - 1, 0};
    case Mode::same:
      return {n, static_cast<std::ptrdiff_t>((m - 1) / 2)};
    default:
      return {std::max(n, m) - shorter + 1, static_cast<std::ptrdiff_t>(shorter - 1)};
  }
}

// The result of the short way, or nothing if it does not apply.
py::object convolve_line(const PreparedKernel& prepared, PyObject* x, PyObject* out) {
  const Kernel& kernel = *prepared.kernel;
  const Array* from = contiguous_array(x, kernel.type, plain_flags);
  if (!from || from->nd != 1 || from->dimensions[0] < 1) return {};
  const auto n = static_cast<std::size_t>(from->dimensions[0]);
  const Part p = part(prepared.mode, n, kernel.taps);
  const auto length = static_cast<Py_ssize_t>(p.length);
  py::object result;
  if (out == Py_None) {
    result = new_array(kernel.type, 1, &length);
  } else {
    const Array* to = contiguous_array(out, kernel.type, plain_flags | writeable);
    if (!to || to->nd != 1 || to->dimensions[0] != length) return {};
    const Py_ssize_t item = item_size(kernel.type);
    if (!apart(from, to, from->dimensions[0] * item, length * item)) return {};
    result = py::reinterpret_borrow<py::object>(out);
  }
  char* y = py::detail::array_proxy(result.ptr())->data;
  run(convolution_operations(std::min(n, kernel.taps), p.length),
      [&] { kernel.run(from->data, n, y, p.length, p.start, prepared.workers); });
  return result;
}

PyObject* kernel_vectorcall(PyObject* self, PyObject* const* args, std::size_t nargsf,
                            PyObject* names) {
  const Py_ssize_t n = PyVectorcall_NARGS(nargsf);
  const auto* prepared = reinterpret_cast<PreparedKernel*>(self);
  PyObject* out = nullptr;
  if (prepared->kernel && x_and_out(n, args, names, out)) {
    try {
      if (py::object y = convolve_line(*prepared, args[0], out)) return y.release().ptr();
    } catch (...) {
      set_error();
      return nullptr;
    }
  }
  return call_general(self, general_name, args, n, names);
}

// For subclasses, which do not inherit the other way before Python 3.12.
PyObject* kernel_call(PyObject* self, PyObject* args, PyObject* kwargs) {
  const auto* prepared = reinterpret_cast<PreparedKernel*>(self);
  const Py_ssize_t n = PyTuple_GET_SIZE(args);
  const bool keywords = kwargs && PyDict_GET_SIZE(kwargs) > 0;
  PyObject* out = Py_None;
  if (keywords && n == 1 && PyDict_GET_SIZE(kwargs) == 1) out = PyDict_GetItemString(kwargs, "out");
  if (!keywords && n == 2) out = PyTuple_GET_ITEM(args, 1);
  if (prepared->kernel && out && (n == 1 || (n == 2 && !keywords))) {
    try {
      if (py::object y = convolve_line(*prepared, PyTuple_GET_ITEM(args, 0), out))
        return y.release().ptr();
    } catch (...) {
      set_error();
      return nullptr;
    }
  }
  PyObject* general = PyObject_GetAttr(self, general_name);
  if (!general) return nullptr;
  PyObject* y = PyObject_Call(general, args, kwargs);
  Py_DECREF(general);
  return y;
}

PyObject* kernel_make(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject* h = nullptr;
  const char* mode = nullptr;
  Py_ssize_t workers = 1;
  if (!PyArg_ParseTuple(args, "Osn:PreparedKernel", &h, &mode, &workers)) return nullptr;
  try {
    std::unique_ptr<const Kernel> kernel;
    if (h != Py_None) {
      int number = 0;
      const Array* a = plain_array(h, number);
      if (!a || a->nd != 1 || !(a->flags & npy_api::NPY_ARRAY_C_CONTIGUOUS_))
        throw bad_argument("h", "is no contiguous line of floating-point numbers");
      const auto m = static_cast<std::size_t>(a->dimensions[0]);
      visit(number, [&](auto sample) {
        using T = decltype(sample);
        kernel = std::make_unique<KernelOf<T>>(reinterpret_cast<const T*>(a->data), m);
      });
    }
    PyObject* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    auto* made = reinterpret_cast<PreparedKernel*>(self);
    made->vectorcall = &kernel_vectorcall;
    made->kernel = kernel.release();
    made->workers = static_cast<std::size_t>(workers);
    made->mode = mode[0] == 'f' ? Mode::full : mode[0] == 's' ? Mode::same : Mode::valid;
    return self;
  } catch (...) {
    set_error();
    return nullptr;
  }
}

void kernel_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete reinterpret_cast<PreparedKernel*>(self)->kernel;
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* kernel_rows(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return none([&] {
    const Kernel* kernel = reinterpret_cast<PreparedKernel*>(self)->kernel;
    if (count != 3 || !kernel) throw bad_argument("rows", "takes x, out and start");
    const Array* x = contiguous_array(args[0], kernel->type, plain_flags);
    const Array* out = contiguous_array(args[1], kernel->type, plain_flags | writeable);
    if (!x || !out || x->nd != 2 || out->nd != 2 || x->dimensions[0] != out->dimensions[0])
      throw bad_argument("x", "and out are no contiguous rows");
    const Py_ssize_t start = PyLong_AsSsize_t(args[2]);
    if (PyErr_Occurred()) throw py::error_already_set();
    const auto rows = static_cast<std::size_t>(x->dimensions[0]);
    const auto n = static_cast<std::size_t>(x->dimensions[1]);
    const auto n_out = static_cast<std::size_t>(out->dimensions[1]);
    const auto item = static_cast<std::size_t>(item_size(kernel->type));
    const std::size_t workers = reinterpret_cast<PreparedKernel*>(self)->workers;
    const auto range = [&](std::size_t begin, std::size_t end, std::size_t of_each) {
      for (std::size_t r = begin; r < end; ++r)
        kernel->run(x->data + r * n * item, n, out->data + r * n_out * item, n_out, start, of_each);
    };
    run(convolution_operations(std::min(n, kernel->taps), rows * n_out), [&] {
      if (workers == 1 || rows < workers || rows * n_out < worth_a_thread)
        return range(0, rows, workers);
      parallel_for(rows, workers,
                   [&](std::size_t begin, std::size_t end) { range(begin, end, 1); });
    });
  });
}

PyMethodDef kernel_methods[] = {{"rows", function(kernel_rows), METH_FASTCALL, nullptr},
                                {nullptr, nullptr, 0, nullptr}};

PyMemberDef kernel_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(PreparedKernel, vectorcall), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};

PyType_Slot kernel_slots[] = {{Py_tp_new, reinterpret_cast<void*>(&kernel_make)},
                              {Py_tp_call, reinterpret_cast<void*>(&kernel_call)},
                              {Py_tp_dealloc, reinterpret_cast<void*>(&kernel_dealloc)},
                              {Py_tp_methods, kernel_methods},
                              {Py_tp_members, kernel_members},
                              {0, nullptr}};

PyType_Spec kernel_spec = {"flipshift._core.PreparedKernel", sizeof(PreparedKernel), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
                           kernel_slots};

PyObject* kernel_type = nullptr;

}  // namespace

const Kernel& kernel_of(PyObject* object) {
  if (!PyObject_TypeCheck(object, reinterpret_cast<PyTypeObject*>(kernel_type)))
    throw bad_argument("kernel", "is no PreparedKernel");
  const Kernel* kernel = reinterpret_cast<PreparedKernel*>(object)->kernel;
  if (!kernel) throw bad_argument("kernel", "is of integers or objects");
  return *kernel;
}

void register_convolver(py::module_& m) {
  general_name = PyUnicode_InternFromString("_general");
  kernel_type = PyType_FromSpec(&kernel_spec);
  if (!general_name || !kernel_type) throw py::error_already_set();
  m.attr("PreparedKernel") = py::reinterpret_borrow<py::object>(kernel_type);
}

}  // namespace flipshift::bindings
