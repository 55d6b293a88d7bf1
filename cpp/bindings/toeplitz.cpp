// Binds toeplitz_matmul, toeplitz_product and toeplitz_solve as python/flipshift/_backend.py states
// them.
#include "engine/toeplitz.hpp"

#include <algorithm>
#include <complex>
#include <tuple>
#include <utility>

#include "bindings/plain_array.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "engine/toeplitz_solve.hpp"

namespace flipshift::bindings {

void register_toeplitz_operator(py::module_& m);

namespace {

// f(T()) for the T that the array has.
template <class F>
auto with_type(const py::array& a, F&& f) {
  if (has_type<double>(a)) return f(double());
  if (has_type<float>(a)) return f(float());
  if (has_type<std::complex<double>>(a)) return f(std::complex<double>());
  return f(std::complex<float>());
}

template <class T>
void matmul(const py::array& c, const py::array& r, const py::array& x, const py::array& out,
            std::size_t workers) {
  const T* column = contiguous<const T>(c, "c");
  const T* row = contiguous<const T>(r, "r");
  const T* in = contiguous<const T>(x, "x");
  T* to = contiguous<T>(out, "out");
  const auto rows = static_cast<std::size_t>(c.size());
  const auto cols = static_cast<std::size_t>(r.size());
  if (x.ndim() != 2 || x.shape(0) != r.size()) throw bad_argument("x", "has another shape");
  const auto k = static_cast<std::size_t>(x.shape(1));
  if (out.ndim() != 2 || out.shape(0) != c.size() || out.shape(1) != x.shape(1))
    throw bad_argument("out", "has another shape");
  if (rows == 0 || cols == 0 || k == 0) throw bad_argument("c, r or x", "is empty");
  run((rows + cols) * k * 16,
      [&] { toeplitz::matmul(column, rows, row, cols, in, k, to, workers); });
}

template <class T>
std::size_t solve(const py::array& c, const py::array& r, const py::array& b, const py::array& x) {
  const T* column = contiguous<const T>(c, "c");
  const T* row = contiguous<const T>(r, "r");
  const T* in = contiguous<const T>(b, "b");
  T* to = contiguous<T>(x, "x");
  const auto n = static_cast<std::size_t>(c.size());
  if (r.size() != c.size()) throw bad_argument("r", "has another length");
  for (const py::array& a : {b, x})
    if (a.ndim() != 2 || a.shape(0) != c.size() || a.shape(1) != b.shape(1))
      throw bad_argument("b or x", "has another shape");
  const auto k = static_cast<std::size_t>(b.shape(1));
  if (n == 0 || k == 0) throw bad_argument("c or b", "is empty");
  std::size_t order = 0;
  run(n * n * (k + 1), [&] { order = toeplitz::solve(column, row, n, in, k, to); });
  return order;
}

// A contiguous vector of that type.
const Array* vector(PyObject* object, int type) {
  int own = 0;
  const Array* a = plain_array(object, own);
  return a && own == type && a->nd == 1 && (a->flags & npy_api::NPY_ARRAY_C_CONTIGUOUS_) ? a
                                                                                         : nullptr;
}

// The two vectors of c_or_cr, which have the type; null if they have not, or if r would have to be
// made.
std::pair<const Array*, const Array*> column_and_row(PyObject* c_or_cr, int type) {
  if (!PyTuple_CheckExact(c_or_cr)) {
    if (is_complex(type)) return {};  // the row is the conjugate of the column
    const Array* c = vector(c_or_cr, type);
    return {c, c};
  }
  if (PyTuple_GET_SIZE(c_or_cr) != 2) return {};
  return {vector(PyTuple_GET_ITEM(c_or_cr, 0), type), vector(PyTuple_GET_ITEM(c_or_cr, 1), type)};
}

py::object new_array(int type, int ndim, const Py_intptr_t* shape) {
  const npy_api& api = npy_api::get();
  PyObject* array = api.PyArray_NewFromDescr_(api.PyArray_Type_, api.PyArray_DescrFromType_(type),
                                              ndim, shape, nullptr, nullptr, 0, nullptr);
  if (!array) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(array);
}

template <class T>
T* data(const Array* a) {
  return reinterpret_cast<T*>(a->data);
}
std::size_t columns(const Array* a) {
  return a->nd == 2 ? static_cast<std::size_t>(a->dimensions[1]) : 1;
}

template <class T>
py::object product_of(const Array* c, const Array* r, const Array* x, int type) {
  const auto rows = static_cast<std::size_t>(c->dimensions[0]);
  const auto cols = static_cast<std::size_t>(r->dimensions[0]);
  const std::size_t k = columns(x);
  // Threads may share many columns, and how many is for the long way to know.
  if (k > 1 && k * (rows + cols) >= worth_a_thread) return {};
  const Py_intptr_t shape[] = {c->dimensions[0], static_cast<Py_intptr_t>(k)};
  py::object out = new_array(type, x->nd, shape);
  T* to = data<T>(py::detail::array_proxy(out.ptr()));
  run((rows + cols) * k * 16,
      [&] { toeplitz::matmul<T>(data<T>(c), rows, data<T>(r), cols, data<T>(x), k, to, 1); });
  return out;
}

// The array behind x or b and the two vectors of the matrix, if all are plain, contiguous and fit.
struct Given {
  int type = 0;
  const Array *c = nullptr, *r = nullptr, *right = nullptr;
  Given(PyObject* c_or_cr, PyObject* object) {
    const Array* a = plain_array(object, type);
    if (!a || a->nd > 2 || !(a->flags & npy_api::NPY_ARRAY_C_CONTIGUOUS_)) return;
    std::tie(c, r) = column_and_row(c_or_cr, type);
    if (c && r && r->dimensions[0] == a->dimensions[0]) right = a;
  }
};

// Vectors of single precision: the product is in double, as SciPy's is.
template <class T, class W>
py::object widened_product_of(const Array* c, const Array* r, const Array* x, int type) {
  const auto rows = static_cast<std::size_t>(c->dimensions[0]);
  const auto cols = static_cast<std::size_t>(r->dimensions[0]);
  if (x->nd != 1) return {};
  Scratch<W> wide(rows + 2 * cols);
  W* const wide_r = std::copy_n(data<T>(c), rows, wide.data());
  W* const wide_x = std::copy_n(data<T>(r), cols, wide_r);
  std::copy_n(data<T>(x), cols, wide_x);
  py::object out = new_array(type, 1, c->dimensions);
  W* to = data<W>(py::detail::array_proxy(out.ptr()));
  run((rows + cols) * 16,
      [&] { toeplitz::matmul<W>(wide.data(), rows, wide_r, cols, wide_x, 1, to, 1); });
  return out;
}

py::object product(PyObject* c_or_cr, PyObject* object) {
  const Given given(c_or_cr, object);
  if (!given.right) return {};
  const auto multiply = given.type == npy_api::NPY_DOUBLE_    ? product_of<double>
                        : given.type == npy_api::NPY_CDOUBLE_ ? product_of<std::complex<double>>
                        : given.type == npy_api::NPY_FLOAT_
                            ? widened_product_of<float, double>
                            : widened_product_of<std::complex<float>, std::complex<double>>;
  const int type = is_complex(given.type) ? npy_api::NPY_CDOUBLE_ : npy_api::NPY_DOUBLE_;
  return multiply(given.c, given.r, given.right, type);
}

PyObject* toeplitz_product(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "toeplitz_product takes c_or_cr and x");
    return nullptr;
  }
  return object_or_none([&] { return product(args[0], args[1]); });
}

