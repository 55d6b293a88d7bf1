// Whole transforms of short power-of-two lengths, every size a constant of its kernel.
#pragma once

#include "kernels/fft.hpp"

namespace flipshift {

// A transform of n = width * ra * rb points: the lanes are the residues of the index modulo width.
// The columns of ra * rb rows are transformed, in registers (rb = 1) or in two passes over n
// numbers on the stack, twisted and transposed, and the second transform across what were the lanes
// writes natural order. x == y is allowed.
//
// step_tw holds for each b < rb (if rb > 1) the ra - 1 scalars w_(ra rb)^(b a), a >= 1; lane_tw has
// `rows` rows of factors w_n^exponent(row, lane). `swap` exchanges real and imaginary parts on both
// ways, which makes the transform the inverse.
template <class T>
struct FftBlock {
  using Run = void (*)(const T* x, T* y, const T* step_tw, const T* lane_tw, bool swap, T scale);
  int width, ra, rb, rows;
  int (*exponent)(int row, int lane);
  Run run;  // null where there is none
};

inline constexpr int fft_max_block_bits = 12;

template <class T>
struct FftBlockTable {
  FftBlock<T> blocks[fft_max_block_bits + 1];  // by log2 n
};

FLIPSHIFT_KERNEL_TABLE(FftBlockTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftBlockTable<double>)

}  // namespace flipshift
