// Convolution of images with kernels that are sums of products of a column and a row.
//
// A block of output rows at a time: the convolution with the column goes to rows in the cache,
// which are continued to both sides there and convolved with the row, straight to the output. The
// second term and those after it are added while the block is still in the cache. Wide images are
// cut into strips. Both sums are direct whatever their length; above a hundred taps or so
// transforms of the whole are faster, which is for the caller to choose.
#pragma once

#include <cstddef>

#include "engine/boundary.hpp"
#include "engine/convolve2d.hpp"

namespace flipshift::convolve2d {

// What to compute:
//   out[o, i, j, c] = sum_r sum_l rows[r, l] d_r[o, i, col_start + j - l, c],
//   d_r[o, i, j, c] = sum_k columns[r, k] x[o, row_start + i - k, j, c],
// where x continues above and below by boundary_rows with fill_first, d_r to the left and to the
// right by boundary_cols with fill_second. Samples outside take part in the sums whatever they are.
template <class T>
struct SeparableProblem {
  Matrix<const T> x;  // cols counts pixels
  const T* columns;   // terms rows of column_taps
  std::size_t column_taps;
  const T* rows;  // terms rows of row_taps
  std::size_t row_taps;
  std::size_t terms;
  Matrix<T> out;  // overlaps nothing
  std::ptrdiff_t row_start;
  std::ptrdiff_t col_start;
  Boundary boundary_rows;
  Boundary boundary_cols;
  T fill_first;
  T fill_second;
  std::size_t outer = 1;    // images, one after the other in x and in out
  std::size_t inner = 1;    // samples of a pixel, side by side
  std::size_t workers = 1;  // threads; the result does not depend on it
  // If x.data is the address of numbers of another type, of that many bytes, what makes n of them
  // numbers of type T; only if T is real.
  void (*widen)(const void* x, std::size_t n, T* y) = nullptr;
  std::size_t narrow_bytes = 0;
};

// T: float, double, complex of either. Nothing is empty.
template <class T>
void separable2d(const SeparableProblem<T>& problem);

}  // namespace flipshift::convolve2d
