// What convolution by transforms needs beside them.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct ConvolveSpectrumTable {
  // Between two complex transforms of h points that stand for a real cyclic convolution of 2 h: z
  // and g hold the transforms of x[2j] + i x[2j+1] and of the same of the other operand; z becomes
  // that of the result. tw[k] = v of kernels/fft_untangle.hpp for n = 2 h and k <= h / 2. h >= 1;
  // all interleaved.
  void (*product)(T* z, const T* g, std::size_t h, const T* tw);

  // out[j] = the largest magnitude of the numbers j segment ... (j + 1) segment - 1 of x, NaN being
  // taken for infinity; the last segment may be shorter.
  void (*magnitudes)(const T* x, std::size_t n, std::size_t segment, T* out);
};

FLIPSHIFT_KERNEL_TABLE(ConvolveSpectrumTable<float>)
FLIPSHIFT_KERNEL_TABLE(ConvolveSpectrumTable<double>)

}  // namespace flipshift
