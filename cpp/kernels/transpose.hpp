// Transposes of matrices in memory, by one instruction set.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct TransposeTable {
  // y[c * y_row + r] = x[r * x_row + c]  for r < rows, c < cols; no overlap. Bits are only moved:
  // T may stand for anything of its size.
  void (*run)(const T* x, std::size_t x_row, std::size_t rows, std::size_t cols, T* y,
              std::size_t y_row);
};

FLIPSHIFT_KERNEL_TABLE(TransposeTable<float>)
FLIPSHIFT_KERNEL_TABLE(TransposeTable<double>)

}  // namespace flipshift
