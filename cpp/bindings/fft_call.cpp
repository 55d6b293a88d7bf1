// Binds `transform` (python/flipshift/_backend.py): a whole call of a function of flipshift.fft,
// from its arguments as the user gave them, if they are plain ones.
//
// A transform of 8 x 8 points takes less time than to look at its arguments in Python. What is not
// plain here, or wrong, is left to the long way, which knows all cases and says what is wrong.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "bindings/plain_array.hpp"
#include "engine/fft.hpp"
#include "engine/pages.hpp"

namespace flipshift::bindings {

namespace {

using fft::Direction;

// By the number that the Python side passes; those along several axes are `several` more.
enum Kind { fft_, ifft_, rfft_, irfft_, hfft_, ihfft_, several = 8 };

bool is_forward(Kind k) { return k == fft_ || k == rfft_ || k == hfft_; }
bool to_real(Kind k) { return k == irfft_ || k == hfft_; }
bool to_half(Kind k) { return k == rfft_ || k == ihfft_; }

// What a call is to do.
struct Task {
  Kind kind;
  const Array* x;
  int type_in, type_out;
  int count;  // of axes
  Py_ssize_t axes[max_ndim], lengths[max_ndim];
  Py_ssize_t in_shape[max_ndim], out_shape[max_ndim];  // what is read of x, and the result
  double scale;

