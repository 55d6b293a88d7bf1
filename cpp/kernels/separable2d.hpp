// What the kernels of one instruction set offer for separable convolution of images.
//
// They correlate: the convolution's kernels come reversed, as `taps`. How a sum is rounded depends
// on the taps and, along rows, on `count`, and on nothing else.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct Separable2dTable {
  // For r < rows, c < cols:  y[r * y_row + c] = sum_t taps[t] x[r + t][c].  x points to rows
  // wherever they are, rows + m - 1 of them; cols is at least lanes().
  void (*columns)(const T* const* x, const T* taps, std::size_t m, T* y, std::size_t y_row,
                  std::size_t rows, std::size_t cols);
  // The same of complex numbers and taps re[t] + i im[t]; y_row and cols count real numbers.
  void (*columns_complex)(const T* const* x, const T* re, const T* im, std::size_t m, T* y,
                          std::size_t y_row, std::size_t rows, std::size_t cols);

  // For r < rows, i < count:  y[r * y_row + i] = sum_t taps[t] x[r * x_row + i + t];  `add` adds
  // that instead.
  void (*rows)(const T* x, std::size_t x_row, const T* taps, std::size_t m, T* y, std::size_t y_row,
               std::size_t rows, std::size_t count, bool add);

  // Numbers in a vector, and rows of the largest tile of `columns`.
  std::size_t (*lanes)();
  std::size_t (*tile)();
};

FLIPSHIFT_KERNEL_TABLE(Separable2dTable<float>)
FLIPSHIFT_KERNEL_TABLE(Separable2dTable<double>)

}  // namespace flipshift
