// What the 1-D convolution kernels of one instruction set offer.
//
// They correlate: a convolution passes its shorter operand reversed, as `taps`. All positions and
// counts are in samples; a sample of the complex functions is an interleaved pair (re, im).
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

// Samples and twice the taps of this many bytes: x is padded as a whole if windows go beyond it.
inline constexpr std::size_t convolve_padded_bytes = 2048;
// Taps of this many vectors: the ends of x are padded, each in a copy.
inline constexpr std::size_t convolve_padded_vectors = 16;

template <class T>
struct ConvolveTable {
  // For i < count:  y[i] = sum_t taps[t] x[first + i + t],  over those t < m for which the index of
  // x lies in [0, n); `add` adds that to y[i] instead. Samples outside of x are left out of the
  // sum, not taken as zeros: an infinite tap does not meet them. n >= m >= 1; y overlaps nothing.
  void (*real)(const T* x, std::size_t n, const T* taps, std::size_t m, std::ptrdiff_t first, T* y,
               std::size_t count, bool add);

  // The same for complex samples and complex taps, given as re[t] + i im[t]. Null for integers.
  void (*complex)(const T* x, std::size_t n, const T* re, const T* im, std::size_t m,
                  std::ptrdiff_t first, T* y, std::size_t count, bool add);

  // Whether none of n numbers is infinite or NaN. Null for integers.
  bool (*finite)(const T* x, std::size_t n);

  // Numbers in a vector, and vectors of outputs in the largest tile.
  std::size_t lanes, tile;
};

FLIPSHIFT_KERNEL_TABLE(ConvolveTable<float>)
FLIPSHIFT_KERNEL_TABLE(ConvolveTable<double>)
// Signed integers take these too: both wrap alike.
FLIPSHIFT_KERNEL_TABLE(ConvolveTable<std::uint8_t>)
FLIPSHIFT_KERNEL_TABLE(ConvolveTable<std::uint16_t>)
FLIPSHIFT_KERNEL_TABLE(ConvolveTable<std::uint32_t>)
FLIPSHIFT_KERNEL_TABLE(ConvolveTable<std::uint64_t>)

}  // namespace flipshift
