// Convolution of many lines with one kernel:
//
//   out[o, i, c] = sum_k h[k] x[o, start + i - k, c],  x being zero outside,
//
// for C-contiguous x of shape (outer, n, inner) and out of shape (outer, n_out, inner): any axis of
// a C-contiguous array. Types, NaN and infinity are as in engine/convolve.hpp. Lines side by side
// (inner > 1) are taken together, a vector of the processor holding neighbouring columns; kernels
// so long that a transform is faster meet groups of columns, gathered block by block.
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

#include "engine/boundary.hpp"
#include "engine/convolve_cost.hpp"

namespace flipshift::convolve {

struct AxisShape {
  std::size_t outer, n, inner;
};

// No length is 0; x and h do not overlap out. The result does not depend on `workers`. Lines of the
// output may be longer than what is written of them: out has the shape (outer, out_line, inner),
// 0 standing for n_out.
template <class T>
void run_axis(const T* x, const AxisShape& shape, const T* h, std::size_t m, T* out,
              std::size_t n_out, std::ptrdiff_t start, std::size_t workers,
              std::size_t out_line = 0);

// The same for floating types, by transforms of `size` points, or directly if that is 0.
template <class T>
void run_axis_blocks(const T* x, const AxisShape& shape, const T* h, std::size_t m, T* out,
                     std::size_t n_out, std::ptrdiff_t start, std::size_t size, std::size_t workers,
                     std::size_t out_line = 0);

// Ways to do it, the one that is taken first.
template <class T>
std::vector<Scheme> axis_schemes(const AxisShape& shape, std::size_t m, std::size_t n_out,
                                 std::ptrdiff_t start);

// The same where x continues beyond its ends. Samples there take part in the sums whatever they
// are, but for the fill value 0, which is what the function above does.
template <class T>
void run_axis(const T* x, const AxisShape& shape, const T* h, std::size_t m, T* out,
              std::size_t n_out, std::ptrdiff_t start, std::size_t workers, Boundary boundary,
              T fillvalue);

}  // namespace flipshift::convolve
