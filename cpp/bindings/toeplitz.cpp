// Binds toeplitz_matmul as python/flipshift/_backend.py states it.
#include "engine/toeplitz.hpp"

#include "bindings/arrays.hpp"

namespace flipshift::bindings {

namespace {

template <class T>
void matmul(const py::array& c, const py::array& r, const py::array& x, const py::array& out) {
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
  run((rows + cols) * k * 16, [&] { toeplitz::matmul(column, rows, row, cols, in, k, to); });
}

}  // namespace

void register_toeplitz(py::module_& m) {
  m.def("toeplitz_matmul", [](const py::array& c, const py::array& r, const py::array& x,
                              const py::array& out, std::size_t /*workers*/) {
    if (has_type<double>(x)) return matmul<double>(c, r, x, out);
    if (has_type<float>(x)) return matmul<float>(c, r, x, out);
    if (has_type<std::complex<double>>(x)) return matmul<std::complex<double>>(c, r, x, out);
    matmul<std::complex<float>>(c, r, x, out);
  });
}

}  // namespace flipshift::bindings
