// Real transforms of 2 to 32 points without vectors: what a vector stores is not at once there for
// another one that reads it at another place, and untangling does that.
#pragma once

#include "kernels/fft.hpp"

namespace flipshift {

inline constexpr std::size_t fft_real_short_max = 32;
// Up to here single precision is untangled in double: of few roundings, those of this step are
// many. It takes 4% of a call at 64 points, and would take 8% at 128 (Zen 5, 2026-11).
inline constexpr std::size_t fft_real_exact_max = 80;

// As RealPlan::r2c and c2r for n a power of two, by n. conj = -1 conjugates the spectrum. y may
// be x.
template <class T>
struct FftRealShortTable {
  using Run = void (*)(const T* x, T* y, T conj, T scale);
  Run r2c[fft_real_short_max + 1], c2r[fft_real_short_max + 1];

  // FftRealTable's for all numbers 0 < k <= h / 2 of short lines, in double, so that nothing but
  // the factors and the results is rounded. Null for double precision, and for vectors of two
  // doubles.
  void (*untangle)(T* z, std::size_t h, const T* tw, T scale, T conj);
  void (*tangle)(const T* x, T* z, std::size_t h, const T* tw, T scale, T conj);
};

FLIPSHIFT_KERNEL_TABLE(FftRealShortTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftRealShortTable<double>)

}  // namespace flipshift
