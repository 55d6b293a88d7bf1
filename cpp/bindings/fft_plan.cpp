// Binds LinePlan, describe, plan_cache_info and plan_cache_clear as python/flipshift/_backend.py
// states them.
//
// LinePlan is a plain type of the C API: what pybind11 does for a call takes longer than a short
// transform.
#include <pybind11/pybind11.h>
#include <structmember.h>

#include <memory>
#include <string>
#include <utility>

#include "bindings/arrays.hpp"
#include "engine/fft.hpp"
#include "engine/fft_cache.hpp"
#include "engine/fft_dct.hpp"

namespace flipshift::bindings {

namespace {

using fft::Direction;

// The transform of one contiguous line.
struct Line {
  Line(std::size_t in, std::size_t out, int type_in, int type_out)
      : n_in(static_cast<Py_ssize_t>(in)),
        n_out(static_cast<Py_ssize_t>(out)),
        type_in(type_in),
        type_out(type_out) {}
  virtual ~Line() = default;
  virtual void run(const void* in, void* out) const = 0;
  Py_ssize_t n_in, n_out;
  int type_in, type_out;  // type numbers of NumPy
  bool in_place = false;  // whether input and output may be the same memory
};

template <class T>
constexpr int real_number =
    sizeof(T) == 4 ? py::detail::npy_api::NPY_FLOAT_ : py::detail::npy_api::NPY_DOUBLE_;
template <class T>
constexpr int complex_number =
    sizeof(T) == 4 ? py::detail::npy_api::NPY_CFLOAT_ : py::detail::npy_api::NPY_CDOUBLE_;

Py_ssize_t item_size(int type) {
  if (type == real_number<float>) return sizeof(float);
  return type == complex_number<double> ? 2 * sizeof(double) : sizeof(double);
}

template <class T>
struct ComplexLine final : Line {
  ComplexLine(std::size_t n, Direction d, double s)
      : Line(n, n, complex_number<T>, complex_number<T>),
        plan(fft::plan<T>(n)),
        direction(d),
        scale(static_cast<T>(s)) {
    in_place = true;
  }
  void run(const void* in, void* out) const override {
    plan->run(static_cast<const std::complex<T>*>(in), static_cast<std::complex<T>*>(out),
              direction, scale);
  }
  std::shared_ptr<const fft::Plan<T>> plan;
  Direction direction;
  T scale;
};

// Real numbers to half of their spectrum, or to all of it.
template <class T>
struct RealLine final : Line {
  RealLine(std::size_t n, bool whole, Direction d, double s)
      : Line(n, whole ? n : n / 2 + 1, real_number<T>, complex_number<T>),
        plan(fft::real_plan<T>(n)),
        whole(whole),
        direction(d),
        scale(static_cast<T>(s)) {}
  void run(const void* in, void* out) const override {
    auto* y = static_cast<std::complex<T>*>(out);
    plan->r2c(static_cast<const T*>(in), y, direction, scale);
    if (!whole) return;
    const std::size_t n = plan->size();
    for (std::size_t k = n / 2 + 1; k < n; ++k) y[k] = std::conj(y[n - k]);
  }
  std::shared_ptr<const fft::RealPlan<T>> plan;
  bool whole;
  Direction direction;
  T scale;
};

template <class T>
struct HalfLine final : Line {
  HalfLine(std::size_t n, Direction d, double s)
      : Line(n / 2 + 1, n, complex_number<T>, real_number<T>),
        plan(fft::real_plan<T>(n)),
        direction(d),
        scale(static_cast<T>(s)) {}
  void run(const void* in, void* out) const override {
    plan->c2r(static_cast<const std::complex<T>*>(in), static_cast<T*>(out), direction, scale);
  }
  std::shared_ptr<const fft::RealPlan<T>> plan;
  Direction direction;
  T scale;
};

template <class T>
struct TrigonometricLine final : Line {
  TrigonometricLine(fft::Trigonometric kind, int type, std::size_t n, bool orthogonalize, double s)
      : Line(n, n, real_number<T>, real_number<T>),
        plan(kind, type, n, orthogonalize),
        scale(static_cast<T>(s)) {
    in_place = true;
  }
  void run(const void* in, void* out) const override {
    plan.run(static_cast<const T*>(in), static_cast<T*>(out), scale);
  }
  fft::DctPlan<T> plan;
  T scale;
};

template <class T>
std::unique_ptr<const Line> make_line(const std::string& kind, std::size_t n, bool forward,
                                      double scale) {
  const Direction d = forward ? Direction::forward : Direction::backward;
  if (kind == "c2c") return std::make_unique<ComplexLine<T>>(n, d, scale);
  if (kind == "r2c") return std::make_unique<RealLine<T>>(n, false, d, scale);
  if (kind == "real") return std::make_unique<RealLine<T>>(n, true, d, scale);
  if (kind == "c2r") return std::make_unique<HalfLine<T>>(n, d, scale);
  for (const auto& [name, trigonometric] :
       {std::pair{"cos", fft::Trigonometric::cosine}, {"sin", fft::Trigonometric::sine}})
    for (int type = 1; type <= 4; ++type)
      if (kind == name + std::to_string(type))
        return std::make_unique<TrigonometricLine<T>>(trigonometric, type, n, forward, scale);
  return nullptr;
}

struct LinePlan {
  PyObject_HEAD;
  vectorcallfunc vectorcall;
  const Line* line;  // null: everything goes to _general
};

constexpr int contiguous_aligned = py::array::c_style | py::detail::npy_api::NPY_ARRAY_ALIGNED_;

// The array behind `object` if it is an ndarray (no subclass) of `n` contiguous numbers.
py::detail::PyArray_Proxy* contiguous_line(PyObject* object, Py_ssize_t n, int type, int flags) {
  if (Py_TYPE(object) != py::detail::npy_api::get().PyArray_Type_) return nullptr;
  auto* a = py::detail::array_proxy(object);
  if (a->nd != 1 || a->dimensions[0] != n || (a->flags & flags) != flags) return nullptr;
  const auto* descr = py::detail::array_descriptor_proxy(a->descr);
  return descr->type_num == type && descr->byteorder == '=' ? a : nullptr;
}

// The result of the short way, or null without an error set if it does not apply.
PyObject* call_line(const Line& line, PyObject* x, PyObject* out) {
  const auto* from = contiguous_line(x, line.n_in, line.type_in, contiguous_aligned);
  if (!from) return nullptr;
  py::object result;
  if (out == Py_None) {
    auto& api = py::detail::npy_api::get();
    const Py_intptr_t dims[] = {line.n_out};
    result = py::reinterpret_steal<py::object>(
        api.PyArray_NewFromDescr_(api.PyArray_Type_, api.PyArray_DescrFromType_(line.type_out), 1,
                                  dims, nullptr, nullptr, 0, nullptr));
    if (!result) return nullptr;
  } else {
    const auto* to =
        contiguous_line(out, line.n_out, line.type_out,
                        contiguous_aligned | py::detail::npy_api::NPY_ARRAY_WRITEABLE_);
    if (!to) return nullptr;
    const char *x_end = from->data + line.n_in * item_size(line.type_in),
               *y_end = to->data + line.n_out * item_size(line.type_out);
    const bool apart = x_end <= to->data || y_end <= from->data;
    if (!apart && !(line.in_place && from->data == to->data)) return nullptr;
    result = py::reinterpret_borrow<py::object>(out);
  }
  void* y = py::detail::array_proxy(result.ptr())->data;
  run(static_cast<std::size_t>(line.n_in), [&] { line.run(from->data, y); });
  return result.release().ptr();
}

PyObject* general_name = nullptr;

PyObject* vectorcall(PyObject* self, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  const Py_ssize_t n = PyVectorcall_NARGS(nargsf);
  const Line* line = reinterpret_cast<LinePlan*>(self)->line;
  const bool named_out = names && n == 1 && PyTuple_GET_SIZE(names) == 1 &&
                         PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "out") == 0;
  if (line && (named_out || (!names && (n == 1 || n == 2)))) {
    try {
      PyObject* y = call_line(*line, args[0], n == 2 || named_out ? args[1] : Py_None);
      if (y || PyErr_Occurred()) return y;
    } catch (const std::bad_alloc&) {
      return PyErr_NoMemory();
    } catch (const std::exception& e) {
      PyErr_SetString(PyExc_RuntimeError, e.what());
      return nullptr;
    }
  }
  PyObject* general = PyObject_GetAttr(self, general_name);
  if (!general) return nullptr;
  PyObject* y = PyObject_Vectorcall(general, args, static_cast<std::size_t>(n), names);
  Py_DECREF(general);
  return y;
}

// For whoever calls with a tuple.
PyObject* call(PyObject* self, PyObject* args, PyObject* kwargs) {
  const Py_ssize_t n = PyTuple_GET_SIZE(args);
  PyObject* const* given = reinterpret_cast<PyTupleObject*>(args)->ob_item;
  if (!kwargs || PyDict_GET_SIZE(kwargs) == 0)
    return vectorcall(self, given, static_cast<std::size_t>(n), nullptr);
  if (n == 1 && PyDict_GET_SIZE(kwargs) == 1) {
    Py_ssize_t at = 0;
    PyObject *key = nullptr, *value = nullptr;
    PyDict_Next(kwargs, &at, &key, &value);
    PyObject* names = PyTuple_Pack(1, key);
    if (!names) return nullptr;
    PyObject* both[] = {given[0], value};
    PyObject* y = vectorcall(self, both, 1, names);
    Py_DECREF(names);
    return y;
  }
  PyObject* general = PyObject_GetAttr(self, general_name);
  if (!general) return nullptr;
  PyObject* y = PyObject_Call(general, args, kwargs);
  Py_DECREF(general);
  return y;
}

PyObject* make(PyTypeObject* type, PyObject* args, PyObject*) {
  const char* kind = nullptr;
  Py_ssize_t n = 0;
  int single = 0, forward = 0;
  double scale = 0;
  if (!PyArg_ParseTuple(args, "snppd:LinePlan", &kind, &n, &single, &forward, &scale))
    return nullptr;
  try {
    auto line = (single ? make_line<float> : make_line<double>)(kind, static_cast<std::size_t>(n),
                                                                forward != 0, scale);
#if PY_VERSION_HEX < 0x030C0000 && !defined(PYPY_VERSION)
    // Subclasses do not inherit this flag before Python 3.12, and the tuple that a call would then
    // be packed into takes 10 ns. As with built-in types, a __call__ that is put into the class
    // later is not found.
    if (type->tp_call == &call) type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
#endif
    PyObject* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    reinterpret_cast<LinePlan*>(self)->vectorcall = &vectorcall;
    reinterpret_cast<LinePlan*>(self)->line = line.release();
    return self;
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  } catch (const std::exception& e) {
    PyErr_SetString(PyExc_RuntimeError, e.what());
    return nullptr;
  }
}

void dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete reinterpret_cast<LinePlan*>(self)->line;
  type->tp_free(self);
  Py_DECREF(type);
}

PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(LinePlan, vectorcall), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};

PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(&make)},
                       {Py_tp_call, reinterpret_cast<void*>(&call)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(&dealloc)},
                       {Py_tp_members, members},
                       {0, nullptr}};

PyType_Spec spec = {"flipshift._core.LinePlan", sizeof(LinePlan), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL, slots};

}  // namespace

void register_fft_plan(py::module_& m) {
  general_name = PyUnicode_InternFromString("_general");
  if (!general_name) throw py::error_already_set();
  m.attr("LinePlan") = py::reinterpret_steal<py::object>(PyType_FromSpec(&spec));
  m.def("describe", [](std::size_t n, std::size_t lines, bool contiguous, bool real, bool single) {
    return (single ? fft::describe<float> : fft::describe<double>)(n, lines, contiguous, real);
  });
  m.def("plan_cache_info", [] {
    py::list all;
    for (const fft::CacheInfo& c : fft::cache_info())
      all.append(py::make_tuple(c.kind, c.entries, c.bytes, c.limit, c.hits, c.misses));
    return all;
  });
  m.def("plan_cache_clear", &fft::clear_caches);
}

}  // namespace flipshift::bindings
