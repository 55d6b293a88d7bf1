// The numbers that long convolutions of several turns begin with (engine/fft_bluestein_parts.hpp),
// made anew for each turn from what the caller gave, so that no array holds all of them.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct FftBluesteinNumbersTable {
  // Row r of `rows` are numbers j, j + 1, ... from j = begin + step r < end on of a sequence made
  // of x, W (the widest vectors) interleaved complex ones or W real ones; those from `end` on are
  // left out. Formulas and the meaning of tw and `first` are those of kernels/fft_dct.hpp; [1] is
  // for sine.
  using Numbers = void (*)(const T* x, std::size_t n, const T* tw, T first, std::size_t begin,
                           std::size_t step, std::size_t end, T* rows);
  Numbers one[2];       // type I, odd n = m: z of enter_good, without the chirp
  Numbers two[2];       // type II, n = 2 h: pairs of what `fold` makes of 2 h numbers
  Numbers three[2];     // type III, n = 2 h: z of enter_three
  Numbers four[2];      // type IV, n = 2 h: z of `enter`
  Numbers odd_four[2];  // type IV, odd n: v of enter_odd, real
  // From a half spectrum x of n = 2 h real numbers, conjugated if first = -1, z of
  // FftRealTable::tangle; tw: the factors of kernels/fft_untangle.hpp.
  Numbers tangle;
};

FLIPSHIFT_KERNEL_TABLE(FftBluesteinNumbersTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftBluesteinNumbersTable<double>)

}  // namespace flipshift
