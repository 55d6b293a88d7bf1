// Binds dct as python/flipshift/_backend.py states it.
#include "engine/fft_dct.hpp"

#include <string_view>

#include "bindings/arrays.hpp"

namespace flipshift::bindings {

namespace {

using fft::Trigonometric;

template <class T>
void dct(const py::array& x, const py::array& out, const py::handle& axes, Trigonometric kind,
         int type, double scale, bool orthogonalize, std::size_t workers) {
  const auto factor = static_cast<T>(scale);
  // One contiguous line on both sides needs no views, which take longer than a short transform.
  if (x.ndim() == 1 && out.ndim() == 1 && x.shape(0) == out.shape(0) && x.shape(0) > 0 &&
      x.strides(0) == x.itemsize() && out.strides(0) == out.itemsize() &&
      PySequence_Size(axes.ptr()) == 1) {
    const T* in = contiguous<const T>(x, "x");
    T* to = contiguous<T>(out, "out");
    const auto n = static_cast<std::size_t>(x.shape(0));
    return run(n, [&] { fft::DctPlan<T>(kind, type, n).run(in, to, factor, orthogonalize); });
  }
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
}

}  // namespace flipshift::bindings
