// Moving lines of an array into the lanes of vectors and back, for many transforms side by side.
//
// W is the lane count of the widest family and rows are as in kernels/fft.hpp. A line is a
// contiguous run of numbers; lines[i] is the one that belongs to lane i. A null line is skipped on
// the way out. No line ever mixes with another: each result depends on its own line alone, to the
// last bit. `order` is as in kernels/fft.hpp; null means that row k holds number k.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/fft.hpp"
#include "kernels/isa.hpp"

namespace flipshift {

// Bytes that contiguous lines are fetched ahead of their use.
inline constexpr std::ptrdiff_t fft_fetch_ahead = 4096;

template <class T>
struct FftLanesTable {
  int width;

  // Row j <- the complex numbers j of W lines of n.
  void (*gather)(const T* const* lines, std::size_t n, T* rows);
  // Number k of W complex lines <- row order[k], times the two scales.
  void (*scatter)(const T* rows, const std::uint32_t* order, std::size_t n, T* const* lines,
                  T re_scale, T im_scale);
  // The same for real lines and real rows of W numbers.
  void (*gather_real)(const T* const* lines, std::size_t n, T* real);
  void (*scatter_real)(const T* real, std::size_t n, T* const* lines, T scale);

  // `gather` for lines that are neighbours: number j of all of them is at x +
  // stride j. They take the lanes in split order, like the interleaved numbers that a first pass
  // reads. (The way out for complex ones is FftPasses::store.)
  void (*load)(const T* x, std::ptrdiff_t stride, std::size_t n, T* rows);
  void (*load_real)(const T* x, std::ptrdiff_t stride, std::size_t n, T* real);
  // `groups` times W neighbours, conjugated if conj = -1; group g at rows + 2 W pitch g.
  void (*load_tile)(const T* x, std::ptrdiff_t stride, std::size_t n, std::size_t groups,
                    std::size_t pitch, T* rows, T conj);
  void (*store_real)(const T* real, std::size_t n, T* y, std::ptrdiff_t stride, T scale);

  // W neighbours with n numbers each, `groups` times, in registers from the first load to the last
  // store: n as the index, null where it is no radix. x == y is allowed.
  void (*neighbours[fft_max_radix + 1])(const T* x, std::ptrdiff_t x_stride, T* y,
                                        std::ptrdiff_t y_stride, std::size_t groups, T conj,
                                        T re_scale, T im_scale);

  // Between few neighbours, four real or two complex ones, and as many contiguous lines, which are
  // `pitch` apart (in T), of n numbers.
  void (*few_to_lines)(const T* x, std::ptrdiff_t stride, std::size_t n, T* lines,
                       std::ptrdiff_t pitch);
  void (*few_from_lines)(const T* lines, std::ptrdiff_t pitch, std::size_t n, T* y,
                         std::ptrdiff_t stride);
  void (*few_complex_to_lines)(const T* x, std::ptrdiff_t stride, std::size_t n, T* lines,
                               std::ptrdiff_t pitch);
  void (*few_complex_from_lines)(const T* lines, std::ptrdiff_t pitch, std::size_t n, T* y,
                                 std::ptrdiff_t stride);

  // A pass of odd radix r over m columns of rows, as the `scaled` ones of FftPasses: roots holds
  // the cosine and sine of 2 pi j k / r for k, j = 1 .. (r - 1) / 2, work has r rows.
  void (*prime)(T* rows, std::size_t m, std::size_t r, const T* roots, const T* tw, T* work);
};

FLIPSHIFT_KERNEL_TABLE(FftLanesTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftLanesTable<double>)

}  // namespace flipshift
