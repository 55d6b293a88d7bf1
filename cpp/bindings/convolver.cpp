// Binds PreparedKernel and PartitionedStream as python/flipshift/_backend.py states them.
//
// Both are plain types of the C API: what pybind11 does for a call takes longer than a short
// convolution, or a block of a stream.
#include "engine/convolver.hpp"

#include <pybind11/pybind11.h>
#include <structmember.h>

#include <atomic>
#include <memory>

#include "bindings/plain_array.hpp"
#include "engine/convolver_stream.hpp"
#include "engine/threads.hpp"

namespace flipshift::bindings {

namespace {

using convolve::PartitionScheme;

constexpr int plain_flags = npy_api::NPY_ARRAY_C_CONTIGUOUS_ | npy_api::NPY_ARRAY_ALIGNED_;
constexpr int writeable = npy_api::NPY_ARRAY_WRITEABLE_;

enum class Mode { full, same, valid };

// The array behind `object` if it is an ndarray (no subclass), contiguous, of this type.
Array* contiguous_array(PyObject* object, int type, int flags) {
  if (Py_TYPE(object) != npy_api::get().PyArray_Type_) return nullptr;
  Array* a = py::detail::array_proxy(object);
  if ((a->flags & flags) != flags) return nullptr;
  const auto* descr = py::detail::array_descriptor_proxy(a->descr);
  return descr->type_num == type && descr->byteorder == '=' ? a : nullptr;
}

py::object new_array(int type, int ndim, const Py_intptr_t* shape) {
  const npy_api& api = npy_api::get();
  PyObject* array = api.PyArray_NewFromDescr_(api.PyArray_Type_, api.PyArray_DescrFromType_(type),
                                              ndim, shape, nullptr, nullptr, 0, nullptr);
  if (!array) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(array);
}

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

class Stream;

// One kernel, of any type.
class Kernel {
 public:
  Kernel(int type, std::size_t taps) : type(type), taps(taps) {}
  virtual ~Kernel() = default;
  virtual void run(const char* x, std::size_t n, char* out, std::size_t n_out,
                   std::ptrdiff_t start) const = 0;
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
  virtual const PartitionScheme& scheme() const = 0;
};

template <class T>
class KernelOf final : public Kernel {
 public:
  KernelOf(const T* h, std::size_t taps)
      : Kernel(type_number<T>, taps),
        convolver(std::make_shared<const convolve::Convolver<T>>(h, taps)) {}
  void run(const char* x, std::size_t n, char* out, std::size_t n_out,
           std::ptrdiff_t start) const override {
    convolver->run(reinterpret_cast<const T*>(x), n, reinterpret_cast<T*>(out), n_out, start);
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

// Runs body() and gives back None, or null with the error of what it throws.
template <class Body>
PyObject* none(Body&& body) {
  return object_or_none([&] {
    body();
    return py::object();
  });
}

// Sets the error of the exception in flight.
void set_error() {
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
bool x_and_out(Py_ssize_t n, PyObject* const* args, PyObject* names, PyObject*& out) {
  const bool named = names && n == 1 && PyTuple_GET_SIZE(names) == 1 &&
                     PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "out") == 0;
  if (!named && (names || n < 1 || n > 2)) return false;
  out = n == 2 || named ? args[1] : Py_None;
  return true;
}

// The method `name` of self with the same arguments.
PyObject* call_general(PyObject* self, PyObject* name, PyObject* const* args, Py_ssize_t n,
                       PyObject* names) {
  PyObject* general = PyObject_GetAttr(self, name);
  if (!general) return nullptr;
  PyObject* y = PyObject_Vectorcall(general, args, static_cast<std::size_t>(n), names);
  Py_DECREF(general);
  return y;
}

bool apart(const Array* a, const Array* b, Py_ssize_t a_bytes, Py_ssize_t b_bytes) {
  return a->data + a_bytes <= b->data || b->data + b_bytes <= a->data;
}

// ---- PreparedKernel

struct PreparedKernel {
  PyObject_HEAD;
  vectorcallfunc vectorcall;
  const Kernel* kernel;  // null: everything goes to _general
  Mode mode;
};

PyObject *general_name = nullptr, *process_name = nullptr;

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

std::size_t operations(std::size_t n, std::size_t m, std::size_t n_out) {
  return std::min(n, m) > keep_gil_below ? keep_gil_below : std::min(n, m) * n_out;
}

// The result of the short way, or nothing if it does not apply.
py::object convolve_line(const Kernel& kernel, Mode mode, PyObject* x, PyObject* out) {
  const Array* from = contiguous_array(x, kernel.type, plain_flags);
  if (!from || from->nd != 1 || from->dimensions[0] < 1) return {};
  const auto n = static_cast<std::size_t>(from->dimensions[0]);
  const Part p = part(mode, n, kernel.taps);
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
  run(operations(n, kernel.taps, p.length),
      [&] { kernel.run(from->data, n, y, p.length, p.start); });
  return result;
}

PyObject* kernel_vectorcall(PyObject* self, PyObject* const* args, std::size_t nargsf,
                            PyObject* names) {
  const Py_ssize_t n = PyVectorcall_NARGS(nargsf);
  const auto* prepared = reinterpret_cast<PreparedKernel*>(self);
  PyObject* out = nullptr;
  if (prepared->kernel && x_and_out(n, args, names, out)) {
    try {
      if (py::object y = convolve_line(*prepared->kernel, prepared->mode, args[0], out))
        return y.release().ptr();
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
      if (py::object y =
              convolve_line(*prepared->kernel, prepared->mode, PyTuple_GET_ITEM(args, 0), out))
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
  if (!PyArg_ParseTuple(args, "Os:PreparedKernel", &h, &mode)) return nullptr;
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
    if (count != 4 || !kernel) throw bad_argument("rows", "takes x, out, start and workers");
    const Array* x = contiguous_array(args[0], kernel->type, plain_flags);
    const Array* out = contiguous_array(args[1], kernel->type, plain_flags | writeable);
    if (!x || !out || x->nd != 2 || out->nd != 2 || x->dimensions[0] != out->dimensions[0])
      throw bad_argument("x", "and out are no contiguous rows");
    const Py_ssize_t start = PyLong_AsSsize_t(args[2]), workers = PyLong_AsSsize_t(args[3]);
    if (PyErr_Occurred()) throw py::error_already_set();
    const auto rows = static_cast<std::size_t>(x->dimensions[0]);
    const auto n = static_cast<std::size_t>(x->dimensions[1]);
    const auto n_out = static_cast<std::size_t>(out->dimensions[1]);
    const auto item = static_cast<std::size_t>(item_size(kernel->type));
    const auto range = [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r)
        kernel->run(x->data + r * n * item, n, out->data + r * n_out * item, n_out, start);
    };
    run(rows * operations(n, kernel->taps, n_out), [&] {
      if (workers == 1 || rows * n_out < worth_a_thread) return range(0, rows);
      parallel_for(rows, static_cast<std::size_t>(workers), range);
    });
  });
}

PyMethodDef kernel_methods[] = {
    {"rows", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(kernel_rows)),
     METH_FASTCALL, "Convolve each row."},
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

// The kernel of an instance of PreparedKernel, or of a subclass, of the given type of numbers.
const Kernel& kernel_of(PyObject* object) {
  if (!PyObject_TypeCheck(object, reinterpret_cast<PyTypeObject*>(kernel_type)))
    throw bad_argument("kernel", "is no PreparedKernel");
  const Kernel* kernel = reinterpret_cast<PreparedKernel*>(object)->kernel;
  if (!kernel) throw bad_argument("kernel", "is of integers or objects");
  return *kernel;
}

// ---- PartitionedStream

// What a stream is, and the one thread that works on it.
struct StreamState {
  int type;
  std::vector<Py_intptr_t> shape;  // of the blocks; the last length is free
  std::size_t rows, taps, block, workers;
  py::object kernel;  // keeps `first`
  const Kernel* first;
  std::unique_ptr<Stream> stream;  // null until the first block says how long blocks are
  std::atomic_flag busy = ATOMIC_FLAG_INIT;

