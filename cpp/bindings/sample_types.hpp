// From a dtype to the type that the engine of convolution computes it in.
#pragma once

#include <complex>
#include <cstdint>

#include "bindings/arrays.hpp"

namespace flipshift::bindings {

// Calls f(T{}) for the type that the engine computes a dtype in; integers pass as unsigned ones.
template <class F>
auto visit(const py::dtype& dtype, F&& f) {
  const char kind = dtype.kind();
  const auto size = dtype.itemsize();
  if (kind == 'f' && size == 8) return f(double{});
  if (kind == 'f' && size == 4) return f(float{});
  if (kind == 'c' && size == 16) return f(std::complex<double>{});
  if (kind == 'c' && size == 8) return f(std::complex<float>{});
  if (kind == 'i' || kind == 'u') {
    switch (size) {
      case 1:
        return f(std::uint8_t{});
      case 2:
        return f(std::uint16_t{});
      case 4:
        return f(std::uint32_t{});
      case 8:
        return f(std::uint64_t{});
    }
  }
  throw bad_argument("x", "has a dtype that has no kernels");
}

// A contiguous array of this dtype that is not empty.
inline void check(const py::array& a, const py::dtype& dtype, py::ssize_t ndim, const char* name) {
  if (!a.dtype().is(dtype) && !a.dtype().equal(dtype))
    throw bad_argument(name, "has another dtype");
  if (!(a.flags() & py::array::c_style)) throw bad_argument(name, "is not C-contiguous");
  if (a.ndim() != ndim) throw bad_argument(name, "has another number of dimensions");
  if (a.size() == 0) throw bad_argument(name, "is empty");
}

}  // namespace flipshift::bindings
