// Binds dct and trigonometric as python/flipshift/_backend.py states them.
#include "engine/fft_dct.hpp"

#include <cmath>
#include <string_view>

#include "bindings/plain_array.hpp"

namespace flipshift::bindings {

namespace {

using fft::Trigonometric;

template <class T>
void dct(const py::array& x, const py::array& out, const py::handle& axes, Trigonometric kind,
         int type, double scale, bool orthogonalize, std::size_t workers) {
  const auto factor = static_cast<T>(scale);
  const auto in = view<const T>(x, "x");
  const auto to = view<T>(out, "out");
  if (in.shape != to.shape) throw bad_argument("out", "has another shape");
  const auto list = py::cast<Shape>(axes);
  if (list.empty()) throw bad_argument("axes", "is empty");
  for (std::size_t a : list)
    if (a >= in.shape.size()) throw bad_argument("axes", "is out of range");
  run(product(in.shape),
      [&] { fft::dct<T>(in, to, list, kind, type, factor, orthogonalize, workers); });
}

// Elements from which the number of threads may matter, which only Python knows.
constexpr std::size_t worth_asking = 16384;

// What a call is to do.
struct Task {
  const Array* x;
  Trigonometric kind;
  int type;
  bool orthogonalize;
  int count;  // of axes
  Py_ssize_t axes[max_ndim];
  double scale;

  bool set_type(PyObject* given, bool forward);
  bool set_axes(PyObject* given, bool many);
  bool set_scale(PyObject* norm, PyObject* ortho, bool forward);
};

bool Task::set_type(PyObject* given, bool forward) {
  if (!PyLong_CheckExact(given)) return false;
  int overflow = 0;
  const long number = PyLong_AsLongAndOverflow(given, &overflow);
  if (number < 1 || number > 4) return false;
  type = static_cast<int>(forward || number == 1 || number == 4 ? number : 5 - number);
  return true;
}

bool Task::set_axes(PyObject* given, bool many) {
  if (many && given == Py_None) {
    count = x->nd;
    for (int i = 0; i < count; ++i) axes[i] = i;
  } else {
    if (!many && !PyLong_CheckExact(given)) return false;
    count = numbers(given, axes);
  }
  const Py_ssize_t shortest = type == 1 && kind == Trigonometric::cosine ? 2 : 1;
  for (int i = 0; i < count; ++i) {
    if (axes[i] < 0) axes[i] += x->nd;
    if (axes[i] < 0 || axes[i] >= x->nd || x->dimensions[axes[i]] < shortest) return false;
    for (int j = 0; j < i; ++j)
      if (axes[i] == axes[j]) return false;
  }
  return count > 0;
}

bool Task::set_scale(PyObject* norm, PyObject* ortho, bool forward) {
  int power = forward ? 0 : 2;
  bool by_root = false;
  if (norm != Py_None) {
    if (!PyUnicode_CheckExact(norm)) return false;
    if (PyUnicode_CompareWithASCIIString(norm, "ortho") == 0) {
      power = 1;
      by_root = true;
    } else if (PyUnicode_CompareWithASCIIString(norm, "forward") == 0) {
      power = 2 - power;
    } else if (PyUnicode_CompareWithASCIIString(norm, "backward") != 0) {
      return false;
    }
  }
  if (ortho != Py_None && ortho != Py_True && ortho != Py_False) return false;
  orthogonalize = ortho == Py_None ? by_root : ortho == Py_True;
  const int longer = type != 1 ? 0 : kind == Trigonometric::sine ? 1 : -1;
  double size = 1;
  for (int i = 0; i < count; ++i) size *= 2 * static_cast<double>(x->dimensions[axes[i]] + longer);
  scale = power == 0 ? 1.0 : 1.0 / (power == 1 ? std::sqrt(size) : size);
  return true;
}

template <class T>
void execute(const Task& t, const Array* y, std::size_t workers) {
  const auto factor = static_cast<T>(t.scale);
  // One contiguous line needs no views.
  if (t.x->nd == 1 && t.x->strides[0] == sizeof(T)) {
    const fft::DctPlan<T> plan(t.kind, t.type, static_cast<std::size_t>(t.x->dimensions[0]),
                               t.orthogonalize);
    return plan.run(reinterpret_cast<const T*>(t.x->data), reinterpret_cast<T*>(y->data), factor);
  }
  fft::dct<T>(view_of<const T>(t.x, t.x->dimensions), view_of<T>(y, y->dimensions),
              Shape(t.axes, t.axes + t.count), t.kind, t.type, factor, t.orthogonalize, workers);
}

// An empty object for what is left to the long way.
py::object trigonometric(long number, PyObject* object, PyObject* type, PyObject* axes,
                         PyObject* norm, PyObject* workers, PyObject* orthogonalize) {
  const bool forward = !(number & 2);
  int item = 0;
  Task t;
  t.x = plain_array(object, item);
  if (!t.x || is_complex(item)) return {};
  t.kind = number & 1 ? Trigonometric::sine : Trigonometric::cosine;
  if (!t.set_type(type, forward) || !t.set_axes(axes, number & 4) ||
      !t.set_scale(norm, orthogonalize, forward))
    return {};
  std::size_t elements = 1;
  for (int d = 0; d < t.x->nd; ++d) elements *= static_cast<std::size_t>(t.x->dimensions[d]);
  std::size_t threads = 1;
  if (workers != Py_None) {
    threads = PyLong_AsSize_t(workers);
  } else if (elements >= worth_asking) {
    return {};
  }
  const npy_api& api = npy_api::get();
  PyObject* made =
      api.PyArray_NewFromDescr_(api.PyArray_Type_, api.PyArray_DescrFromType_(item), t.x->nd,
                                t.x->dimensions, nullptr, nullptr, 0, nullptr);
  if (!made) {
    PyErr_Clear();
    return {};
  }
  auto result = py::reinterpret_steal<py::object>(made);
  const Array* y = py::detail::array_proxy(made);
  run(elements,
      [&] { is_single(item) ? execute<float>(t, y, threads) : execute<double>(t, y, threads); });
  return result;
}

PyObject* call(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 9) {
    PyErr_SetString(PyExc_TypeError,
                    "trigonometric takes kind, x, type, lengths, axes, norm, workers, "
                    "orthogonalize, out");
    return nullptr;
  }
  if (args[3] != Py_None || args[8] != Py_None) Py_RETURN_NONE;
  const long number = PyLong_AsLong(args[0]);
  if (PyErr_Occurred()) return nullptr;
  if (args[6] != Py_None && !PyLong_CheckExact(args[6])) Py_RETURN_NONE;
  return object_or_none(
      [&] { return trigonometric(number, args[1], args[2], args[4], args[5], args[6], args[7]); });
}

PyMethodDef methods[] = {
    {"trigonometric", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(call)),
     METH_FASTCALL, "What a cosine or sine transform returns for these arguments, or None."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_fft_dct(py::module_& m) {
  m.def("dct",
        [](const py::array& x, const py::array& out, const py::object& axes, std::string_view kind,
           int type, double scale, bool orthogonalize, std::size_t workers) {
          if (type < 1 || type > 4) throw bad_argument("type", "is not 1 to 4");
          if (kind != "cos" && kind != "sin")
            throw bad_argument("kind", "is neither 'cos' nor 'sin'");
          (has_type<float>(x) ? dct<float> : dct<double>)(x, out, axes,
                                                          kind == "sin" ? Trigonometric::sine
                                                                        : Trigonometric::cosine,
                                                          type, scale, orthogonalize, workers);
        });
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
}

}  // namespace flipshift::bindings
