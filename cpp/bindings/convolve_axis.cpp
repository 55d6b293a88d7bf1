// Binds convolve_axis as python/flipshift/_backend.py states it.
#include "engine/convolve_axis.hpp"

#include <cstdint>

#include "bindings/arrays.hpp"

namespace flipshift::bindings {

namespace {

// T is the dtype, Computed the type that the engine computes it in.
template <class T, class Computed = T>
void run_as(const py::array& x, const py::array& h, const py::array& out, std::ptrdiff_t start,
            std::size_t workers) {
  const auto* samples = reinterpret_cast<const Computed*>(contiguous<const T>(x, "x"));
  const auto* taps = reinterpret_cast<const Computed*>(contiguous<const T>(h, "h"));
  auto* to = reinterpret_cast<Computed*>(contiguous<T>(out, "out"));
  const auto m = static_cast<std::size_t>(h.size());
  const auto length = [](const py::array& a) {
    return static_cast<std::size_t>(a.shape(a.ndim() == 1 ? 0 : 1));
  };
  convolve::AxisShape shape{1, length(x), 1};
  if (x.ndim() == 3) {
    shape.outer = static_cast<std::size_t>(x.shape(0));
    shape.inner = static_cast<std::size_t>(x.shape(2));
  }
  const std::size_t n_out = length(out);
  run(static_cast<std::size_t>(out.size()) * (1 + m / 16),
      [&] { convolve::run_axis(samples, shape, taps, m, to, n_out, start, workers); });
}

void convolve_axis(const py::array& x, const py::array& h, const py::array& out,
                   std::ptrdiff_t start, std::size_t workers) {
  if ((x.ndim() != 3 && x.ndim() != 1) || x.size() == 0)
    throw bad_argument("x", "is empty or not of 1 or 3 dimensions");
  if (h.ndim() != 1 || h.size() == 0) throw bad_argument("h", "is empty or not of 1 dimension");
  if (out.ndim() != x.ndim() || out.size() == 0 ||
      (x.ndim() == 3 && (out.shape(0) != x.shape(0) || out.shape(2) != x.shape(2))))
    throw bad_argument("out", "has another shape");
  const auto as = [&](auto f) { f(x, h, out, start, workers); };
  const char kind = x.dtype().kind();
  switch (x.itemsize()) {
    case 1:
      if (kind == 'u') return as(run_as<std::uint8_t>);
      if (kind == 'i') return as(run_as<std::int8_t, std::uint8_t>);
      break;
    case 2:
      if (kind == 'u') return as(run_as<std::uint16_t>);
      if (kind == 'i') return as(run_as<std::int16_t, std::uint16_t>);
      break;
    case 4:
      if (kind == 'f') return as(run_as<float>);
      if (kind == 'u') return as(run_as<std::uint32_t>);
      if (kind == 'i') return as(run_as<std::int32_t, std::uint32_t>);
      break;
    case 8:
      if (kind == 'f') return as(run_as<double>);
      if (kind == 'c') return as(run_as<std::complex<float>>);
      if (kind == 'u') return as(run_as<std::uint64_t>);
      if (kind == 'i') return as(run_as<std::int64_t, std::uint64_t>);
      break;
    case 16:
      if (kind == 'c') return as(run_as<std::complex<double>>);
      break;
  }
  throw bad_argument("x", "has a dtype that has no kernels");
}

}  // namespace

void register_convolve_axis(py::module_& m) { m.def("convolve_axis", &convolve_axis); }

}  // namespace flipshift::bindings
