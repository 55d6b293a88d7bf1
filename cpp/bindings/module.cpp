// The extension module flipshift._core: the native backend. Each topic registers itself.
#include <pybind11/pybind11.h>

#include "engine/dispatch.hpp"

namespace flipshift::bindings {
void register_fft(pybind11::module_&);
void register_fft_plan(pybind11::module_&);
void register_fft_dct(pybind11::module_&);
void register_convolve(pybind11::module_&);
void register_convolve_line(pybind11::module_&);
void register_convolve_axis(pybind11::module_&);
void register_running_sum(pybind11::module_&);
void register_box(pybind11::module_&);
void register_convolver(pybind11::module_&);
void register_convolver_stream(pybind11::module_&);
void register_toeplitz(pybind11::module_&);
void register_convolve2d(pybind11::module_&);
void register_separable2d(pybind11::module_&);
void register_convolve2d_image(pybind11::module_&);
void register_convolve2d_pixels(pybind11::module_&);
void register_ndimage(pybind11::module_&);
void register_ndimage_means(pybind11::module_&);
void register_match_template(pybind11::module_&);
void register_limits(pybind11::module_&);
}  // namespace flipshift::bindings

PYBIND11_MODULE(_core, m, pybind11::mod_gil_not_used()) {
  namespace fs = flipshift;
  m.doc() = "Native backend of flipshift; use the public modules instead.";
  m.attr("__version__") = FLIPSHIFT_VERSION;
  m.attr("compiler") = FLIPSHIFT_COMPILER;
  m.attr("isa") = fs::isa_name(fs::isa());
  m.attr("processor_isa") = fs::isa_name(fs::processor_isa());
  fs::bindings::register_fft(m);
  fs::bindings::register_fft_plan(m);
  fs::bindings::register_fft_dct(m);
  fs::bindings::register_convolve(m);
  fs::bindings::register_convolve_line(m);
  fs::bindings::register_convolve_axis(m);
  fs::bindings::register_running_sum(m);
  fs::bindings::register_box(m);
  fs::bindings::register_convolver(m);
  fs::bindings::register_convolver_stream(m);
  fs::bindings::register_toeplitz(m);
  fs::bindings::register_convolve2d(m);
  fs::bindings::register_separable2d(m);
  fs::bindings::register_convolve2d_image(m);
  fs::bindings::register_convolve2d_pixels(m);
  fs::bindings::register_ndimage(m);
  fs::bindings::register_ndimage_means(m);
  fs::bindings::register_match_template(m);
  fs::bindings::register_limits(m);
}
