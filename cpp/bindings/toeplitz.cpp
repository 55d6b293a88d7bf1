#include "bindings/arrays.hpp"

namespace flipshift::bindings {
void register_toeplitz(py::module_&) {}
}  // namespace flipshift::bindings
