// What the Fourier method of 2-D convolution needs beside the passes of kernels/fft.hpp: passes
// that begin at the image, that meet the spectrum of h, and that end at the outputs.
//
// W and rows are as in kernels/fft_lanes.hpp, [W real parts][W imaginary parts]. While columns are
// transformed, the lanes are W samples that are neighbours in a row of the image; while rows are,
// they are W neighbouring frequencies of the columns. Passes that go forward leave frequencies in
// the order of their digits (decimation in frequency), those that go back take them in this order:
// they are the transposed passes, in reverse, with the same factors tw. The way back is a forward
// transform of the conjugate.
//
// 2 m rows of real samples go as m rows of complex numbers, row j being (x[j] + i x[j + m]) fold[j]
// with fold[j] = exp(2 pi i j / (4 m)). The cyclic convolution of m such numbers is that of the 2 m
// real ones, except that what wraps around comes with the opposite sign: x^m = i where x^2m = -1.
// Complex samples go as they are.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

inline constexpr int convolve2d_radices[] = {2, 3, 4, 5, 7, 8, 16};
inline constexpr int convolve2d_max_radix = 16;

template <class T>
struct Convolve2dFftTable {
  int width;  // W

  // All arrays of passes are indexed by radix r, one of convolve2d_radices; the others are null.

  // The first pass, over r columns of m / r rows, from W neighbours of each row of an image. Row j
  // of it is at x + stride j for begin <= j < end, and zero otherwise. Complex samples need no fold
  // and have strides in complex numbers; they take the lanes in the order of FftPasses::column.
  using First = void (*)(const T* x, std::ptrdiff_t stride, std::size_t begin, std::size_t end,
                         std::size_t m, const T* tw, const T* fold, T* rows);
  First first_real[convolve2d_max_radix + 1];
  First first_complex[convolve2d_max_radix + 1];
  // The last pass back, to rows 0 .. count - 1 of the outputs, times scale.
  using Last = void (*)(const T* rows, std::size_t m, const T* tw, const T* fold, std::size_t count,
                        T* y, std::ptrdiff_t stride, T scale);
  Last last_real[convolve2d_max_radix + 1];
  Last last_complex[convolve2d_max_radix + 1];

  // A pass back in place, the counterpart of FftPasses::scaled.
  void (*back[convolve2d_max_radix + 1])(T* rows, std::size_t blocks, std::size_t m, const T* tw);
  // The last pass forward, times h, conjugated, and the first pass back, of each r of n rows.
  void (*product[convolve2d_max_radix + 1])(T* rows, const T* h, std::size_t n);

  // Row k of lane i goes to lane k % W of row to[i] of slot k / W, which begins at
  // out + 2 W slot (k / W). Lanes that are left in the last slot become zero.
  void (*turn)(const T* rows, std::size_t m, const std::uint32_t* to, T* out, std::size_t slot);
  // And back: lane i of row k.
  void (*turn_back)(const T* in, std::size_t slot, const std::uint32_t* from, std::size_t m,
                    T* rows);

  // Whether none of n real numbers is infinite or NaN.
  bool (*finite)(const T* x, std::size_t n);
};

FLIPSHIFT_KERNEL_TABLE(Convolve2dFftTable<float>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dFftTable<double>)

}  // namespace flipshift
