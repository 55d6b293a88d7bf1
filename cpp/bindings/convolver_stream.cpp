// Binds PartitionedStream as python/flipshift/_backend.py states it.
#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <vector>

#include "bindings/convolver.hpp"
#include "engine/threads.hpp"

namespace flipshift::bindings {

namespace {

PyObject* process_name = nullptr;

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
    return all;
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

void register_convolver_stream(py::module_& m) {
  process_name = PyUnicode_InternFromString("_process");
  if (!process_name) throw py::error_already_set();
  m.attr("PartitionedStream") = py::reinterpret_steal<py::object>(PyType_FromSpec(&stream_spec));
}

}  // namespace flipshift::bindings
