// Convolution of two matrices: directly by the kernels' tiles, or by Fourier transforms.
//
// Direct. The outputs whose samples all lie inside x are computed straight from x. The frame around
// them goes through a small scratch block that holds the samples with the continuation around them;
// its size depends on the kernel, not on x. A sum includes its samples outside of x: where a tap
// that is Inf or NaN meets fillvalue 0, the output is NaN, as the definition (and scipy.signal) has
// it.
//
// Fourier. Blocks of outputs, each from the real (or complex) transform of the samples that it
// needs, continuation included; one block for everything where that is cheapest. Rounding errors
// are of the order of epsilon times the norms of h and of the block, not of each output's own sum.
//
// Automatic. The one that costs less by the model in convolve2d_cost.hpp. A Fourier block with an
// output that is not finite is computed again directly, so Inf and NaN go no further than the
// definition says.
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

enum class Method { direct, fft, automatic };

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
  double direct_ns;
  double fourier_ns;
  std::size_t block_rows;  // of a transform
  std::size_t block_cols;
  std::size_t blocks;
  bool fourier;  // what it takes
};
template <class T>
Choice choice(const Problem<T>& problem);  // looks at sizes only

}  // namespace flipshift::convolve2d
