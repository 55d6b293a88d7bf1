// Copies of rows whose numbers are some steps apart to rows without gaps. Bits are only moved: T
// may stand for anything of its size.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct StridedCopyTable {
  // to[to_row r + i] = from[from_row r + step i]  for r < rows, i < n; no overlap. Fast for the
  // steps -1, 2 and 3.
  void (*rows)(const T* from, std::ptrdiff_t from_row, std::size_t rows, std::size_t n,
               std::ptrdiff_t step, T* to, std::ptrdiff_t to_row);
  // The same for numbers of two T each, in which the steps are counted.
  void (*rows_of_pairs)(const T* from, std::ptrdiff_t from_row, std::size_t rows, std::size_t n,
                        std::ptrdiff_t step, T* to, std::ptrdiff_t to_row);
};

FLIPSHIFT_KERNEL_TABLE(StridedCopyTable<float>)
FLIPSHIFT_KERNEL_TABLE(StridedCopyTable<double>)

}  // namespace flipshift
