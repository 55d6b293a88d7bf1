// Many real transforms of odd length side by side, in half the work of complex ones.
//
// With n = r m, the numbers j + k m of a column j < m go through a DFT of r points. Of its results
// the first is real: these m are a real transform of m points again. Of the others only the first
// (r - 1) / 2 are wanted, the rest being their conjugates: each, times exp(-2 pi i j k / n), is a
// block of m complex rows, whose transform has the frequencies k + r q. The way back does the same
// in reverse, from the conjugate spectrum.
//
// Complex rows, lines and lanes are as in kernels/fft_lanes.hpp; a real row is W numbers. `place`
// says for each frequency in which complex row it is; fft_mirrored stands beside the row if it
// holds the conjugate.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/fft.hpp"
#include "kernels/isa.hpp"

namespace flipshift {

inline constexpr std::uint32_t fft_mirrored = std::uint32_t{1} << 31;

template <class T>
struct FftOddTable {
  // One step, for r of 3, 5, 7, 11, 13: real numbers x + stride j, either real rows (stride W) or W
  // neighbours each. Real row j <- the sum of column j (real == x is allowed); complex row (k - 1)
  // m + j <- output k times the factor at tw[2 ((r - 1) / 2 j + k - 1)].
  using Split = void (*)(const T* x, std::ptrdiff_t stride, std::size_t m, T* real, T* rows,
                         const T* tw);
  Split split[fft_max_radix + 1];             // from real rows
  Split split_neighbours[fft_max_radix + 1];  // from an array
  // The same for any odd r, from real rows in place: roots holds the cosine and sine of
  // 2 pi j k / r for k, j = 1 .. (r - 1) / 2, work has r real rows.
  void (*split_any)(T* real, std::size_t m, std::size_t r, const T* roots, T* rows, const T* tw,
                    T* work);

  // And back: number j of block k is in row (k - 1) m + order[j]; the results times scale.
  using Join = void (*)(const T* real, const T* rows, const std::uint32_t* order, std::size_t m,
                        const T* tw, T* y, std::ptrdiff_t stride, T scale);
  Join join[fft_max_radix + 1];
  Join join_neighbours[fft_max_radix + 1];
  void (*join_any)(T* real, const T* rows, const std::uint32_t* order, std::size_t m, std::size_t r,
                   const T* roots, const T* tw, T* work);

  // Between the complex rows and the frequencies below `count`. On the way in imaginary parts are
  // multiplied by conj.
  void (*gather)(const T* const* lines, const std::uint32_t* place, std::size_t count, T* rows,
                 T conj);
  void (*scatter)(const T* rows, const std::uint32_t* place, std::size_t count, T* const* lines,
                  T re_scale, T im_scale);
  void (*load)(const T* x, std::ptrdiff_t stride, const std::uint32_t* place, std::size_t count,
               T* rows, T conj);
  void (*store)(const T* rows, const std::uint32_t* place, std::size_t count, T* y,
                std::ptrdiff_t stride, T re_scale, T im_scale);
};

FLIPSHIFT_KERNEL_TABLE(FftOddTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftOddTable<double>)

}  // namespace flipshift
