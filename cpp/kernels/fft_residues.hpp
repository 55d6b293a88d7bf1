// The last step of a transform whose residues of the index modulo r have been transformed.
#pragma once

#include <cstddef>

#include "kernels/fft.hpp"

namespace flipshift {

template <class T>
struct FftResiduesTable {
  // Of lines of m >= width numbers, line q at x + 2 m q being the transform of residue q:
  // y[k + m p] = (re_scale, im_scale) times the r-point transform of line q times factor k of
  // tw + 2 m (q - 1).
  using Join = void (*)(const T* x, std::size_t m, const T* tw, T* y, T re_scale, T im_scale);
  int width;
  Join join[fft_max_radix + 1];
};

FLIPSHIFT_KERNEL_TABLE(FftResiduesTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftResiduesTable<double>)

}  // namespace flipshift
