#include "bindings/arrays.hpp"

namespace flipshift::bindings {
void register_convolve(py::module_&) {}
}  // namespace flipshift::bindings
