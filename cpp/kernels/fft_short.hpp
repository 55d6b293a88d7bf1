// Transforms of very short contiguous lines, W of them at a time, in registers from the first load
// to the last store.
//
// The functions are indexed by the count n of complex numbers that a transform works on; null where
// there is none. They take `groups` times W lines, line i at x + x_apart i and y + y_apart i, in
// elements of the line. No line mixes with another. Scales are those of real and imaginary parts.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

inline constexpr std::size_t fft_max_short = 16;

template <class T>
struct FftShortTable {
  int width;  // W
  // n complex numbers, of which the conjugate is transformed if conj = -1. x == y is allowed.
  void (*complex[fft_max_short + 1])(const T* x, std::ptrdiff_t x_apart, T* y,
                                     std::ptrdiff_t y_apart, std::size_t groups, T conj, T re_scale,
                                     T im_scale);
  // 2 n real numbers to n + 1 complex ones; tw as for FftRealTable.
  void (*to_half[fft_max_short + 1])(const T* x, std::ptrdiff_t x_apart, T* y,
                                     std::ptrdiff_t y_apart, std::size_t groups, const T* tw,
                                     T re_scale, T im_scale);
  // The other way, from the conjugate if conj = -1.
  void (*to_real[fft_max_short + 1])(const T* x, std::ptrdiff_t x_apart, T* y,
                                     std::ptrdiff_t y_apart, std::size_t groups, const T* tw,
                                     T conj, T scale);
};

FLIPSHIFT_KERNEL_TABLE(FftShortTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftShortTable<double>)

}  // namespace flipshift
