// Binds peak_operations and copy_bandwidth as python/flipshift/_backend.py states them.
#include "engine/limits.hpp"

#include "bindings/arrays.hpp"

namespace flipshift::bindings {

void register_limits(py::module_& m) {
  m.def("peak_operations", [](const py::dtype& dtype, double seconds, std::size_t workers) {
    const bool single = dtype.itemsize() == 4;
    py::gil_scoped_release without_gil;
    return single ? peak_operations<float>(seconds, workers)
                  : peak_operations<double>(seconds, workers);
  });
  m.def("copy_bandwidth", [](std::size_t bytes, double seconds, std::size_t workers) {
    py::gil_scoped_release without_gil;
    return copy_bandwidth(bytes, seconds, workers);
  });
}

}  // namespace flipshift::bindings
