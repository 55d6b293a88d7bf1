// Products with Toeplitz matrices that are never formed.
#pragma once

#include <cstddef>

namespace flipshift::toeplitz {

// out = M x for M[i, j] = c[i - j] if i >= j else r[j - i]: c has `rows` entries, r has `cols`, x
// is (cols, k), out is (rows, k), all in C order without overlap. T is float, double or
// std::complex of them.
//
// M x is a convolution of each column with the diagonals of M. It is done directly where that is
// faster, always so for few diagonals (zeros at the ends of c and r are left out), and by
// transforms of a padded length otherwise, the diagonals being transformed once for all columns. As
// in the sum itself, NaN and infinity in a column of x reach all of that column's outputs, even
// over zeros of M.
template <class T>
void matmul(const T* c, std::size_t rows, const T* r, std::size_t cols, const T* x, std::size_t k,
            T* out);

}  // namespace flipshift::toeplitz
