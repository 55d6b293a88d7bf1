// Binds ToeplitzOperator as python/flipshift/_backend.py states it.
//
// A plain type of the C API with a slot for @: a product of 20 numbers takes 20 ns, a tenth of what
// a Python method takes.
#include <memory>
#include <utility>

#include "bindings/plain_array.hpp"
#include "engine/threads.hpp"
#include "engine/toeplitz.hpp"

namespace flipshift::bindings {

namespace {

// An operator of any of the four types.
struct Product {
  virtual ~Product() = default;
  // `rows`: columns lie in rows.
  virtual void apply(const void* x, std::size_t k, void* out, std::size_t workers,
                     bool rows) const = 0;
  virtual double cost_ns(std::size_t k) const = 0;
  virtual std::string describe(std::size_t k) const = 0;
  int type = 0;  // number of NumPy
  std::size_t rows = 0, cols = 0;
};

template <class T>
struct ProductOf final : Product {
  explicit ProductOf(toeplitz::Operator<T> o) : op(std::move(o)) {
    rows = op.outputs();
    cols = op.columns();
  }
  void apply(const void* x, std::size_t k, void* out, std::size_t workers,
             bool rows) const override {
    const T* from = static_cast<const T*>(x);
    T* to = static_cast<T*>(out);
    rows ? op.apply_rows(from, k, to, workers) : op.apply(from, k, to, workers);
  }
  double cost_ns(std::size_t k) const override { return op.cost_ns(k); }
  std::string describe(std::size_t k) const override { return op.describe(k); }
  toeplitz::Operator<T> op;
};

template <class T>
std::unique_ptr<Product> make_product(const Array* diagonals, std::size_t rows, std::size_t cols,
                                      std::size_t step) {
  const auto layers = static_cast<std::size_t>(diagonals->dimensions[0]);
  const std::size_t n = layers * (rows + cols - 1);
  Buffer<T> copy(n);
  const T* from = reinterpret_cast<const T*>(diagonals->data);
  std::copy(from, from + n, copy.data());
  constexpr double many = 1e9;  // columns to come
  return std::make_unique<ProductOf<T>>(
      toeplitz::Operator<T>(std::move(copy), layers, rows, cols, step, many));
}

struct Object {
  PyObject_HEAD;
  const Product* product;
};

PyTypeObject* type_object = nullptr;
PyObject *matmul_name = nullptr, *rmatmul_name = nullptr, *transpose_name = nullptr;

void apply(const Product& p, const void* x, std::size_t k, void* out, std::size_t workers,
           bool rows) {
  // `run` counts operations of the order of a nanosecond.
  run(static_cast<std::size_t>(p.cost_ns(k)), [&] { p.apply(x, k, out, workers, rows); });
}

bool contiguous_of(const Array* a, int type, const Product& p) {
  return a && type == p.type && (a->flags & npy_api::NPY_ARRAY_C_CONTIGUOUS_);
}

// M x for one contiguous vector or matrix of the operator's own type, or x M^T if `rows`; empty for
// anything else.
py::object short_way(const Product& p, PyObject* object, bool rows) {
  int type = 0;
  const Array* x = plain_array(object, type);
  if (!contiguous_of(x, type, p) || x->nd > 2) return {};
  const bool matrix = x->nd == 2;
  const std::size_t n = static_cast<std::size_t>(x->dimensions[matrix && rows ? 1 : 0]);
  const std::size_t k = matrix ? static_cast<std::size_t>(x->dimensions[rows ? 0 : 1]) : 1;
  if (n != p.cols) return {};
  // Threads may share many columns, and how many is for the long way to know.
  if (k > 1 && k * (p.rows + p.cols) >= worth_a_thread) return {};
  const npy_api& api = npy_api::get();
  Py_intptr_t shape[] = {static_cast<Py_intptr_t>(p.rows), static_cast<Py_intptr_t>(k)};
  if (matrix && rows) std::swap(shape[0], shape[1]);
  auto out = py::reinterpret_steal<py::object>(
      api.PyArray_NewFromDescr_(api.PyArray_Type_, api.PyArray_DescrFromType_(type), x->nd, shape,
                                nullptr, nullptr, 0, nullptr));
  if (!out) throw py::error_already_set();
  apply(p, x->data, k, py::detail::array_proxy(out.ptr())->data, 1, rows);
  return out;
}

// operator @ x, or x @ operator by its transpose, if there is one already.
py::object product(PyObject* self, PyObject* x, bool left) {
  if (left) return short_way(*reinterpret_cast<Object*>(self)->product, x, false);
  auto transpose = py::reinterpret_steal<py::object>(PyObject_GetAttr(self, transpose_name));
  if (!transpose) throw py::error_already_set();
  if (!PyObject_TypeCheck(transpose.ptr(), type_object)) return {};
  return short_way(*reinterpret_cast<Object*>(transpose.ptr())->product, x, true);
}

// a @ b, one of which is ours.
PyObject* matmul(PyObject* a, PyObject* b) {
  const bool left = PyObject_TypeCheck(a, type_object);
  PyObject *self = left ? a : b, *x = left ? b : a;
  PyObject* y = object_or_none([&] { return product(self, x, left); });
  if (y != Py_None) return y;
  Py_DECREF(y);
  return PyObject_CallMethodObjArgs(self, left ? matmul_name : rmatmul_name, x, nullptr);
}

// x, out, workers; `rows` as of short_way.
PyObject* apply_to(PyObject* self, PyObject* const* args, Py_ssize_t count, bool rows) {
  if (count != 3) {
    PyErr_SetString(PyExc_TypeError, "a product takes x, out and workers");
    return nullptr;
  }
  return object_or_none([&]() -> py::object {
    const Product& p = *reinterpret_cast<Object*>(self)->product;
    int of_x = 0, of_out = 0;
    const Array *x = plain_array(args[0], of_x), *out = plain_array(args[1], of_out);
    const int n = rows ? 1 : 0, k = 1 - n;  // axes
    if (!contiguous_of(x, of_x, p) || x->nd != 2 ||
        static_cast<std::size_t>(x->dimensions[n]) != p.cols)
      throw bad_argument("x", "is not what this operator takes");
    if (!contiguous_of(out, of_out, p) || !(out->flags & npy_api::NPY_ARRAY_WRITEABLE_) ||
        out->nd != 2 || static_cast<std::size_t>(out->dimensions[n]) != p.rows ||
        out->dimensions[k] != x->dimensions[k])
      throw bad_argument("out", "is not what this operator takes");
    const std::size_t workers = PyLong_AsSize_t(args[2]);
    if (PyErr_Occurred()) throw py::error_already_set();
    apply(p, x->data, static_cast<std::size_t>(x->dimensions[k]), out->data, workers, rows);
    return {};
  });
}
PyObject* apply_method(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return apply_to(self, args, count, false);
}
PyObject* apply_rows_method(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return apply_to(self, args, count, true);
}

// describe(k)
PyObject* describe_method(PyObject* self, PyObject* k) {
  const std::size_t columns = PyLong_AsSize_t(k);
  if (PyErr_Occurred()) return nullptr;
  return PyUnicode_FromString(reinterpret_cast<Object*>(self)->product->describe(columns).c_str());
}

PyObject* make(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject* array = nullptr;
  Py_ssize_t rows = 0, cols = 0, step = 0;
  if (!PyArg_ParseTuple(args, "Onnn:ToeplitzOperator", &array, &rows, &cols, &step)) return nullptr;
  return object_or_none([&] {
    int number = 0;
    const Array* d = plain_array(array, number);
    if (!d || d->nd != 2 || !(d->flags & npy_api::NPY_ARRAY_C_CONTIGUOUS_) || rows < 1 ||
        cols < 1 || step < 1 || d->dimensions[1] != rows + cols - 1)
      throw bad_argument("diagonals", "is not what an operator takes");
    const auto make_of = number == npy_api::NPY_DOUBLE_   ? make_product<double>
                         : number == npy_api::NPY_FLOAT_  ? make_product<float>
                         : number == npy_api::NPY_CFLOAT_ ? make_product<std::complex<float>>
                                                          : make_product<std::complex<double>>;
    std::unique_ptr<Product> product =
        make_of(d, static_cast<std::size_t>(rows), static_cast<std::size_t>(cols),
                static_cast<std::size_t>(step));
    product->type = number;
    auto self = py::reinterpret_steal<py::object>(type->tp_alloc(type, 0));
    if (!self) throw py::error_already_set();
    reinterpret_cast<Object*>(self.ptr())->product = product.release();
    return self;
  });
}

void dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete reinterpret_cast<Object*>(self)->product;
  type->tp_free(self);
  Py_DECREF(type);
}

PyMethodDef methods[] = {
    {"_apply", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(apply_method)),
     METH_FASTCALL, "Write the product with x, of shape (columns, k), to out."},
    {"_apply_rows", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(apply_rows_method)),
     METH_FASTCALL, "Write the product of x, of shape (k, columns), and the transpose to out."},
    {"_describe", describe_method, METH_O, "A few words on the product with k columns."},
    {nullptr, nullptr, 0, nullptr}};

PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(&make)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(&dealloc)},
                       {Py_tp_methods, methods},
                       {Py_nb_matrix_multiply, reinterpret_cast<void*>(&matmul)},
                       {0, nullptr}};

PyType_Spec spec = {"flipshift._core.ToeplitzOperator", sizeof(Object), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

void register_toeplitz_operator(py::module_& m) {
  matmul_name = PyUnicode_InternFromString("_matmul");
  rmatmul_name = PyUnicode_InternFromString("_rmatmul");
  transpose_name = PyUnicode_InternFromString("_transpose");
  if (!matmul_name || !rmatmul_name || !transpose_name) throw py::error_already_set();
  auto type = py::reinterpret_steal<py::object>(PyType_FromSpec(&spec));
  if (!type) throw py::error_already_set();
  type_object = reinterpret_cast<PyTypeObject*>(type.ptr());
  m.attr("ToeplitzOperator") = type;
}

}  // namespace flipshift::bindings
