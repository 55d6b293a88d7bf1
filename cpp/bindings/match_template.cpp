// Binds match_template as python/flipshift/_backend.py states it.
#include "engine/match_template.hpp"

#include <cstdint>

#include "bindings/arrays.hpp"

namespace flipshift::bindings {

namespace {

template <class S>
void run_as(const py::array& image, const py::array& model, const py::array& out,
            std::size_t workers) {
  const auto side = [](const py::array& a, int d) { return static_cast<std::size_t>(a.shape(d)); };
  const MatchProblem<S> problem{contiguous<const S>(image, "image"),
                                side(image, 0),
                                side(image, 1),
                                contiguous<const double>(model, "template"),
                                side(model, 0),
                                side(model, 1),
                                contiguous<typename Coefficient<S>::type>(out, "out"),
                                workers};
  run(static_cast<std::size_t>(image.size()) * 8, [&] { flipshift::match_template(problem); });
}

}  // namespace

void register_match_template(py::module_& m) {
  m.def("match_template", [](const py::array& image, const py::array& model, const py::array& out,
                             std::size_t workers) {
    if (image.ndim() != 2 || image.size() == 0) throw bad_argument("image", "is no image");
    if (model.ndim() != 2 || model.size() == 0) throw bad_argument("template", "is no image");
    for (int d = 0; d < 2; ++d) {
      if (model.shape(d) > image.shape(d)) throw bad_argument("template", "is larger than image");
      if (out.ndim() != 2 || out.shape(d) != image.shape(d) - model.shape(d) + 1)
        throw bad_argument("out", "has another shape");
    }
    if (has_type<double>(image)) return run_as<double>(image, model, out, workers);
    if (has_type<float>(image)) return run_as<float>(image, model, out, workers);
    if (has_type<std::uint8_t>(image)) return run_as<std::uint8_t>(image, model, out, workers);
    run_as<std::uint16_t>(image, model, out, workers);
  });
}

}  // namespace flipshift::bindings
