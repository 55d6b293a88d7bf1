// Real transforms of 2 to 32 points without vectors: what a vector stores is not at once there for
// another one that reads it at another place, and untangling does that.
#pragma once

#include "kernels/fft.hpp"

namespace flipshift {

inline constexpr std::size_t fft_real_short_max = 32;

// As RealPlan::r2c and c2r for n a power of two, by n. conj = -1 conjugates the spectrum. y may
// be x.
template <class T>
struct FftRealShortTable {
  using Run = void (*)(const T* x, T* y, T conj, T scale);
  Run r2c[fft_real_short_max + 1], c2r[fft_real_short_max + 1];
};

FLIPSHIFT_KERNEL_TABLE(FftRealShortTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftRealShortTable<double>)

}  // namespace flipshift
