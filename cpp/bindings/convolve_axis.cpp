// Binds convolve_axis as python/flipshift/_backend.py states it.
#include "engine/convolve_axis.hpp"

#include "bindings/sample_types.hpp"

namespace flipshift::bindings {

namespace {

void convolve_axis(const py::array& x, const py::array& h, const py::array& out,
                   std::ptrdiff_t start, std::size_t workers) {
  const py::dtype dtype = x.dtype();
  if (x.ndim() != 3 && x.ndim() != 1) throw bad_argument("x", "is not of 1 or 3 dimensions");
  check(x, dtype, x.ndim(), "x");
  check(h, dtype, 1, "h");
  check(out, dtype, x.ndim(), "out");
  const bool lines = x.ndim() == 3;
  if (lines && (out.shape(0) != x.shape(0) || out.shape(2) != x.shape(2)))
    throw bad_argument("out", "has another shape");
  const auto size = [](const py::array& a, int axis) {
    return static_cast<std::size_t>(a.shape(axis));
  };
  convolve::AxisShape shape{1, size(x, lines), 1};
  if (lines) shape = {size(x, 0), size(x, 1), size(x, 2)};
  const std::size_t m = size(h, 0), n_out = size(out, lines);
  visit(dtype, [&](auto sample) {
    using T = decltype(sample);
    const T* samples = static_cast<const T*>(x.data());
    const T* taps = static_cast<const T*>(h.data());
    T* to = pointer<T>(out, "out");
    run(static_cast<std::size_t>(out.size()) * (1 + m / 16),
        [&] { convolve::run_axis(samples, shape, taps, m, to, n_out, start, workers); });
  });
}

}  // namespace

void register_convolve_axis(py::module_& m) { m.def("convolve_axis", &convolve_axis); }

}  // namespace flipshift::bindings