template <class T>
py::object solution_of(const Array* c, const Array* r, const Array* b, int type) {
  const auto n = static_cast<std::size_t>(c->dimensions[0]);
  const std::size_t k = columns(b);
  for (const auto& [a, count] : {std::pair{c, n}, {r, n}, {b, n * k}})
    if (!toeplitz::all_finite<T>(data<T>(a), count)) return {};
  py::object out = new_array(type, b->nd, b->dimensions);
  T* to = data<T>(py::detail::array_proxy(out.ptr()));
  std::size_t order = 0;
  run(n * n * (k + 1),
      [&] { order = toeplitz::solve<T>(data<T>(c), data<T>(r), n, data<T>(b), k, to); });
  return order ? py::object() : out;
}

py::object solution(PyObject* c_or_cr, PyObject* object) {
  const Given given(c_or_cr, object);
  const int type = given.type;
  if (!given.right || given.c->dimensions[0] != given.r->dimensions[0]) return {};
  const auto solve = type == npy_api::NPY_DOUBLE_    ? solution_of<double>
                     : type == npy_api::NPY_FLOAT_   ? solution_of<float>
                     : type == npy_api::NPY_CDOUBLE_ ? solution_of<std::complex<double>>
                                                     : solution_of<std::complex<float>>;
  return solve(given.c, given.r, given.right, type);
}

PyObject* toeplitz_solution(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "toeplitz_solution takes c_or_cr and b");
    return nullptr;
  }
  return object_or_none([&] { return solution(args[0], args[1]); });
}

PyMethodDef methods[] = {
    {"toeplitz_solution",
     reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(toeplitz_solution)), METH_FASTCALL,
     "What solve_toeplitz returns for plain arrays of finite numbers, or None."},
    {"toeplitz_product",
     reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(toeplitz_product)), METH_FASTCALL,
     "What matmul_toeplitz returns for plain vectors, or None."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_toeplitz(py::module_& m) {
  m.def("toeplitz_matmul", [](const py::array& c, const py::array& r, const py::array& x,
                              const py::array& out, std::size_t workers) {
    with_type(x, [&](auto t) { matmul<decltype(t)>(c, r, x, out, workers); });
  });
  m.def("toeplitz_solve",
        [](const py::array& c, const py::array& r, const py::array& b, const py::array& x) {
          return with_type(b, [&](auto t) { return solve<decltype(t)>(c, r, b, x); });
        });
  if (PyModule_AddFunctions(m.ptr(), methods) != 0) throw py::error_already_set();
  register_toeplitz_operator(m);
}

}  // namespace flipshift::bindings
