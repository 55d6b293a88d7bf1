// What the 2-D convolution kernels of one instruction set offer.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

// A rectangle of outputs whose samples are all in memory:
//
//   y[i, j] = sum_{a < kernel_rows, b < kernel_cols} taps[a, b] x[i + a, j + b]
//
// x and y have contiguous rows, x_stride and y_stride numbers apart. Taps stand by column, taps[a,
// b] at taps[a + tap_stride b]. A sum runs over the same taps in the same order whatever the
// rectangle is, so an output does not depend on which rectangle it is computed in.
template <class T>
struct Convolve2dTable {
  using Run = void (*)(const T* x, std::ptrdiff_t x_stride, const T* taps,
                       std::ptrdiff_t tap_stride, std::size_t kernel_rows, std::size_t kernel_cols,
                       T* y, std::ptrdiff_t y_stride, std::size_t rows, std::size_t cols);
  // The smallest rectangle that the functions take, in numbers of type T: rows >= min_rows,
  // cols >= min_cols (complex: 2 cols >= min_cols).
  std::size_t min_rows;
  std::size_t min_cols;
  Run real;
  // All of x, taps and y are interleaved complex numbers, in which the strides count too. Null for
  // integers.
  Run complex;
};

FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<float>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<double>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<std::uint8_t>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<std::uint16_t>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<std::uint32_t>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<std::uint64_t>)

}  // namespace flipshift