  // Makes spectra at the first call, which needs no GIL.
  Stream& ready(std::size_t length) {
    if (!stream) stream = first->stream(rows, taps, block ? block : length);
    return *stream;
  }
};

struct PartitionedStream {
  PyObject_HEAD;
  StreamState* state;
};

StreamState& state_of(PyObject* self) { return *reinterpret_cast<PartitionedStream*>(self)->state; }

// One thread at a time; a second one gets an error rather than a mixture.
class InUse {
 public:
  explicit InUse(StreamState& state) : state_(state) {
    if (state.busy.test_and_set(std::memory_order_acquire))
      throw std::runtime_error("the stream is in use by another thread");
  }
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;
  ~InUse() { state_.busy.clear(std::memory_order_release); }

 private:
  StreamState& state_;
};

// Samples of a call above which the GIL is worth releasing; a sample takes about 10 ns.
constexpr std::size_t keep_gil_samples = 1024;

void process_rows(StreamState& state, const Array* x, const Array* out, std::size_t n) {
  const InUse in_use(state);
  const std::size_t samples = n * state.rows;
  const std::size_t workers = samples < worth_a_thread / 8 ? 1 : state.workers;
  const auto work = [&] { state.ready(n).process(x->data, out->data, n, workers); };
  run(state.stream && samples < keep_gil_samples ? 0 : keep_gil_below, work);
}

// The result of the short way, or nothing if it does not apply.
py::object process_block(StreamState& state, PyObject* x, PyObject* out) {
  const auto fits = [&](const Array* a) {
    const int nd = static_cast<int>(state.shape.size());
    return a && a->nd == nd && std::equal(a->dimensions, a->dimensions + nd - 1, &state.shape[0]);
  };
  const Array* from = contiguous_array(x, state.type, plain_flags);
  if (!fits(from)) return {};
  const int last = from->nd - 1;
  const Py_ssize_t n = from->dimensions[last];
  if (n == 0 || state.rows == 0) return {};
  py::object result;
  if (out == Py_None) {
    result = new_array(state.type, from->nd, from->dimensions);
  } else {
    const Array* to = contiguous_array(out, state.type, plain_flags | writeable);
    if (!fits(to) || to->dimensions[last] != n) return {};
    const Py_ssize_t bytes = n * static_cast<Py_ssize_t>(state.rows) * item_size(state.type);
    if (from->data != to->data && !apart(from, to, bytes, bytes)) return {};
    result = py::reinterpret_borrow<py::object>(out);
  }
  process_rows(state, from, py::detail::array_proxy(result.ptr()), static_cast<std::size_t>(n));
  return result;
}

PyObject* stream_process(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  PyObject* out = nullptr;
  if (x_and_out(n, args, names, out)) {
    try {
      if (py::object y = process_block(state_of(self), args[0], out)) return y.release().ptr();
    } catch (...) {
      set_error();
      return nullptr;
    }
  }
  return call_general(self, process_name, args, n, names);
}

PyObject* stream_run(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return none([&] {
    StreamState& state = state_of(self);
    if (count != 2) throw bad_argument("run", "takes x and out");
    const Array* x = contiguous_array(args[0], state.type, plain_flags);
    const Array* out = contiguous_array(args[1], state.type, plain_flags | writeable);
    if (!x || !out || x->nd != 2 || out->nd != 2 || x->dimensions[1] != out->dimensions[1] ||
        x->dimensions[0] != static_cast<Py_ssize_t>(state.rows) ||
        out->dimensions[0] != x->dimensions[0])
      throw bad_argument("x", "and out are no contiguous rows");
    if (x->dimensions[1] && state.rows)
      process_rows(state, x, out, static_cast<std::size_t>(x->dimensions[1]));
  });
}

PyObject* stream_exchange(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return none([&] {
    StreamState& state = state_of(self);
    if (count != 2) throw bad_argument("exchange_kernel", "takes kernel and fade");
    const Kernel& kernel = kernel_of(args[0]);
    const Py_ssize_t fade = PyLong_AsSsize_t(args[1]);
    if (PyErr_Occurred()) throw py::error_already_set();
    if (kernel.type != state.type || kernel.taps > state.taps)
      throw bad_argument("kernel", "does not fit the stream");
    const InUse in_use(state);
    if (state.rows == 0) return;
    // Before the first block, one of usual length is taken to come.
    const auto work = [&] { state.ready(128).exchange(kernel, static_cast<std::size_t>(fade)); };
    run(keep_gil_below, work);
  });
}

PyObject* stream_clear(PyObject* self, PyObject*) {
  return none([&] {
    StreamState& state = state_of(self);
    const InUse in_use(state);
    if (state.stream) state.stream->reset();
  });
}

PyObject* stream_taps(PyObject* self, PyObject*) {
  return object_or_none([&]() -> py::object {
    StreamState& state = state_of(self);
    const InUse in_use(state);
    if (state.stream) return py::int_(state.stream->taps());
    return py::int_(state.first->taps);
  });
}

PyObject* stream_partitions(PyObject* self, PyObject*) {
  return object_or_none([&]() -> py::object {
    StreamState& state = state_of(self);
    const InUse in_use(state);
    py::list all;
    if (state.stream)
      for (const convolve::Stage& s : state.stream->scheme().stages)
        all.append(py::make_tuple(s.size, s.count));
    return std::move(all);
  });
}

PyObject* stream_make(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject *kernel = nullptr, *shape = nullptr;
  Py_ssize_t taps = 0, block = 0, workers = 0;
  if (!PyArg_ParseTuple(args, "OO!nnn:PartitionedStream", &kernel, &PyTuple_Type, &shape, &taps,
                        &block, &workers))
    return nullptr;
  try {
    auto state = std::make_unique<StreamState>();
    state->first = &kernel_of(kernel);
    state->type = state->first->type;
    state->rows = 1;
    for (Py_ssize_t d = 0; d < PyTuple_GET_SIZE(shape); ++d) {
      const Py_ssize_t length = PyLong_AsSsize_t(PyTuple_GET_ITEM(shape, d));
      if (PyErr_Occurred()) throw py::error_already_set();
      state->shape.push_back(length);
      state->rows *= static_cast<std::size_t>(length);
    }
    state->shape.push_back(0);
    state->taps = static_cast<std::size_t>(taps);
    state->block = static_cast<std::size_t>(block);
    state->workers = static_cast<std::size_t>(workers);
    state->kernel = py::reinterpret_borrow<py::object>(kernel);
    if (block && state->rows) run(keep_gil_below, [&] { state->ready(0); });
    PyObject* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    reinterpret_cast<PartitionedStream*>(self)->state = state.release();
    return self;
  } catch (...) {
    set_error();
    return nullptr;
  }
}

void stream_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete reinterpret_cast<PartitionedStream*>(self)->state;
  type->tp_free(self);
  Py_DECREF(type);
}

template <class F>
PyCFunction function(F* f) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(f));
}

