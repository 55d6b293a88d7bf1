// The first sweep of a long transform of n1 n2 points with n1 = ra rb: W adjacent columns of n1
// numbers at a time, transposed early, so that lanes become frequencies while little has been done.
#pragma once

#include "kernels/fft.hpp"

namespace flipshift {

// For the widest vectors, of W lanes. Column j2 holds the numbers j1 n2 + j2, j1 < n1; its
// transform has the frequencies k1 = ka + ra kb.
template <class T>
struct FftSweepTable {
  int width;
  // Lane i holds number column[i] of W, among the columns that are read as among the frequencies.
  std::uint8_t column[fft_max_width];

  // Transforms of ra numbers, indexed by ra, a multiple of W: for each b < rb those of the rows b +
  // rb a (row j1 is W complex numbers at x + stride j1), times w_(ra rb)^(b ka), complex scalars at
  // tw[2 ((ra - 1) b + ka - 1)] for ka >= 1. Row b + rb (l + W t) of the result holds column l,
  // its lanes the frequencies ka = W t + column[lane]. conj = -1 takes the conjugate of x.
  using Spread = void (*)(const T* x, std::ptrdiff_t stride, T* rows, std::size_t rb, const T* tw,
                          T conj);
  Spread spread[fft_max_radix + 1];

  // Transforms of rb numbers, indexed by rb, on these rows. For tile t < tiles = ra / W and column
  // l < W: the rb rows, times 1 + row l + W t of lane_tw, are transformed, result kb is
  // multiplied by the complex scalar step_tw[2 (rb l + kb)] and becomes row
  // l + group_stride (t + tiles kb) of out.
  using Gather = void (*)(const T* rows, std::size_t tiles, const T* lane_tw, const T* step_tw,
                          T* out, std::size_t group_stride);
  Gather gather[fft_max_radix + 1];
};

FLIPSHIFT_KERNEL_TABLE(FftSweepTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftSweepTable<double>)

}  // namespace flipshift
