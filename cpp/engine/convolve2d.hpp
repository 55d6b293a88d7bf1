// Convolution of two matrices: directly by the kernels' tiles, or by Fourier transforms.
//
// Direct. The outputs whose samples all lie inside x are computed straight from x. The frame around
// them goes through a small scratch block that holds the samples with the continuation around them;
// its size depends on the kernel, not on x. A sum includes its samples outside of x: where a tap
// that is Inf or NaN meets fillvalue 0, the output is NaN, as the definition (and scipy.signal) has
// it.
//
// Separable. A kernel that is a sum of few products of a column and a row (low_rank.hpp) takes a
// convolution along each axis for each of them. Automatically only where that keeps within the
// error bound of the direct sum.
//
// Fourier. Tiles of outputs, each from the transform of the samples that it needs, continuation
// included; one tile for everything where that is cheapest. Rounding errors are of the order of
// epsilon times the norms of h and of the tile, not of each output's own sum.
//
// Automatic. The one that costs least by the model in convolve2d_cost.hpp. Parts of the result that
// are not finite by one of the latter two are computed again directly, so Inf and NaN go no further
// than the definition says.
#pragma once

#include <cstddef>

#include "engine/boundary.hpp"

namespace flipshift::convolve2d {

template <class T>
struct Matrix {  // rows without gaps
  T* data;
  std::size_t rows;
  std::size_t cols;
};

// whole: any but separable. separable: at any rank, to rounding; the direct sum if h is not finite.
enum class Method { direct, separable, fft, whole, automatic };

// What to compute:
//   out[o, i, j, c] = sum_{k, l} h[k, l] x[o, row_start + i - k, col_start + j - l, c]
// where x continues as `outside` says. out does not overlap x or h; nothing is empty.
template <class T>
struct Problem {
  Matrix<const T> x;
  Matrix<const T> h;
  Matrix<T> out;
  std::ptrdiff_t row_start;
  std::ptrdiff_t col_start;
  Outside<T> outside;
  std::size_t outer = 1;    // images, one after the other in x and in out
  std::size_t inner = 1;    // samples of a pixel, side by side: x.cols and out.cols count pixels
  std::size_t workers = 1;  // threads; the result does not depend on it
};

template <class T>
bool zeros_outside(const Problem<T>& p) {
  return p.outside.rows == Boundary::fill && p.outside.cols == Boundary::fill &&
         p.outside.fillvalue == T(0);
}

// T: float, double, complex of either, or an unsigned integer of 8 to 64 bits (which wraps, so it
// serves for signed ones too), which is always computed directly.
template <class T>
void convolve2d(const Problem<T>& problem, Method method);

// What `automatic` weighs for floating types, by its model, for one thread.
struct Choice {
  Method method;  // what it takes
  double direct_ns;
  double fourier_ns;
  std::size_t block_rows;  // of a transform
  std::size_t block_cols;
  std::size_t blocks;
  double separable_ns;
  std::size_t terms;  // 0 if h was not found to be separable at a lower cost than the others
};
// Looks at h and at sizes only.
template <class T>
Choice choice(const Problem<T>& problem);

}  // namespace flipshift::convolve2d
