// A pass of a prime radix r as a cyclic convolution of r - 1 points (Rader, Proc. IEEE 56, 1968),
// which falls into d twisted ones of e = (r - 1) / d points, done by their definition: 4 (r - 1)^2
// / d multiplications instead of (r - 1)^2, between transforms of d points.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/fft.hpp"
#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct FftRaderTable {
  // As FftLanesTable::prime, for d as the index (null where there is none). places[e b + q] is the
  // residue that enters as point q of block b; places[r - 1 + e b + q] the frequency that leaves
  // there. factors holds 2 e - 1 complex numbers for each of d blocks, number e - 1 + u - q being
  // what point q contributes to point u. work has (d + 1) e rows.
  void (*pass[fft_max_radix + 1])(T* rows, std::size_t m, std::size_t e,
                                  const std::uint32_t* places, const T* factors, const T* tw,
                                  T* work);
};

FLIPSHIFT_KERNEL_TABLE(FftRaderTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftRaderTable<double>)

}  // namespace flipshift
