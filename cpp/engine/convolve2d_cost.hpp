// What a 2-D convolution costs by each method, and the tiles in which the Fourier method works. All
// that is known about speed stands here.
#pragma once

#include <cstddef>

namespace flipshift::convolve2d {

// One dimension of the Fourier method: transforms of `size` points give `outputs` outputs each,
// `blocks` of them in turn.
struct Split {
  std::size_t size;
  std::size_t outputs;
  std::size_t blocks;
};

struct Blocks {
  Split rows;
  Split cols;
  double ns;
};

// One dimension of a problem.
struct Extent {
  std::size_t outputs;
  std::size_t taps;
  std::size_t whole;     // points of a transform that gives all outputs at once
  std::size_t met_taps;  // that meet anything but zeros outside of the image
  std::size_t samples;   // of the image
  std::size_t inside;    // outputs whose taps all meet the image
  std::size_t ends;      // beyond which taps reach: 0 to 2
  bool operator==(const Extent&) const = default;
};

struct Size {
  Extent rows;
  Extent cols;
  std::size_t images;
  std::size_t channels;
  bool operator==(const Size&) const = default;
};

// A direct sum that takes less is not worth a closer look, or not one at transforms.
inline constexpr double least_ns = 700, least_fourier_ns = 1500;

// Nanoseconds, for one thread; T is float, double or complex of either.
template <class T>
double direct_ns(const Size& size);
template <class T>
double separable_ns(const Size& size, std::size_t terms);
template <class T>
Blocks best_blocks(const Size& size);

// The most terms that take less than `ns`.
template <class T>
std::size_t most_terms(const Size& size, double ns);

}  // namespace flipshift::convolve2d
