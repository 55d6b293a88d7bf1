// What a 1-D convolution costs by each method: the one place where the choice is made.
#pragma once

#include <cstddef>

namespace flipshift::convolve {

// The transform length that makes the FFT-based convolution cheapest, and the time that it takes.
struct Blocks {
  std::size_t size;
  double ns;
};
// T is float, double or std::complex of them; m <= n.
template <class T>
Blocks cheapest_blocks(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);

// One block of `size` samples: there, times the spectrum of h, and back.
template <class T>
double block_ns(std::size_t size);
// Making the spectrum of h takes about as long as this many blocks.
inline constexpr double spectrum_blocks = 0.6;

// A direct sum of so many products into so many outputs.
template <class T>
double direct_ns(double products, double outputs);

}  // namespace flipshift::convolve
