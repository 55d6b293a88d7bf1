// The steps of Bluestein's algorithm around the transforms that do the work.
#pragma once

#include <cstddef>
#include <cstdint>

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
  // from j = first + step r on, times chirp and, if `turn` is given, the complex scalars turn[2 r]
  // and *more. chirp is the first n / 2 + 1 numbers of n, of which number n - k is `sign` times
  // number k. Numbers from `end` <= n on are 0. The second one reads real numbers.
  void (*enter[2])(const T* x, std::size_t end, const T* chirp, std::size_t n, T sign, T in_im,
                   std::size_t first, std::size_t step, std::size_t count, const T* turn,
                   const T* more, T* rows);
  // Row order[r], conjugated, times chirp, to y[j] = (re_scale re, im_scale im); if `turn` is given
  // it is first multiplied by turn[2 r] and then added. Numbers from `end` <= n on are left out.
  // The second one writes real parts alone.
  void (*leave[2])(const T* rows, const std::uint32_t* order, const T* chirp, std::size_t n, T sign,
                   std::size_t first, std::size_t step, const T* turn, T re_scale, T im_scale, T* y,
                   std::size_t end);
  // Row r of out: the conjugate of row order[r] times the numbers k, k + 1, ... from
  // k = first + step r on of a spectrum of m, a multiple of 2 W. It is the same forwards and
  // backwards, number k being number m - k, or m - 1 - k if `odd`; half of it is given.
  void (*multiply)(const T* rows, const std::uint32_t* order, std::size_t count, const T* spectrum,
                   std::size_t m, bool odd, std::size_t first, std::size_t step, T* out);
};

FLIPSHIFT_KERNEL_TABLE(FftBluesteinTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftBluesteinTable<double>)

}  // namespace flipshift
