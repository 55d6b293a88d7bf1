// Short trigonometric transforms by the matrix of their definition: up to a few dozen points the
// n^2 multiply-adds of a line take less time than any way through a Fourier transform.
//
// matrix[pitch j + k] is what number j of a line contributes to result k. The pitch is n, rounded
// up to a multiple of `width`; what is beyond n is zero. x == y is allowed.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

inline constexpr std::size_t dct_longest_dense = 128;

template <class T>
struct FftDctDenseTable {
  int width;
  // `count` contiguous lines, line i at x + x_apart i.
  void (*lines)(const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart, std::size_t count,
                std::size_t n, const T* matrix, std::size_t pitch, T scale);
  // `count` lines that are neighbours, number j of all of them at x + x_step j.
  void (*neighbours)(const T* x, std::ptrdiff_t x_step, T* y, std::ptrdiff_t y_step,
                     std::size_t count, std::size_t n, const T* matrix, std::size_t pitch, T scale);
};

FLIPSHIFT_KERNEL_TABLE(FftDctDenseTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftDctDenseTable<double>)

}  // namespace flipshift
