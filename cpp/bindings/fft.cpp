#include "bindings/arrays.hpp"

namespace flipshift::bindings {
void register_fft(py::module_&) {}
}  // namespace flipshift::bindings
