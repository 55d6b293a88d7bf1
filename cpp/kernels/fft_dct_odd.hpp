// Real transforms of odd length on rows, one line per lane: n = r m, r blocks of m rows of which
// the conjugates of others are left out. Rows are those of kernels/fft_dct_lanes.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

inline constexpr std::size_t fft_dct_odd_max_radix = 257;

// h = (r - 1) / 2. `roots` holds the cosine and sine of 2 pi j k / r for k, j = 1 .. h, `tw` the
// roots exp(-2 pi i j k / n) for j < m, k = 1 .. h. Frequency b + r q is complex row b m +
// order[q], b <= h.
template <class T>
struct FftDctOddTable {
  // Real rows x[0 .. n) to complex ones: block b <= h, before its transforms of m points.
  void (*split)(const T* x, std::size_t m, std::size_t r, const T* roots, const T* tw, T* rows);
  // And back: complex row b m + order[j] is number j of the transform of block b to real row
  // x[j + m i] = Re row 0 + the sum over b and exp(-2 pi i (j b / n + i b / r)) of real parts.
  void (*join)(const T* rows, const std::uint32_t* order, std::size_t m, std::size_t r,
               const T* roots, const T* tw, T* x);

  // Type II from the frequencies, type III to the rows whose transforms `join` takes. Number k of
  // the trigonometric sequence is W numbers at y + step k, or x + step k; t[b m + q] = exp(-i pi k
  // / 2n), k = b + r q, times two if b > 0 for type III. Number 0 is times first.
  void (*leave_two)(const T* rows, const std::uint32_t* order, std::size_t m, std::size_t r,
                    const T* t, T* y, std::ptrdiff_t step, T scale, T first);
  void (*enter_three)(const T* x, std::ptrdiff_t step, std::size_t m, std::size_t r, const T* t,
                      T* rows, T first);

  // The same for one line, r <= 13: the m real numbers of block 0 and the h
  // blocks of m complex ones, interleaved, to be transformed; and back, from what is transformed
  // backwards. tw holds m cosines and m negative sines for each k.
  void (*split_line)(const T* x, std::size_t m, std::size_t r, const T* roots, const T* tw, T* zero,
                     T* blocks);
  void (*join_line)(const T* zero, const T* blocks, std::size_t m, std::size_t r, const T* roots,
                    const T* tw, T* x);
};

FLIPSHIFT_KERNEL_TABLE(FftDctOddTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftDctOddTable<double>)

}  // namespace flipshift
