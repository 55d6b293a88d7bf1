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

// One transform of `size` points, forward or backward, of data of type T.
template <class T>
double transform_ns(std::size_t size);

// A direct sum of so many products into so many outputs.
template <class T>
double direct_ns(double products, double outputs);

}  // namespace flipshift::convolve
