// The transform by its definition, for short lengths that no fast algorithm suits: with
// a_j = x_j + x_(n-j) and b_j = x_j - x_(n-j),
//   X_k = x_0 + sum_j a_j cos(2 pi jk/n) - i sum_j b_j sin(2 pi jk/n),  1 <= j <= n/2,
// and X_(n-k) has + i; so n^2 real multiplications and additions, vectors running along k.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct FftDirectTable {
  // Frequencies are taken in blocks of `block` from 0 until n / 2 is covered.
  int block;

  // All read x before they write y, which may be x. tw holds for each block and 1 <= j <= n/2
  // (which counts half if it is n/2) the cosines of `block` frequencies, then their sines.
  // c2c: `swap` exchanges real and imaginary parts on both ways (the inverse). r2c: n real numbers
  // to n/2 + 1 complex ones, conjugated for conj = -1. c2r: back, x conjugated for conj = -1.
  void (*c2c)(const T* x, T* y, std::size_t n, const T* tw, bool swap, T scale);
  void (*r2c)(const T* x, T* y, std::size_t n, const T* tw, T conj, T scale);
  void (*c2r)(const T* x, T* y, std::size_t n, const T* tw, T conj, T scale);
};

inline constexpr std::size_t fft_direct_max = 272;  // n

FLIPSHIFT_KERNEL_TABLE(FftDirectTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftDirectTable<double>)

}  // namespace flipshift
