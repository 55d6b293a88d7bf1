// The Fourier method of 2-D convolution.
//
// A tile of N1 x N2 samples goes through four sweeps that keep to the caches, side by side in the
// lanes of vectors throughout: transforms of its columns, straight from the image, which come out
// turned, so that lanes are frequencies; transforms of its rows; times the spectrum of h and back
// along the rows; and back along the columns, straight into the outputs. Nothing is put into the
// order of frequencies on the way. Two real rows go as one complex (kernels/convolve2d_fft.hpp), so
// nothing has to be untangled either. The channels of pixels go through together.
//
// A tile gives the outputs that the cyclic convolution does not wrap around. Memory: the spectrum
// of h, and one tile for each thread.
#pragma once

#include <cstddef>
#include <functional>

#include "engine/convolve2d.hpp"
#include "engine/convolve2d_cost.hpp"

namespace flipshift::convolve2d {

// A rectangle of outputs of one image.
struct Part {
  std::size_t image;
  std::size_t row_begin, row_end;
  std::size_t col_begin, col_end;
};

// What best_blocks() has to know about one dimension.
Extent extent(std::size_t n, std::size_t taps, std::size_t outputs, std::ptrdiff_t start,
              bool zero_outside);

// All outputs of all images, for floating T. Calls done(part) for each tile when it is there, from
// any of the threads.
template <class T>
void by_transforms(const Problem<T>& problem, const Blocks& blocks,
                   const std::function<void(const Part&)>& done);

}  // namespace flipshift::convolve2d
