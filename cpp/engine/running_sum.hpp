// Sums over a sliding window, divided by a number:
//
//   out[o, i, c] = sum_k x[o, start + i - k, c] / divisor,  k < n,
//
// x going on beyond its ends by a boundary, for C-contiguous x of shape (outer, length, inner) and
// out of shape (outer, n_out, inner). T is float, double or std::complex of them. A result costs
// three additions, however long the window, and its rounding error does not depend on where it
// stands: windows are the end of one block, whole blocks and the beginning of another, and nothing
// is ever subtracted. So NaN and infinity reach the windows that contain them and no others.
#pragma once

#include <complex>
#include <cstddef>

#include "engine/boundary.hpp"

namespace flipshift {

struct RunningShape {
  std::size_t outer, length, inner;
};

// No length is 0; x does not overlap out. The result does not depend on `workers`.
template <class T>
void running_sum(const T* x, const RunningShape& shape, std::size_t n, T* out, std::size_t n_out,
                 std::ptrdiff_t start, double divisor, std::size_t workers,
                 Boundary boundary = Boundary::fill, T fillvalue = T(0));

}  // namespace flipshift