PyMethodDef stream_methods[] = {
    {"process", function(stream_process), METH_FASTCALL | METH_KEYWORDS,
     "process(block, out=None): the outputs that belong to the next samples of the signal, as many "
     "as\n"
     "these. The class says more."},
    {"run", function(stream_run), METH_FASTCALL, nullptr},
    {"exchange_kernel", function(stream_exchange), METH_FASTCALL, nullptr},
    {"clear", stream_clear, METH_NOARGS, nullptr},
    {"heard_taps", stream_taps, METH_NOARGS, nullptr},
    {"partitions", stream_partitions, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

PyType_Slot stream_slots[] = {{Py_tp_new, reinterpret_cast<void*>(&stream_make)},
                              {Py_tp_dealloc, reinterpret_cast<void*>(&stream_dealloc)},
                              {Py_tp_methods, stream_methods},
                              {0, nullptr}};

PyType_Spec stream_spec = {"flipshift._core.PartitionedStream", sizeof(PartitionedStream), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, stream_slots};

}  // namespace

void register_convolver(py::module_& m) {
  general_name = PyUnicode_InternFromString("_general");
  process_name = PyUnicode_InternFromString("_process");
  kernel_type = PyType_FromSpec(&kernel_spec);
  if (!general_name || !process_name || !kernel_type) throw py::error_already_set();
  m.attr("PreparedKernel") = py::reinterpret_borrow<py::object>(kernel_type);
  m.attr("PartitionedStream") = py::reinterpret_steal<py::object>(PyType_FromSpec(&stream_spec));
}

}  // namespace flipshift::bindings
