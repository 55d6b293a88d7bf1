// Integers of 8 to 32 bits to and from vectors of float and double, and sums back to integers.
#pragma once

#if defined(__SSE4_1__)
#include <smmintrin.h>
#endif

#include <type_traits>

#include "kernels/shuffle.hpp"
#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// W samples at p, each widened to 32 bits. Loads no more than these.
template <class X, int W>
FLIPSHIFT_INLINE Vec<std::int32_t, W> widened(const X* p) {
  constexpr int bytes = W * static_cast<int>(sizeof(X));
#if defined(__SSE4_1__)
  if constexpr (sizeof(X) < 4) {
    constexpr bool narrow = sizeof(X) == 1, sign = X(-1) < X(0);
    using R = Vec<std::int32_t, W>;
    __m128i v;
    if constexpr (bytes == 16) {
      v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    } else if constexpr (bytes == 8) {
      v = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    } else if constexpr (bytes == 4) {
      std::int32_t word;
      std::memcpy(&word, p, 4);
      v = _mm_cvtsi32_si128(word);
    }
#if defined(__AVX512F__)
    // Without a mask, GCC 12 warns of its own header.
    constexpr __mmask16 all = 0xffff;
    if constexpr (W == 16 && narrow)
      return (R)(sign ? _mm512_maskz_cvtepi8_epi32(all, v) : _mm512_maskz_cvtepu8_epi32(all, v));
    if constexpr (W == 16 && !narrow) {
      const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
      return (R)(sign ? _mm512_maskz_cvtepi16_epi32(all, w) : _mm512_maskz_cvtepu16_epi32(all, w));
    }
#endif
#if defined(__AVX2__)
    if constexpr (W == 8 && narrow)
      return (R)(sign ? _mm256_cvtepi8_epi32(v) : _mm256_cvtepu8_epi32(v));
    if constexpr (W == 8 && !narrow)
      return (R)(sign ? _mm256_cvtepi16_epi32(v) : _mm256_cvtepu16_epi32(v));
#endif
    if constexpr (W == 4 && narrow) return (R)(sign ? _mm_cvtepi8_epi32(v) : _mm_cvtepu8_epi32(v));
    if constexpr (W == 4 && !narrow)
      return (R)(sign ? _mm_cvtepi16_epi32(v) : _mm_cvtepu16_epi32(v));
  }
#endif
  (void)bytes;
  if constexpr (sizeof(X) == 4) {
    return (Vec<std::int32_t, W>)loadu<X, W>(p);
  } else {
    return __builtin_convertvector((loadu<X, W>(p)), Vec<std::int32_t, W>);
  }
}

template <class X, int W>
FLIPSHIFT_INLINE Vec<float, W> to_single(const X* p) {  // X of at most 16 bits
  return __builtin_convertvector((widened<X, W>(p)), Vec<float, W>);
}

template <int W>
FLIPSHIFT_INLINE Vec<double, W> to_double(Vec<std::int32_t, W> v) {
#if defined(__AVX512F__)
  // GCC 12 does it in halves, and warns of its own header without a mask.
  if constexpr (W == 8) return _mm512_maskz_cvtepi32_pd(0xff, (__m256i)v);
#endif
#if defined(__AVX2__)
  if constexpr (W == 4) return _mm256_cvtepi32_pd((__m128i)v);
#endif
  return __builtin_convertvector(v, Vec<double, W>);
}

// W samples at p as double; W is that of double.
template <class X, int W>
FLIPSHIFT_INLINE Vec<double, W> to_double(const X* p) {
  if constexpr (std::is_same_v<X, double>) {
    return loadu<double, W>(p);
  } else if constexpr (W == 2) {
    return Vec<double, W>{static_cast<double>(p[0]), static_cast<double>(p[1])};
  } else if constexpr (sizeof(X) == 4 && X(-1) > X(0)) {
    // As signed numbers, 2^31 less.
    const auto v = widened<X, W>(p) ^ static_cast<std::int32_t>(0x80000000u);
    return to_double<W>(v) + 2147483648.0;
  } else {
    return to_double<W>(widened<X, W>(p));
  }
}

// Without the fraction; what fits into 32 bits only.
template <int W>
FLIPSHIFT_INLINE Vec<std::int32_t, W> truncated(Vec<float, W> v) {
  return __builtin_convertvector(v, Vec<std::int32_t, W>);
}

template <int W>
FLIPSHIFT_INLINE Vec<std::int32_t, W> truncated(Vec<double, W> v) {
#if defined(__AVX512F__)
  if constexpr (W == 8) return (Vec<std::int32_t, W>)_mm512_maskz_cvttpd_epi32(0xff, (__m512d)v);
#endif
#if defined(__AVX2__)
  if constexpr (W == 4) return (Vec<std::int32_t, W>)_mm256_cvttpd_epi32((__m256d)v);
#endif
  return __builtin_convertvector(v, Vec<std::int32_t, W>);
}

// Two vectors of numbers that fit into 32 bits, without their fractions.
template <int W>
FLIPSHIFT_INLINE Vec<std::int32_t, 2 * W> truncated(Vec<double, W> a, Vec<double, W> b) {
  const auto low = truncated<W>(a), high = truncated<W>(b);
  if constexpr (W == 8) {
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  } else if constexpr (W == 4) {
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
  } else {
    return __builtin_shufflevector(low, high, 0, 1, 2, 3);
  }
}

// The low bits of each lane.
template <class Y, int W>
FLIPSHIFT_INLINE void store_narrowed(Y* p, Vec<std::int32_t, W> v) {
#if defined(__AVX512F__)
  if constexpr (W == 16 && sizeof(Y) == 1) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_maskz_cvtepi32_epi8(0xffff, (__m512i)v));
    return;
  }
  if constexpr (W == 16 && sizeof(Y) == 2) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                        _mm512_maskz_cvtepi32_epi16(0xffff, (__m512i)v));
    return;
  }
#endif
#if defined(__AVX512VL__)
  if constexpr (W == 8 && sizeof(Y) == 1) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm256_maskz_cvtepi32_epi8(0xff, (__m256i)v));
    return;
  }
  if constexpr (W == 8 && sizeof(Y) == 2) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_maskz_cvtepi32_epi16(0xff, (__m256i)v));
    return;
  }
#elif defined(__AVX2__)
  if constexpr (W == 8 && sizeof(Y) < 4) {
    const __m256i mask = _mm256_set1_epi32(sizeof(Y) == 1 ? 0xff : 0xffff);
    const __m256i low = _mm256_and_si256((__m256i)v, mask);
    const __m128i words =
        _mm_packus_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
    if constexpr (sizeof(Y) == 2)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(p), words);
    else
      _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi16(words, words));
    return;
  }
#endif
  storeu<Y, W>(p, __builtin_convertvector(v, Vec<Y, W>));
}

// Without the fraction, -2^63 for what does not fit.
FLIPSHIFT_INLINE std::int64_t whole(double v) {
  const bool fits = v >= -9223372036854775808.0 && v < 9223372036854775808.0;
  return fits ? static_cast<std::int64_t>(v) : INT64_MIN;
}
FLIPSHIFT_INLINE std::uint64_t whole_unsigned(double v) {
  const bool large = v >= 9223372036854775808.0;
  const auto low = static_cast<std::uint64_t>(whole(large ? v - 9223372036854775808.0 : v));
  return low + (large ? std::uint64_t{1} << 63 : 0);
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
