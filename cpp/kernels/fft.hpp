// What the Fourier kernels of one instruction set offer: a table of functions over raw pointers.
//
// Two layouts of complex data meet here.
//  - "interleaved": re, im, re, im, ... as users have it; strides are counted in complex numbers.
//  - "rows": W complex numbers as [W real parts][W imaginary parts], W being the lane count of the
//    family; row j starts at rows + 2 W j. All arithmetic happens on rows, one transform per lane
//    or, for one long transform, one residue of the index per lane.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

inline constexpr int fft_max_radix = 16;
inline constexpr int fft_max_width = 16;
inline constexpr int fft_max_together = 8;  // groups that last_streamed takes

// The passes for one lane count W. Arrays are indexed by the radix (2 to 5, 7, 8, 11, 13 or 16);
// entries of other indices are null.
//
// A pass works in place on `blocks` consecutive blocks of radix * m rows: for each j < m it
// replaces rows j + k m (k < radix) by their DFT, times a twiddle factor. `scaled` takes one
// complex factor per (j, k >= 1) at tw[2 ((radix - 1) j + k - 1)]; `plain` takes none; `lanes` (m =
// 1) takes one factor per lane, stored as rows in the order in which the rows stand. A `first` pass
// reads interleaved data instead: input row r is W complex numbers at x + stride r. conj is +1, or
// -1 to transform the conjugate of the input.
template <class T>
struct FftPasses {
  using Pass = void (*)(T* rows, std::size_t blocks, std::size_t m, const T* tw);
  using First = void (*)(const T* x, std::ptrdiff_t stride, T* rows, std::size_t m, const T* tw,
                         T conj);
  int width;
  // Lane i of a row that was read from interleaved data holds number column[i] of the W.
  std::uint8_t column[fft_max_width];
  Pass scaled[fft_max_radix + 1];
  Pass plain[fft_max_radix + 1];
  Pass lanes[fft_max_radix + 1];
  First first_scaled[fft_max_radix + 1];
  First first_plain[fft_max_radix + 1];
  First first_lanes[fft_max_radix + 1];

  // The last pass (m = 1, no factors) that writes interleaved output instead: output k of block b
  // of set g goes to W complex numbers at y + stride (base[b] + blocks k) + W g, the `groups` sets
  // of rows being group_stride rows apart.
  using Last = void (*)(const T* rows, const std::uint32_t* base, std::size_t blocks,
                        std::size_t groups, std::size_t group_stride, T* y, std::ptrdiff_t stride,
                        T re_scale, T im_scale);
  Last last[fft_max_radix + 1];
  // The same past the caches, for results that would leave them anyway (the widest family only).
  // Only whole cache lines can go there, but the users' arrays are rarely aligned: of each run, the
  // part of its last line waits in `carry` (W numbers a run) for the call with the groups that
  // follow. `begins` and `ends`: there is none before, none after.
  using LastStreamed = void (*)(const T* rows, const std::uint32_t* base, std::size_t blocks,
                                std::size_t groups, std::size_t group_stride, T* y,
                                std::ptrdiff_t stride, T re_scale, T im_scale, T* carry,
                                bool begins, bool ends);
  LastStreamed last_streamed[fft_max_radix + 1];

  // The last step of one transform of W m points whose lanes are residues of the index: DFT across
  // the lanes. Row order[k] holds frequency k of the columns; y gets natural order,
  // y[k + m l] = (re_scale re, im_scale im). m >= W.
  void (*finish)(const T* rows, const std::uint32_t* order, std::size_t m, T* y, T re_scale,
                 T im_scale);

  // Row order[k] (row k if order is null) goes to W complex numbers at y + stride k.
  void (*store)(const T* rows, const std::uint32_t* order, std::size_t n, T* y,
                std::ptrdiff_t stride, T re_scale, T im_scale);

  // Between two sweeps: multiplies row k of the n1 >= W that `rows` holds by row k of lane_tw or,
  // if step_tw is given, 1 + row k times the complex scalars at step_tw + 4 k and + 2, added.
  // Result transposed: row l of group g, at out + 2 W (l + group_stride g), gets column l, whose
  // lanes are rows W g .. W g + W - 1 (n1 - W .. n1 - 1 for the last group). Row k is
  // rows[order[k]].
  void (*turn)(const T* rows, const std::uint32_t* order, std::size_t n1, const T* lane_tw,
               const T* step_tw, T* out, std::size_t group_stride);
};

inline constexpr int fft_max_families = 4;

template <class T>
struct FftTable {
  int families;  // in order of falling width; the last has width 1
  FftPasses<T> passes[fft_max_families];
};

inline constexpr std::size_t fft_real_block = 16;

// Steps around the complex transform, on interleaved data.
template <class T>
struct FftRealTable {
  // Real transforms of n = 2 h points by a complex one of h points; tw[k] is the factor v of
  // kernels/fft_untangle.hpp for k <= h / 2. untangle: the transform of h numbers at z becomes, in
  // place, the half spectrum times scale, conjugated if conj = -1. tangle: from a half spectrum x
  // (conjugated if conj = -1) the h numbers whose backward transform is the real signal; x may be
  // z. Both do the numbers k and h - k for begin <= k < end <= h / 2 + 1, where begin > 0: numbers
  // 0 and h are the caller's. Results do not depend on where ranges of multiples of fft_real_block
  // are cut.
  void (*untangle)(T* z, std::size_t h, const T* tw, std::size_t begin, std::size_t end, T scale,
                   T conj);
  void (*tangle)(const T* x, T* z, std::size_t h, const T* tw, std::size_t begin, std::size_t end,
                 T scale, T conj);

  // out[i] = a[i] b[i], or a[i] conj(b[i]) with conj_b = -1; out may be a or b.
  void (*multiply)(const T* a, const T* b, T* out, std::size_t n, T conj_b);
};

FLIPSHIFT_KERNEL_TABLE(FftTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftTable<double>)
FLIPSHIFT_KERNEL_TABLE(FftRealTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftRealTable<double>)

}  // namespace flipshift
