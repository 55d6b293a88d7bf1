// What the kernels of one instruction set offer for means over boxes: sums over a window down the
// rows of an image.
//
// Sums are only added to, never taken from: nothing drifts, and NaN or infinity reaches the windows
// that contain it. Each result is divided by `divisor`, correctly rounded if that is a whole number
// below 2^20.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

// Sums over blocks of rows of a window that holds q > 1 of them: of blocks b + 1 ... b + q - 1
// where the first result is in block b, at (b + k) % q times `row`. `pointers` has room for q.
template <class T>
struct BoxTotals {
  T* sums;
  std::size_t row;
  std::size_t first;
  const T** pointers;
};

template <class T>
struct BoxTable {
  // Results that `columns` makes at once for windows of n rows, n > 1.
  std::size_t (*block)(std::size_t n);

  // y[c] = sum of rows[0][c] ... rows[count - 1][c].
  void (*add_rows)(const T* const* rows, std::size_t count, std::size_t cols, T* y);

  // y[j][c] = (sum_k rows[j + k][c]) / divisor for j < blocks * B, B = block(n), k < n; rows has
  // n + (blocks + 1) * B - 1 pointers. `totals` are of use for n > 7. `far`: the rows are not in
  // the cache.
  void (*columns)(const T* const* rows, std::size_t n, std::size_t blocks, std::size_t cols,
                  const BoxTotals<T>& totals, T* y, std::size_t y_row, T divisor, bool far);

  // The same for j < count and windows of up to 7 rows, where neither rows nor y are in the cache;
  // `streamed`: past it.
  void (*one_by_one)(const T* const* rows, std::size_t n, std::size_t count, std::size_t cols, T* y,
                     std::size_t y_row, T divisor, bool streamed);

  // Removes the fractions of numbers that fit into 32 bits.
  void (*truncate)(T* y, std::size_t count);
};

FLIPSHIFT_KERNEL_TABLE(BoxTable<float>)
FLIPSHIFT_KERNEL_TABLE(BoxTable<double>)

// Between integers X and floating-point numbers T that hold them; `narrow` drops the fractions.
template <class X, class T>
struct BoxPixels {
  void (*widen)(const X* x, std::size_t count, T* y);
  void (*narrow)(const T* x, std::size_t count, X* y);
};

#define FLIPSHIFT_FOR_BOX_PIXELS(F) \
  F(std::uint8_t, float)            \
  F(std::int8_t, float)             \
  F(std::uint16_t, float)           \
  F(std::int16_t, float)            \
  F(std::uint8_t, double)           \
  F(std::int8_t, double) F(std::uint16_t, double) F(std::int16_t, double) F(std::int32_t, double)
#define FLIPSHIFT_BOX_PIXELS(X, T) FLIPSHIFT_KERNEL_TABLE(BoxPixels<X, T>)
FLIPSHIFT_FOR_BOX_PIXELS(FLIPSHIFT_BOX_PIXELS)
#undef FLIPSHIFT_BOX_PIXELS

}  // namespace flipshift
