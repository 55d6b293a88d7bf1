// Binds convolve, convolve_blocks, convolve_plan and convolve_method as
// python/flipshift/_backend.py states them.
#include "engine/convolve.hpp"

#include <algorithm>
#include <string>
#include <type_traits>

#include "bindings/sample_types.hpp"
#include "engine/convolve_axis.hpp"
#include "engine/convolve_cost.hpp"
#include "engine/convolve_cost_tables.hpp"

namespace flipshift::bindings {

namespace {

using convolve::Method;

Method method_of(const std::string& name) {
  if (name == "auto") return Method::automatic;
  if (name == "direct") return Method::direct;
  if (name == "fft") return Method::fft;
  throw bad_argument("method", "is unknown");
}

// f(x, n, h, m, out, n_out, operations) for arrays that are checked. All ways to compute one
// convolution are called through this: else their times would not compare.
template <class F>
void with_arrays(const py::array& x, const py::array& h, const py::array& out,
                 const py::sequence& start, const F& f) {
  const py::dtype dtype = x.dtype();
  check(x, dtype, x.ndim(), "x");
  check(h, dtype, x.ndim(), "h");
  check(out, dtype, x.ndim(), "out");
  if (x.ndim() == 0 || start.size() != static_cast<std::size_t>(x.ndim()))
    throw bad_argument("start", "has another length than the dimensions of x");
  const auto n = static_cast<std::size_t>(x.size()), m = static_cast<std::size_t>(h.size());
  const std::size_t operations =
      convolution_operations(std::min(n, m), static_cast<std::size_t>(out.size()));
  visit(dtype, [&](auto sample) {
    using T = decltype(sample);
    f(static_cast<const T*>(x.data()), n, static_cast<const T*>(h.data()), m,
      pointer<T>(out, "out"), static_cast<std::size_t>(out.size()), operations);
  });
}

// (pybind11 keeps the owner of a string_view alive in a set, which takes 70 ns.)
void bind_convolve(const py::array& x, const py::array& h, const py::array& out,
                   const py::sequence& start, const std::string& method_name, std::size_t workers) {
  const Method method = method_of(method_name);
  with_arrays(
      x, h, out, start,
      [&](const auto* px, std::size_t n, const auto* ph, std::size_t m, auto* po, std::size_t n_out,
          std::size_t operations) {
        if (std::is_integral_v<std::remove_pointer_t<decltype(po)>> && method == Method::fft)
          throw bad_argument("method", "'fft' takes floating types only");
        if (x.ndim() == 1) {
          const auto first = start[0].cast<std::ptrdiff_t>();
          run(operations, [&] { convolve::run(px, n, ph, m, po, n_out, first, method, workers); });
        } else {
          if (method == Method::fft) throw bad_argument("method", "'fft' takes one dimension only");
          const Shape x_shape = shape_of(x), h_shape = shape_of(h), out_shape = shape_of(out);
          const auto from = start.cast<Strides>();
          run(operations, [&] { convolve::run_nd(px, x_shape, ph, h_shape, po, out_shape, from); });
        }
      });
}

void convolve_blocks(const py::array& x, const py::array& h, const py::array& out,
                     const py::sequence& start, std::size_t size, std::size_t workers) {
  if (x.ndim() != 1) throw bad_argument("x", "has another number of dimensions than one");
  with_arrays(x, h, out, start,
              [&](const auto* px, std::size_t n, const auto* ph, std::size_t m, auto* po,
                  std::size_t n_out, std::size_t operations) {
                if constexpr (std::is_integral_v<std::remove_pointer_t<decltype(po)>>) {
                  throw bad_argument("x", "is not of a floating type");
                } else {
                  if (size < std::min(n, m))
                    throw bad_argument("size", "is less than the lengths of x and h");
                  const auto first = start[0].cast<std::ptrdiff_t>();
                  run(operations,
                      [&] { convolve::run_blocks(px, n, ph, m, po, n_out, first, size, workers); });
                }
              });
}

py::list convolve_plan(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
                       const py::dtype& dtype, std::size_t outer, std::size_t inner) {
  constexpr const char* names[] = {"direct", "overlap-save", "fft"};
  return visit(dtype, [&](auto sample) {
    using T = decltype(sample);
    py::list list;
    if constexpr (std::is_integral_v<T>) {
      throw bad_argument("dtype", "is not a floating type");
    } else {
      for (const convolve::Scheme& s :
           convolve::axis_schemes<T>({outer, n, inner}, m, n_out, start))
        list.append(py::make_tuple(names[static_cast<int>(s.way)], s.size, s.blocks, s.ns));
    }
    return list;
  });
}

// For `calibrate`.
py::tuple convolve_work(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
                        const py::dtype& dtype) {
  return visit(dtype, [&](auto sample) -> py::tuple {
    using T = decltype(sample);
    if constexpr (std::is_integral_v<T>) {
      throw bad_argument("dtype", "is not a floating type");
    } else {
      const auto work = convolve::direct_work<T>(std::max(n, m), std::min(n, m), n_out, start);
      return py::make_tuple(work.products, work.steps, work.overhang, work.ends, work.triangles);
    }
  });
}

const char* convolve_method(std::size_t n, std::size_t m, std::size_t n_out,
                            const py::dtype& dtype) {
  return visit(dtype, [&](auto sample) {
    return convolve::choose<decltype(sample)>(n, m, n_out) == Method::fft ? "fft" : "direct";
  });
}

}  // namespace

void register_convolve(py::module_& m) {
  m.def("convolve", &bind_convolve, py::arg("x"), py::arg("h"), py::arg("out"), py::arg("start"),
        py::arg("method"), py::arg("workers") = 1);
  m.attr("costs") = convolve::cost_table().source;
  m.def("convolve_blocks", &convolve_blocks, py::arg("x"), py::arg("h"), py::arg("out"),
        py::arg("start"), py::arg("size"), py::arg("workers") = 1);
  m.def("convolve_plan", &convolve_plan, py::arg("n"), py::arg("m"), py::arg("n_out"),
        py::arg("start"), py::arg("dtype"), py::arg("outer") = 1, py::arg("inner") = 1);
  m.def("convolve_work", &convolve_work);
  m.def("convolve_method", &convolve_method);
}

}  // namespace flipshift::bindings
