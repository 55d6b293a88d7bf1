// What the kernels of one instruction set offer for sums over a sliding window.
//
// Samples come in rows of `cols` numbers, one row for each position along the axis. Sums are only
// added to, never taken from: nothing drifts, and NaN or infinity leaves with its sample. Each
// result is divided by `divisor`, rounded once as a division is.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct RunningSumTable {
  // For f < count:  y[f] = sum_k x[f + k * cols] / divisor  over k < n, one by one: for short
  // windows over rows without gaps.
  void (*direct)(const T* x, std::size_t cols, std::size_t n, T* y, std::size_t count, T divisor);

  // Sums from each row to the end of its block, for `blocks` blocks of `rows` rows:
  // s[j][c] = sum_i x[i][c], j <= i < rows. Rows of x are x_row numbers apart, those of s cols.
  void (*suffix)(const T* x, std::size_t x_row, std::size_t rows, std::size_t cols,
                 std::size_t blocks, T* s);

  // Windows that begin in rows of one block, with sums s to its end, and end in another, x:
  // y[j][c] = (s[j][c] + (middle[c] + (carry[c] + x[0][c] + ... + x[j - 1][c]))) / divisor.
  // Afterwards carry holds the sum up to x[rows - 1].
  void (*slide)(const T* s, const T* x, std::size_t x_row, std::size_t rows, std::size_t cols,
                const T* middle, T* carry, T* y, std::size_t y_row, T divisor);

  // The same for `blocks` blocks, with middle and carry zero at the start of each.
  void (*slides)(const T* s, const T* x, std::size_t x_row, std::size_t rows, std::size_t cols,
                 std::size_t blocks, T* y, std::size_t y_row, T divisor);

  // Numbers in a vector.
  std::size_t (*lanes)();
};

FLIPSHIFT_KERNEL_TABLE(RunningSumTable<float>)
FLIPSHIFT_KERNEL_TABLE(RunningSumTable<double>)

}  // namespace flipshift
