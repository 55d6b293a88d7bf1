// What the kernels of one instruction set offer for means over boxes: sums over a window down the
// rows of an image, and along a line.
//
// Sums are only added to, never taken from: nothing drifts, and NaN or infinity reaches the windows
// that contain it. Each result is divided by `divisor`, correctly rounded if that is a whole number
// below 2^20.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct BoxTable {
  // Results that `columns` makes at once for windows of n rows, n > 1.
  std::size_t (*block)(std::size_t n);

  // y[c] = sum of rows[0][c] ... rows[count - 1][c].
  void (*add_rows)(const T* const* rows, std::size_t count, std::size_t cols, T* y);

  // y[j][c] = (sum_k rows[j + k][c]) / divisor for j < B = block(n), k < n; rows has n + B
  // pointers. With q = n / B, `middle` has the sums of rows kB .. kB + B - 1 for k = 1 .. q - 1,
  // and those for k = q go to `total` unless that is null.
  void (*columns)(const T* const* rows, std::size_t n, std::size_t cols, const T* const* middle,
                  T* total, T* y, std::size_t y_row, T divisor);

  // y[i] = sum_k x[i + k * step] / divisor for i < count, k < n, for each of `rows` rows, those of
  // x being x_row numbers apart. x has to be readable `slack` numbers beyond the last that is used.
  void (*lines)(const T* x, std::size_t x_row, std::size_t rows, std::size_t n, std::size_t step,
                T* y, std::size_t y_row, std::size_t count, T divisor, T* scratch);
  std::size_t (*line_scratch)(std::size_t n, std::size_t step);
  static constexpr std::size_t slack = 128 / sizeof(T);

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
