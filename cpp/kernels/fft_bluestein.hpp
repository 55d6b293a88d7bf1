// Products with tables that are symmetric, of which one half is stored.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct FftBluesteinTable {
  // out[k] = t[k] x[k] for k <= n / 2, out[n-k] = sign t[k] x[n-k] for 0 < k < n / 2; x is
  // conjugated first for in_im = -1, and what is written for out_im = -1. out may be x. Of the
  // (n - 1) / 2 pairs, those from `begin` to `end`; what has no mate goes with the first.
  void (*mirrored)(const T* t, const T* x, T* out, std::size_t n, std::size_t begin,
                   std::size_t end, T in_im, T sign, T out_im);
};

FLIPSHIFT_KERNEL_TABLE(FftBluesteinTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftBluesteinTable<double>)

}  // namespace flipshift
