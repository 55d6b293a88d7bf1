// What the Fourier method of 2-D convolution needs beside the passes of kernels/fft.hpp: the ways
// between the image, transforms of its columns and transforms of its rows.
//
// W and rows are as in kernels/fft_lanes.hpp, [W real parts][W imaginary parts]. While columns are
// transformed, the lanes are W samples that are neighbours in a row of the image; while rows are,
// they are W neighbouring frequencies of the columns.
//
// 2 m rows of real samples go as m rows of complex numbers, row j being (x[j] + i x[j + m]) tw[j]
// with tw[j] = exp(2 pi i j / (4 m)). The cyclic convolution of m such numbers is that of the 2 m
// real ones, except that what wraps around comes with the opposite sign: x^m = i where x^2m = -1.
// Complex samples go as they are.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct Convolve2dFftTable {
  int width;  // W

  // W neighbours of each row of an image to m rows. Row j of the image is at x + stride j for begin
  // <= j < end, and zero otherwise. tw is not used for complex samples, whose strides are counted
  // in complex numbers, and which take the lanes in the order of FftPasses::column.
  using Fold = void (*)(const T* x, std::ptrdiff_t stride, std::size_t begin, std::size_t end,
                        std::size_t m, const T* tw, T* rows);
  Fold fold_real;
  Fold fold_complex;
  // The way back, from the conjugate, times scale; frequencies as `order` has them (fft.hpp). Rows
  // 0 .. count - 1 are stored.
  using Unfold = void (*)(const T* rows, const std::uint32_t* order, std::size_t m, const T* tw,
                          std::size_t count, T* y, std::ptrdiff_t stride, T scale);
  Unfold unfold_real;
  Unfold unfold_complex;

  // Frequency k of lane i goes to lane k % W of row to[i] of slot k / W, which begins at
  // out + 2 W slot (k / W). Lanes that are left in the last slot become zero.
  void (*turn)(const T* rows, const std::uint32_t* order, std::size_t m, const std::uint32_t* to,
               T* out, std::size_t slot);
  // And back: lane i of row k.
  void (*turn_back)(const T* in, std::size_t slot, const std::uint32_t* from, std::size_t m,
                    T* rows);

  // to[k] = conj(x[order[k]] h[k]) for n rows.
  void (*product)(const T* x, const std::uint32_t* order, const T* h, T* to, std::size_t n);

  // Whether none of n real numbers is infinite or NaN.
  bool (*finite)(const T* x, std::size_t n);
};

FLIPSHIFT_KERNEL_TABLE(Convolve2dFftTable<float>)
FLIPSHIFT_KERNEL_TABLE(Convolve2dFftTable<double>)

}  // namespace flipshift
