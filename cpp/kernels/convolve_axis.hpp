// What the kernels of one instruction set offer for a convolution along the rows of a matrix, all
// columns at once.
//
// They correlate: the convolution's kernel comes reversed, as `taps`. Sums are formed tap by tap in
// an order that depends on nothing but the widths given, so an output has the same bits in whatever
// tile, and however rows and columns are split over calls.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct ConvolveAxisTable {
  // For r < rows, c < cols:  y[r * y_row + c] = sum_t taps[t] x[(first + r + t) * x_row + c]  over
  // those t < m for which first + r + t lies in [0, n): rows outside of x are left out of the sum.
  // cols is at least lanes().
  void (*real)(const T* x, std::size_t n, std::size_t x_row, const T* taps, std::size_t m,
               std::ptrdiff_t first, T* y, std::size_t y_row, std::size_t rows, std::size_t cols);
  // The same of complex numbers and taps re[t] + i im[t]; x_row, y_row and cols count real numbers
  // and are even. Null for integers.
  void (*complex)(const T* x, std::size_t n, std::size_t x_row, const T* re, const T* im,
                  std::size_t m, std::ptrdiff_t first, T* y, std::size_t y_row, std::size_t rows,
                  std::size_t cols);

  // For rows of any number of columns without gaps, of which a vector may hold several:
  // y[f] = sum_t taps[t] x[f + t * cols] for f < count; all those x exist.
  void (*flat)(const T* x, std::size_t cols, const T* taps, std::size_t m, T* y, std::size_t count);
  void (*flat_complex)(const T* x, std::size_t cols, const T* re, const T* im, std::size_t m, T* y,
                       std::size_t count);

  // Numbers in a vector.
  std::size_t (*lanes)();
};

FLIPSHIFT_KERNEL_TABLE(ConvolveAxisTable<float>)
FLIPSHIFT_KERNEL_TABLE(ConvolveAxisTable<double>)
// Signed integers take these too: both wrap alike.
FLIPSHIFT_KERNEL_TABLE(ConvolveAxisTable<std::uint8_t>)
FLIPSHIFT_KERNEL_TABLE(ConvolveAxisTable<std::uint16_t>)
FLIPSHIFT_KERNEL_TABLE(ConvolveAxisTable<std::uint32_t>)
FLIPSHIFT_KERNEL_TABLE(ConvolveAxisTable<std::uint64_t>)

}  // namespace flipshift
