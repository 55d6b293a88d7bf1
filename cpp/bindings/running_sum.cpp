// Binds running_sum as python/flipshift/_backend.py states it.
#include "engine/running_sum.hpp"

#include "bindings/arrays.hpp"
#include "bindings/boundary.hpp"

namespace flipshift::bindings {

namespace {

template <class T>
void run_as(const py::array& x, const py::array& out, std::size_t n, std::ptrdiff_t start,
            double divisor, std::size_t workers, Boundary boundary, const py::object& fillvalue) {
  const T* samples = contiguous<const T>(x, "x");
  T* to = contiguous<T>(out, "out");
  const auto length = [](const py::array& a) {
    return static_cast<std::size_t>(a.shape(a.ndim() == 1 ? 0 : 1));
  };
  RunningShape shape{1, length(x), 1};
  if (x.ndim() == 3) {
    shape.outer = static_cast<std::size_t>(x.shape(0));
    shape.inner = static_cast<std::size_t>(x.shape(2));
  }
  const std::size_t n_out = length(out);
  const T fill = fillvalue ? fillvalue.cast<T>() : T(0);
  run(static_cast<std::size_t>(out.size()), [&] {
    running_sum<T>(samples, shape, n, to, n_out, start, divisor, workers, boundary, fill);
  });
}

void check_and_run(const py::array& x, const py::array& out, std::size_t n, std::ptrdiff_t start,
                   double divisor, std::size_t workers, Boundary boundary,
                   const py::object& fillvalue) {
  if ((x.ndim() != 3 && x.ndim() != 1) || x.size() == 0)
    throw bad_argument("x", "is empty or not of 1 or 3 dimensions");
  if (out.ndim() != x.ndim() || out.size() == 0 ||
      (x.ndim() == 3 && (out.shape(0) != x.shape(0) || out.shape(2) != x.shape(2))))
    throw bad_argument("out", "has another shape");
  if (n == 0) throw bad_argument("n", "is 0");
  const auto as = [&](auto f) { f(x, out, n, start, divisor, workers, boundary, fillvalue); };
  if (has_type<double>(x)) return as(run_as<double>);
  if (has_type<float>(x)) return as(run_as<float>);
  if (has_type<std::complex<double>>(x)) return as(run_as<std::complex<double>>);
  as(run_as<std::complex<float>>);
}

}  // namespace

// Two forms, so that calls without a boundary do not pay for it.
void register_running_sum(py::module_& m) {
  m.def("running_sum", [](const py::array& x, const py::array& out, std::size_t n,
                          std::ptrdiff_t start, double divisor, std::size_t workers) {
    check_and_run(x, out, n, start, divisor, workers, Boundary::fill, {});
  });
  m.def(
      "running_sum",
      [](const py::array& x, const py::array& out, std::size_t n, std::ptrdiff_t start,
         double divisor, std::size_t workers, const std::string& boundary,
         const py::object& fillvalue) {
        check_and_run(x, out, n, start, divisor, workers, boundary_of(boundary), fillvalue);
      },
      py::arg("x"), py::arg("out"), py::arg("n"), py::arg("start"), py::arg("divisor"),
      py::arg("workers"), py::arg("boundary"), py::arg("fillvalue") = 0);
}

}  // namespace flipshift::bindings
