// Kernels of 2-D convolution as sums of few products of a column and a row.
//
// The bound. A direct sum of k l products has, for whatever samples x, an error of at most
// gamma_kl sum |h[i, j]| |x|, gamma_n = n u / (1 - n u), u = epsilon / 2 (Higham, Accuracy and
// Stability of Numerical Algorithms, 3.1). By terms u_r v_r^T, each sum along a column has k
// roundings, each along a row l more, and the terms are added in r - 1, so the error is at most
//
//   sum |x| (|h - sum_r u_r v_r^T| + gamma_(k + l + r - 1) sum_r |u_r| |v_r|^T)[i, j].
//
// That stays within the first bound for all x if and only if it does for each element, which
// low_rank() checks with the factors as they are rounded, in a wider type. It holds for all kernels
// of rank 1 that are long enough for it to matter, up to their own rounding, and for single rows
// and columns, times 1; it fails where terms cancel, so that elements are much smaller than what
// they are made of. Underflow is left out.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/convolve2d.hpp"

namespace flipshift::convolve2d {

template <class T>
struct LowRank {
  std::size_t terms = 0;         // 0: there is no such sum
  std::vector<T> columns, rows;  // of each term in turn; of equal size, as far as possible
};

// At most `most_terms` terms within the bound. Says no soon: mostly from a few of the elements.
template <class T>
LowRank<T> low_rank(const Matrix<const T>& h, std::size_t most_terms);

// As many terms as it takes to leave nothing but rounding errors; none if h is not finite.
template <class T>
LowRank<T> factors(const Matrix<const T>& h);

}  // namespace flipshift::convolve2d
