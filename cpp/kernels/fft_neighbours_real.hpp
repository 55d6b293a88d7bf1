// Very short real transforms of neighbours, in registers from the first load to the last store.
//
// Tiles are as in kernels/fft_lanes_real.hpp: `groups` times W neighbours, number j of all of them
// at x + stride j. The functions are indexed by the count n of real numbers; null where there is
// none. tw as for FftRealTable, for even n. The two memories do not overlap.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

inline constexpr std::size_t fft_max_real_neighbours = 32;

template <class T>
struct FftRealNeighboursTable {
  // n real numbers to n / 2 + 1 complex ones, times the scales of real and imaginary parts.
  void (*to_half[fft_max_real_neighbours + 1])(const T* x, std::ptrdiff_t x_stride, T* y,
                                               std::ptrdiff_t y_stride, std::size_t groups,
                                               const T* tw, T re_scale, T im_scale);
  // The other way, from the conjugate if conj = -1.
  void (*to_real[fft_max_real_neighbours + 1])(const T* x, std::ptrdiff_t x_stride, T* y,
                                               std::ptrdiff_t y_stride, std::size_t groups,
                                               const T* tw, T conj, T scale);
};

FLIPSHIFT_KERNEL_TABLE(FftRealNeighboursTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftRealNeighboursTable<double>)

}  // namespace flipshift
