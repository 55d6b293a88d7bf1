// Convolution of images of integers with one matrix of real weights, without a wider copy of the
// image.
//
// The sums are made in the narrowest numbers in which they provably come out right:
//
// Bytes. Weights that are small integers, and sums that fit into 16 bits or matter only modulo 2^8
// or 2^16: pairs of products of 8 bits, added in 16 bits. Exact.
//
// Single. Samples of up to 16 bits. Exact where the weights are integers and the sums below 2^23.
// Other weights: float32 outputs have the rounding of single precision. For integer outputs the
// rounding errors of a sum are bounded; where it is that close to an integer, the outputs around it
// are computed again in double precision.
//
// Double. Everything else. Products and sums are rounded one by one in the order of the rows, as a
// plain loop does, so the results are the same on every instruction set.
//
// Weights that are integers over one common integer to within 5/2 units in the last place, as
// those of a mean or of a binomial are, count as just that: the sum of integers is exact and is
// divided once. This is within the rounding errors of the sum in double precision, and the mean of
// equal numbers is that number.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/boundary.hpp"
#include "kernels/convolve2d_pixels.hpp"

namespace flipshift::convolve2d {

// What to compute:
//   out[o, i, j, c] = sum_{k, l} h[k, l] x[o, row_start + i - k, col_start + j - l, c]
// where x continues as `outside` says. All arrays are contiguous; out does not overlap x or h;
// nothing is empty.
template <class X>
struct PixelProblem {
  const X* x;
  std::size_t rows, cols;
  const double* h;
  std::size_t kernel_rows, kernel_cols;
  void* out;
  PixelOut type;
  std::size_t out_rows, out_cols;
  std::ptrdiff_t row_start, col_start;
  Outside<X> outside;
  std::size_t outer = 1;    // images
  std::size_t inner = 1;    // samples of a pixel
  std::size_t workers = 1;  // threads; the result does not depend on it
};

// X: signed or unsigned, of 8, 16 or 32 bits.
template <class X>
void convolve2d_pixels(const PixelProblem<X>& problem);

}  // namespace flipshift::convolve2d