  bool set_axes(PyObject* given, PyObject* s, bool many);
  bool set_lengths();
  bool set_scale(PyObject* norm);
  bool in_order_of_x(Py_ssize_t* strides) const;
};

bool Task::set_axes(PyObject* given, PyObject* s, bool many) {
  const int ndim = x->nd;
  int n_lengths = -1;
  if (!many && (!PyLong_CheckExact(given) || (s != Py_None && !PyLong_CheckExact(s)))) return false;
  if (s != Py_None) {
    n_lengths = numbers(s, lengths);
    if (n_lengths < 0) return false;
  }
  if (given == Py_None) {
    count = n_lengths < 0 ? ndim : n_lengths;
    if (count > ndim) return false;
    for (int i = 0; i < count; ++i) axes[i] = ndim - count + i;
  } else {
    count = numbers(given, axes);
  }
  if (count < 1 || (n_lengths >= 0 && n_lengths != count)) return false;
  for (int i = 0; i < count; ++i) {
    if (axes[i] < 0) axes[i] += ndim;
    if (axes[i] < 0 || axes[i] >= ndim || std::find(axes, axes + i, axes[i]) != axes + i)
      return false;
    if (n_lengths < 0 || (many && lengths[i] == -1)) {
      lengths[i] = x->dimensions[axes[i]];
      // SciPy takes an s of -1 as the length of the half spectrum here.
      if (n_lengths < 0 && to_real(kind) && i == count - 1)
        lengths[i] = std::max<Py_ssize_t>(many, 2 * (lengths[i] - 1));
    }
    if (lengths[i] < 1) return false;
  }
  return true;
}

bool Task::set_lengths() {
  std::copy_n(x->dimensions, x->nd, in_shape);
  std::copy_n(x->dimensions, x->nd, out_shape);
  for (int i = 0; i < count; ++i) {
    const Py_ssize_t half = i == count - 1 ? lengths[i] / 2 + 1 : lengths[i];
    const Py_ssize_t a = axes[i];
    in_shape[a] = std::min(in_shape[a], to_real(kind) ? half : lengths[i]);
    out_shape[a] = to_half(kind) ? half : lengths[i];
  }
  Py_ssize_t elements = 1;  // more than this is not to be had in any case
  for (int d = 0; d < x->nd; ++d)
    if (out_shape[d] > PY_SSIZE_T_MAX / 64 ||
        __builtin_mul_overflow(elements, out_shape[d], &elements))
      return false;
  return elements <= PY_SSIZE_T_MAX / 64;
}

bool Task::set_scale(PyObject* norm) {
  int power = is_forward(kind) ? 0 : 2;
  if (norm != Py_None) {
    if (!PyUnicode_CheckExact(norm)) return false;
    if (PyUnicode_CompareWithASCIIString(norm, "ortho") == 0) {
      power = 1;
    } else if (PyUnicode_CompareWithASCIIString(norm, "forward") == 0) {
      power = 2 - power;
    } else if (PyUnicode_CompareWithASCIIString(norm, "backward") != 0) {
      return false;
    }
  }
  Py_ssize_t size = 1;
  for (int i = 0; i < count; ++i) size *= lengths[i];
  const auto n = static_cast<double>(size);
  scale = power == 0 ? 1.0 : 1.0 / (power == 1 ? std::sqrt(n) : n);
  return true;
}

// The strides of a result whose axes lie in memory as those of x do, as NumPy's do: lines are
// neighbours on both sides then, or contiguous. False for C order, which a broadcast x gets too.
bool Task::in_order_of_x(Py_ssize_t* strides) const {
  if (x->flags & npy_api::NPY_ARRAY_C_CONTIGUOUS_) return false;
  int order[max_ndim], kept = 0;  // axes, the one with the longest steps first
  bool sorted = true;
  for (int d = 0; d < x->nd; ++d) {
    if (x->dimensions[d] == 1) continue;
    if (x->strides[d] == 0) return false;
    int at = kept++;
    for (; at > 0 && std::abs(x->strides[order[at - 1]]) < std::abs(x->strides[d]); --at) {
      order[at] = order[at - 1];
      sorted = false;
    }
    order[at] = d;
  }
  if (sorted) return false;
  // Axes of length 1 may be elsewhere: they become the outermost ones.
  for (int d = 0; d < x->nd; ++d)
    if (x->dimensions[d] == 1) order[kept++] = d;
  std::rotate(order, order + kept - std::count(x->dimensions, x->dimensions + x->nd, 1),
              order + kept);
  Py_ssize_t step = item_size(type_out);
  for (int i = x->nd; i-- > 0;) {
    strides[order[i]] = step;
    step *= out_shape[order[i]];
  }
  return true;
}

struct Extent {
  const char *begin, *end;
};
Extent extent(const Array* a, Py_ssize_t item) {
  Extent e{a->data, a->data + item};
  for (int d = 0; d < a->nd; ++d) {
    const Py_ssize_t reach = (a->dimensions[d] - 1) * a->strides[d];
    (reach < 0 ? e.begin : e.end) += reach;
  }
  return e;
}

// Whether `out`, given by the user, can take the result while x is read.
bool fits(const Task& t, const Array* out, int type) {
  constexpr int wanted = npy_api::NPY_ARRAY_WRITEABLE_;
  if (type != t.type_out || !(out->flags & wanted) || out->nd != t.x->nd ||
      !std::equal(out->dimensions, out->dimensions + out->nd, t.out_shape))
    return false;
  if (t.type_in == type && out->data == t.x->data &&
      std::equal(out->dimensions, out->dimensions + out->nd, t.x->dimensions) &&
      std::equal(out->strides, out->strides + out->nd, t.x->strides))
    return true;
  const Extent a = extent(t.x, item_size(t.type_in)), b = extent(out, item_size(type));
  return a.end <= b.begin || b.end <= a.begin;
}

// One contiguous line on both sides, which needs no views.
template <class T>
bool single_line(const Task& t, const Array* out, bool made, std::size_t workers) {
  using C = std::complex<T>;
  if (t.x->nd != 1 || t.x->strides[0] != item_size(t.type_in) ||
      out->strides[0] != item_size(t.type_out))
    return false;
  const auto bytes = static_cast<std::size_t>(t.out_shape[0] * item_size(t.type_out));
  if (made && bytes >= worth_populating) populate(out->data, bytes, workers);
  const Direction direction = is_forward(t.kind) ? Direction::forward : Direction::backward;
  const auto n = static_cast<std::size_t>(t.lengths[0]);
  const auto scale = static_cast<T>(t.scale);
  if (to_real(t.kind)) {
    if (t.in_shape[0] != t.lengths[0] / 2 + 1) return false;
    fft::real_plan<T>(n)->c2r(reinterpret_cast<const C*>(t.x->data),
                              reinterpret_cast<T*>(out->data), direction, scale, workers);
    return true;
  }
  if (t.in_shape[0] != t.lengths[0]) return false;
  auto* y = reinterpret_cast<C*>(out->data);
  if (is_complex(t.type_in)) {
    fft::plan<T>(n)->run(reinterpret_cast<const C*>(t.x->data), y, direction, scale, workers);
  } else {
    fft::real_plan<T>(n)->r2c(reinterpret_cast<const T*>(t.x->data), y, direction, scale, workers);
    if (!to_half(t.kind))
      for (std::size_t k = n / 2 + 1; k < n; ++k) y[k] = std::conj(y[n - k]);
  }
  return true;
}

template <class T>
void execute(const Task& t, const Array* out, bool made, std::size_t workers) {
  using C = std::complex<T>;
  if (single_line<T>(t, out, made, workers)) return;
  const Direction direction = is_forward(t.kind) ? Direction::forward : Direction::backward;
  const auto scale = static_cast<T>(t.scale);
  const Shape axes(t.axes, t.axes + t.count);
  if (to_real(t.kind))
    return fft::c2r<T>(view_of<const C>(t.x, t.in_shape), view_of<T>(out, t.out_shape), axes,
                       direction, scale, workers);
  const View<C> y = view_of<C>(out, t.out_shape);
  if (is_complex(t.type_in))
    return fft::c2c<T>(view_of<const C>(t.x, t.in_shape), y, axes, direction, scale, workers);
  const View<const T> x = view_of<const T>(t.x, t.in_shape);
  const auto n = static_cast<std::size_t>(t.lengths[t.count - 1]);
  if (to_half(t.kind)) return fft::r2c<T>(x, y, axes, n, direction, scale, workers);
  fft::r2c_whole<T>(x, y, axes, direction, scale, workers);
}

// An empty object for what is left to the long way.
py::object transform(int number, PyObject* x, PyObject* lengths, PyObject* axes, PyObject* norm,
                     std::size_t workers, PyObject* given) {
  const bool many = number >= several;
  Task t;
  t.kind = static_cast<Kind>(many ? number - several : number);
  t.x = plain_array(x, t.type_in);
  if (!t.x) return {};
  if (is_complex(t.type_in) ? to_half(t.kind) : to_real(t.kind)) return {};
  if (!t.set_axes(axes, lengths, many) || !t.set_lengths() || !t.set_scale(norm)) return {};
  const bool single = is_single(t.type_in);
  if (to_real(t.kind)) {
    t.type_out = single ? npy_api::NPY_FLOAT_ : npy_api::NPY_DOUBLE_;
  } else {
    t.type_out = single ? npy_api::NPY_CFLOAT_ : npy_api::NPY_CDOUBLE_;
  }
  py::object result;
  const bool made = given == Py_None;
  if (made) {
    const npy_api& api = npy_api::get();
    Py_ssize_t strides[max_ndim];
    PyObject* array = api.PyArray_NewFromDescr_(
        api.PyArray_Type_, api.PyArray_DescrFromType_(t.type_out), t.x->nd, t.out_shape,
        t.in_order_of_x(strides) ? strides : nullptr, nullptr, 0, nullptr);
    if (!array) {
      PyErr_Clear();
      return {};
    }
    result = py::reinterpret_steal<py::object>(array);
  } else {
    int type = 0;
    const Array* out = plain_array(given, type);
    if (!out || !fits(t, out, type)) return {};
    result = py::reinterpret_borrow<py::object>(given);
  }
  const Array* out = py::detail::array_proxy(result.ptr());
  std::size_t elements = 1;
  for (int d = 0; d < out->nd; ++d) elements *= static_cast<std::size_t>(t.out_shape[d]);
  run(elements, [&] {
    single ? execute<float>(t, out, made, workers) : execute<double>(t, out, made, workers);
  });
  return result;
}

PyObject* call(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 7) {
    PyErr_SetString(PyExc_TypeError, "transform takes kind, x, lengths, axes, norm, workers, out");
    return nullptr;
  }
  const long kind = PyLong_AsLong(args[0]), workers = PyLong_AsLong(args[5]);
  if (PyErr_Occurred()) return nullptr;
  return object_or_none([&] {
    return transform(static_cast<int>(kind), args[1], args[2], args[3], args[4],
                     static_cast<std::size_t>(workers), args[6]);
  });
}

PyMethodDef methods[] = {
    {"transform", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(call)), METH_FASTCALL,
     "What a function of flipshift.fft returns for these arguments, or None."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_fft_call(py::module_& m) {
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
}

}  // namespace flipshift::bindings
