#include "bindings/arrays.hpp"

namespace flipshift::bindings {
void register_convolve2d(py::module_&) {}
}  // namespace flipshift::bindings
