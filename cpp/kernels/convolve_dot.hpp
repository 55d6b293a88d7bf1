// Convolutions of few outputs: the sum of each by itself, vectors along the sum.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct ConvolveDotTable {
  // sum_t x[t] h[t], or x[t] h[m - 1 - t] if `reversed`, for t < m.
  T (*real)(const T* x, const T* h, std::size_t m, bool reversed);
  // The same of interleaved complex numbers; conj is +1, or -1 to conjugate h. out: re, im.
  void (*complex)(const T* x, const T* h, std::size_t m, bool reversed, T conj, T* out);
};

FLIPSHIFT_KERNEL_TABLE(ConvolveDotTable<float>)
FLIPSHIFT_KERNEL_TABLE(ConvolveDotTable<double>)

}  // namespace flipshift
