#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings/arrays.hpp"
#include "bindings/boundary.hpp"
#include "engine/convolve2d.hpp"

namespace flipshift::bindings {

namespace {

namespace c2 = flipshift::convolve2d;

c2::Method method_of(const std::string& name) {
  if (name == "direct") return c2::Method::direct;
  if (name == "fft") return c2::Method::fft;
  if (name == "separable") return c2::Method::separable;
  if (name == "whole") return c2::Method::whole;
  if (name == "auto") return c2::Method::automatic;
  throw bad_argument("method", "is none of 'direct', 'fft', 'separable', 'whole', 'auto'");
}

using Start = std::pair<py::ssize_t, py::ssize_t>;
using Boundaries = std::pair<std::string, std::string>;

template <class T, class Computed>
c2::Matrix<Computed> matrix(const py::array& a, const char* name) {
  const bool images = a.ndim() == 4;
  if ((a.ndim() != 2 && !images) || a.size() == 0) throw bad_argument(name, "is no image");
  return {reinterpret_cast<Computed*>(contiguous<T>(a, name)),
          static_cast<std::size_t>(a.shape(images)), static_cast<std::size_t>(a.shape(images + 1))};
}

// T is the dtype, Computed the type that the engine computes it in.
template <class T, class Computed = T>
void run_as(const py::array& x, const py::array& h, const py::array& out, const Start& start,
            const Boundaries& boundary, const py::object& fillvalue, c2::Method method,
            std::size_t workers) {
  const bool images = x.ndim() == 4;
  if (h.ndim() != 2) throw bad_argument("h", "is not a matrix");
  if (out.ndim() != x.ndim() ||
      (images && (out.shape(0) != x.shape(0) || out.shape(3) != x.shape(3))))
    throw bad_argument("out", "has another shape");
  c2::Problem<Computed> problem{matrix<const T, const Computed>(x, "x"),
                                matrix<const T, const Computed>(h, "h"),
                                matrix<T, Computed>(out, "out"),
                                start.first,
                                start.second,
                                {boundary_of(boundary.first), boundary_of(boundary.second),
                                 static_cast<Computed>(fillvalue.cast<T>())}};
  if (images) {
    problem.outer = static_cast<std::size_t>(x.shape(0));
    problem.inner = static_cast<std::size_t>(x.shape(3));
  }
  problem.workers = workers;
  run(static_cast<std::size_t>(out.size() * h.size()), [&] { c2::convolve2d(problem, method); });
}

void convolve2d(const py::array& x, const py::array& h, const py::array& out, const Start& start,
                const Boundaries& boundary, const py::object& fillvalue, const std::string& method,
                std::size_t workers) {
  const auto as = [&](auto f) {
    f(x, h, out, start, boundary, fillvalue, method_of(method), workers);
  };
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
  throw bad_argument("x", "has a dtype that convolve2d does not take");
}

using Scheme = std::tuple<const char*, std::pair<std::size_t, std::size_t>, std::size_t, double>;
using Sides = std::pair<std::size_t, std::size_t>;

template <class T>
std::vector<Scheme> plan_as(Sides x, const py::array& h, Sides out, const Start& start) {
  const c2::Choice c = c2::choice(c2::Problem<T>{{nullptr, x.first, x.second},
                                                 matrix<const T, const T>(h, "h"),
                                                 {nullptr, out.first, out.second},
                                                 start.first,
                                                 start.second,
                                                 {Boundary::fill, Boundary::fill, T(0)}});
  std::vector<Scheme> schemes{{"direct", {0, 0}, 0, c.direct_ns},
                              {"fft", {c.block_rows, c.block_cols}, c.blocks, c.fourier_ns}};
  if (c.method == c2::Method::fft) std::swap(schemes[0], schemes[1]);
  if (c.terms > 0)
    schemes.insert(schemes.begin(), Scheme{"separable", {0, 0}, c.terms, c.separable_ns});
  return schemes;
}

std::vector<Scheme> convolve2d_plan(Sides x, const py::array& h, Sides out, const Start& start) {
  const bool is_complex = h.dtype().kind() == 'c';
  if (!is_complex && h.dtype().kind() != 'f') throw bad_argument("h", "is not floating");
  if (h.itemsize() == (is_complex ? 8 : 4))
    return is_complex ? plan_as<std::complex<float>>(x, h, out, start)
                      : plan_as<float>(x, h, out, start);
  return is_complex ? plan_as<std::complex<double>>(x, h, out, start)
                    : plan_as<double>(x, h, out, start);
}

}  // namespace

void register_convolve2d(py::module_& m) {
  m.def("convolve2d", &convolve2d);
  m.def("convolve2d_plan", &convolve2d_plan);
}

}  // namespace flipshift::bindings
