// Means over boxes, for images of rows of columns of `inner` samples:
//
//   m[o, i, j, c]   = sum_k x[o, start[0] + i - k, j, c] / divisors[0],  k < sizes[0],
//   out[o, i, j, c] = sum_k m[o, i, start[1] + j - k, c] / divisors[1],  k < sizes[1].
//
// x continues above and below, m to the left and right, by the boundaries. A size of 1 with divisor
// 1 leaves its pass out. Both passes are made for some rows at a time, in the cache. Sums are never
// subtracted from: the error is at most that of the direct sum wherever a window stands, and NaN
// and infinity reach the windows that contain them and no others.
//
// If `out` is of integers, m and `out` lose their fractions, as scipy.ndimage's results do.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/boundary.hpp"

namespace flipshift::box {

template <class X, class S, class Y>
struct Problem {
  const X* x;
  Y* out;
  std::size_t outer, rows, cols, inner;
  std::size_t rows_out, cols_out;
  std::size_t sizes[2];
  std::ptrdiff_t start[2];
  double divisors[2];
  Boundary boundary[2];
  // For 'fill': samples of an even number along `inner`, and the others (parts of complex ones).
  S fill[2][2];
  std::size_t workers;
};

// S is float or double: what sums are computed in. X and Y are S, or integers that, times a size, S
// holds exactly. No length is 0; x does not overlap out. The result does not depend on `workers`.
template <class X, class S, class Y>
void means(const Problem<X, S, Y>& problem);

// The same in 16 bits, if the windows are that short and divided by their lengths; else false.
bool means_of_bytes(const Problem<std::uint8_t, float, std::uint8_t>& problem);

}  // namespace flipshift::box
