// Factors that are nearly the same in all lanes.
#pragma once

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// 1 + d times the sum of the complex scalars at p and p + 2, of which the second is small.
template <class T, int W>
FLIPSHIFT_INLINE Complex<T, W> near_scalar(const Complex<T, W>& d, const T* p) {
  const auto c = broadcast<T, W>(p[0]), s = broadcast<T, W>(p[1]);
  const auto re = d.re * c + broadcast<T, W>(p[2]), im = d.re * s + broadcast<T, W>(p[3]);
  return {c + (re - d.im * s), s + (im + d.im * c)};
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
