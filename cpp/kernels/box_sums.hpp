// What the kernels of means over boxes share: division by one number, and steps along a row.
#pragma once

#include <algorithm>
#include <type_traits>

#include "kernels/over_columns.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::size_t;

// a * b + c, rounded once; left to itself, the compiler may round either product.
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> fused(Vec<T, W> a, T b, Vec<T, W> c) {
#if defined(__FMA__)
  if constexpr (sizeof(a) == 64 && sizeof(T) == 4) {
    return (Vec<T, W>)_mm512_fmadd_ps((__m512)a, _mm512_set1_ps(b), (__m512)c);
  } else if constexpr (sizeof(a) == 64) {
    return (Vec<T, W>)_mm512_fmadd_pd((__m512d)a, _mm512_set1_pd(b), (__m512d)c);
  } else if constexpr (sizeof(a) == 32 && sizeof(T) == 4) {
    return (Vec<T, W>)_mm256_fmadd_ps((__m256)a, _mm256_set1_ps(b), (__m256)c);
  } else if constexpr (sizeof(a) == 32) {
    return (Vec<T, W>)_mm256_fmadd_pd((__m256d)a, _mm256_set1_pd(b), (__m256d)c);
  } else if constexpr (sizeof(a) == 16 && sizeof(T) == 4) {
    return (Vec<T, W>)_mm_fmadd_ps((__m128)a, _mm_set1_ps(b), (__m128)c);
  } else if constexpr (sizeof(a) == 16 && W > 1) {
    return (Vec<T, W>)_mm_fmadd_pd((__m128d)a, _mm_set1_pd(b), (__m128d)c);
  } else
#endif
      if constexpr (W == 1) {
    return sizeof(T) == 4 ? __builtin_fmaf(a, b, c) : __builtin_fma(a, b, c);
  } else {
    for (int l = 0; l < W; ++l) a[l] = fused<T, 1>(a[l], b, c[l]);
    return a;
  }
}

// Division by one number. With fused multiply-add it is a product with the reciprocal in two parts
// (Brisebarre, Muller and Raina 2004). The higher part is rounded down, so that both are positive
// and infinity stays infinity.
template <class T>
struct Quotient {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  T d, high, low;
  explicit Quotient(T d) : d(d), high(T(1) / d), low(0) {
#if defined(__FMA__) || defined(__aarch64__)
    T rest = __builtin_fma(-high, d, T(1));
    if (rest < 0) {
      Bits bits;
      std::memcpy(&bits, &high, sizeof(T));
      --bits;
      std::memcpy(&high, &bits, sizeof(T));
      rest = __builtin_fma(-high, d, T(1));
    }
    low = rest * high;
    // Of powers of two, as infinity * 0 is NaN: too little to be seen, but products with sums are
    // no subnormal numbers, which take twice the time.
    if (low == 0) low = high * (sizeof(T) == 4 ? T(0x1p-60) : T(0x1p-100));
#endif
  }
  template <class V>
  FLIPSHIFT_INLINE V operator()(V v) const {
#if defined(__FMA__) || defined(__aarch64__)
    return fused<T, sizeof(V) / sizeof(T)>(v, high, v * low);
#else
    return v / d;
#endif
  }
};

// How many of the numbers from y on come before the first that is aligned to a vector.
template <class T>
FLIPSHIFT_INLINE size_t unaligned_head(const T* y, size_t count) {
  constexpr size_t bytes = FLIPSHIFT_VECTOR_BYTES;
  return std::min(count, (bytes - reinterpret_cast<std::uintptr_t>(y) % bytes) % bytes / sizeof(T));
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
