// Trigonometric transforms side by side, one line per lane: the steps around the Fourier transform.
//
// Rows are those of kernels/fft_lanes.hpp; a complex row is two real rows of W numbers, so real row
// r is at rows + W r. Lanes are in the order of the lines.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct FftDctLanesTable {
  // Real row place[j] <- sign[j] times number j of W lines: of neighbours, number j of all of them
  // being at x + stride j, or of contiguous lines anywhere. [1]: neighbours are 2 numbers apart, or
  // the numbers of a line are (parts of complex numbers).
  void (*read_near[2])(const T* x, std::ptrdiff_t stride, std::size_t n, const std::uint32_t* place,
                       const T* sign, T* rows);
  void (*read_lines[2])(const T* const* lines, std::size_t n, const std::uint32_t* place,
                        const T* sign, T* rows);
  // Number k of the lines <- scale sign[k] times real row place[k]. Null lines are skipped.
  void (*write_near)(const T* rows, const std::uint32_t* place, const T* sign, T scale,
                     std::size_t n, T* y, std::ptrdiff_t stride);
  void (*write_lines)(const T* rows, const std::uint32_t* place, const T* sign, T scale,
                      std::size_t n, T* const* lines);

  // Complex row k <- a re + b im and a re - b im, k < count.
  void (*combine)(T* rows, std::size_t count, T a, T b);
  // Type II from the rows of the complex transform of n / 2 = h points, type III to them,
  // conjugated; k = 0 .. n - 1 of the trigonometric sequence is W numbers at y + step k, or x +
  // step k. roots holds t = exp(-i pi k / 2n) and -i exp(-4 i pi k / 2n) t for k <= h / 2. Number 0
  // is times first.
  void (*leave_two)(const T* rows, const std::uint32_t* order, std::size_t h, const T* roots, T* y,
                    std::ptrdiff_t step, T scale, T first);
  void (*enter_three)(const T* x, std::ptrdiff_t step, std::size_t h, const T* roots, T* rows,
                      T first);
  // Type IV of n = 2 h: complex row k = (x[2k] + i x[n-1-2k]) t[k], and y[2k] = scale Re(z t[k]),
  // y[n-1-2k] = odd_scale Im(z t[k]) with z in row order[k]. tw holds t[k] = exp(-i pi (8k + 1) /
  // 8n).
  void (*enter_four)(const T* x, std::ptrdiff_t step, std::size_t h, const T* tw, T* rows);
  void (*leave_four)(const T* rows, const std::uint32_t* order, std::size_t h, const T* tw, T* y,
                     std::ptrdiff_t step, T scale, T odd_scale);
  // Real rows at[2i] and at[2i + 1], p and q <- a p + b q and b p - a q, with a, b = tw[2i], tw[2i
  // + 1].
  void (*turn)(T* rows, const std::uint32_t* at, std::size_t count, const T* tw);
  // From the transform of h complex rows, the 2h real numbers of a line, and real row 2h, x[0]:
  // what an inverse makes their convolution plus x[0], its real and imaginary parts swapped, and in
  // real row 2h of y the sum of all. tw holds exp(-i pi k / h), the spectrum F[k] of the kernel and
  // the conjugate of F[h - k] for k <= h / 2, halved but for k = 0.
  void (*convolve)(const T* rows, const std::uint32_t* order, std::size_t h, const T* tw, T* y);
  // Type I: the even sequence of 2 m numbers from x[0 .. m], x[0] and x[m] times first, or the odd
  // one from x[1 .. m-1], as m complex rows; number j is W numbers at x + step j. And from the
  // transforms of these, y[0 .. m] or y[1 .. m-1]. tw is that of FftRealTable, k <= m / 2.
  void (*enter_one[2])(const T* x, std::ptrdiff_t step, std::size_t m, T first, T* rows);
  void (*leave_one[2])(const T* rows, const std::uint32_t* order, std::size_t m, const T* tw, T* y,
                       std::ptrdiff_t step, T scale, T ends);
};

FLIPSHIFT_KERNEL_TABLE(FftDctLanesTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftDctLanesTable<double>)

}  // namespace flipshift
