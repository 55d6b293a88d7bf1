// Sums of products of spectra: what a partitioned convolution spends its time on.
//
// Spectra that are summed over lie together, in tiles: a tile holds spectrum_tile<T> numbers of the
// first spectrum, then the same frequencies of the second, and so on; after it comes the tile of
// the next frequencies. So both operands are read from front to back, whatever their number.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

// Complex numbers of one spectrum in a tile: 256 bytes.
template <class T>
inline constexpr std::size_t spectrum_tile = 128 / sizeof(T);

template <class T>
struct SpectrumTable {
  // For each number i of `tiles` tiles:
  //   y[i] = sum_{k < count} x[(first + k) mod x_slots][i] h[k][i]
  // x and h being numbers of x_slots and h_slots spectra in tiles, y one spectrum; all aligned to
  // 64 bytes. count <= x_slots, h_slots; first < x_slots. If `packed`, number 0 holds two real
  // ones, which are multiplied each by each.
  void (*accumulate)(const T* x, std::size_t x_slots, std::size_t first, const T* h,
                     std::size_t h_slots, std::size_t count, T* y, std::size_t tiles, bool packed);

  // y[i] += x[i]
  void (*add)(const T* x, T* y, std::size_t n);
};

FLIPSHIFT_KERNEL_TABLE(SpectrumTable<float>)
FLIPSHIFT_KERNEL_TABLE(SpectrumTable<double>)

}  // namespace flipshift
