// What the 2-D convolution kernels of one instruction set offer.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

// A rectangle of outputs whose samples are all in memory:
//
//   y[i, j] = sum_{a < kernel_rows, b < kernel_cols} taps[a, b] x[i + a, j + step b]
//
// x and y have contiguous rows, x_stride and y_stride numbers apart; step is 1, or more where
// samples of several channels alternate. Taps stand by column, taps[a, b] at taps[a + tap_stride
// b]. A sum runs over the same taps in the same order whatever the rectangle is, so an output does
// not depend on which rectangle it is computed in.
template <class T>
struct Convolve2dArea {
  const T* x;
  std::ptrdiff_t x_stride;
  std::ptrdiff_t step;
  const T* taps;
  std::ptrdiff_t tap_stride;
  std::size_t kernel_rows;
  std::size_t kernel_cols;
  T* y;
  std::ptrdiff_t y_stride;
  std::size_t rows;  // of outputs
  std::size_t cols;
  bool far;  // whether x is likely to be beyond the caches
};

template <class T>
struct Convolve2dTable {
  using Run = void (*)(const Convolve2dArea<T>&);
  // The fewest columns that the functions take, in numbers of type T (complex: 2 cols >= min_cols).
  std::size_t min_cols;
  // Outputs in a tile, which a rectangle is cut into; the last row of tiles may be lower.
  std::size_t tile_rows;
  std::size_t complex_tile_rows;
  Run real;
  // All of x, taps and y are interleaved complex numbers, in which strides, step and cols count
  // too. Null for integers.
  Run complex;
};

FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<float>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<double>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<std::uint16_t>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<std::uint32_t>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dTable<std::uint64_t>)

}  // namespace flipshift
