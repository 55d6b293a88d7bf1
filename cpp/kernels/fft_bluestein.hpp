// The steps of Bluestein's algorithm around the transforms that do the work.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/fft.hpp"
#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct FftBluesteinTable {
  // out[k] = t[k] x[k] for k <= n / 2, out[n-k] = sign t[k] x[n-k] for 0 < k < n / 2; x is
  // conjugated first for in_im = -1, and what is written for out_im = -1. out may be x. Of the
  // (n - 1) / 2 pairs, those from `begin` to `end`; what has no mate goes with the first.
  void (*mirrored)(const T* t, const T* x, T* out, std::size_t n, std::size_t begin,
                   std::size_t end, T in_im, T sign, T out_im);

  // The same in rows of the widest vectors (kernels/fft.hpp): row r are the numbers j, j + 1, ...
  // from j = first + step r on of a chirp, times those from x[first + shift + x_step r] on, whose
  // x_step is `step` where x is all of them, and, if `turn` is given, times the
  // complex scalars turn[2 r] and *more. chirp is the first n / 2 + 1 numbers of n, of which number
  // n - k is `sign` times number k. Numbers from `end` <= n on are 0, and rows up to `count`; or,
  // if `add`, what is in the rows stays and is added to. [1] reads real numbers. For trigonometric
  // transforms of odd length (FftDctTable), [2] reads what `fold` makes of x, in_im being odd_sign,
  // and [3] the conjugate of what `unrotate` makes of x with tw, for a sine if in_im is -1, and 0
  // for number 0.
  void (*enter[4])(const T* x, std::ptrdiff_t shift, std::size_t end, const T* chirp, std::size_t n,
                   T sign, T in_im, const T* tw, std::size_t first, std::size_t step,
                   std::size_t count, std::ptrdiff_t x_step, const T* turn, const T* more, bool add,
                   T* rows);
  // Row order[r], conjugated, times chirp, to y[j + shift] = (re_scale re, im_scale im); if `turn`
  // is given it is first multiplied by turn[2 r] and *more and then added. Numbers from `end` <= n
  // on are left out. [1] writes real parts alone, [2] what `rotate` makes of the numbers with tw,
  // for a sine if im_scale is -re_scale.
  void (*leave[3])(const T* rows, const std::uint32_t* order, const T* chirp, std::size_t n, T sign,
                   std::size_t first, std::size_t step, const T* turn, const T* more, T re_scale,
                   T im_scale, const T* tw, T* y, std::ptrdiff_t shift, std::size_t end);
  // Row r of out: the conjugate of row order[r] times the numbers k, k + 1, ... from
  // k = first + step r on of a spectrum, the same forwards and backwards: from k = `given` on,
  // number k is number mirror - k. All are multiples of W, mirror perhaps less one.
  void (*multiply)(const T* rows, const std::uint32_t* order, std::size_t count, const T* spectrum,
                   std::size_t given, std::size_t mirror, std::size_t first, std::size_t step,
                   T* out);

  // Many lines side by side: a convolution of d m rows, d being the index (null where there is
  // none). first: rows of `in`, step apart, times chirp, r of them and then zeros; a pass of radix
  // d as FftPasses::scaled to `rows`. multiply_rows: row k of out is the conjugate of row order[k]
  // times factors[2 k]. last: from rows order[j] + k m times the same factors tw, a pass of radix d
  // to numbers j + k m < r, times chirp and conjugated, in rows of `out` that are step apart.
  void (*first[fft_max_radix + 1])(const T* in, std::size_t step, std::size_t r, const T* chirp,
                                   std::size_t m, const T* tw, T* rows);
  void (*multiply_rows)(const T* rows, const std::uint32_t* order, const T* factors,
                        std::size_t count, T* out);
  void (*last[fft_max_radix + 1])(const T* rows, const std::uint32_t* order, std::size_t m,
                                  const T* tw, const T* chirp, std::size_t r, T* out,
                                  std::size_t step);
};

FLIPSHIFT_KERNEL_TABLE(FftBluesteinTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftBluesteinTable<double>)

}  // namespace flipshift
