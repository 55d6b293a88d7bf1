// Shifts of lanes across two neighbouring vectors.
#pragma once

#include <type_traits>
#include <utility>

#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Lanes N ... N + W - 1 of lo followed by hi.
template <class T, int W, int N, int... I>
FLIPSHIFT_INLINE Vec<T, W> shift_lanes(Vec<T, W> lo, Vec<T, W> hi,
                                       std::integer_sequence<int, I...>) {
  constexpr int bytes [[maybe_unused]] = N * sizeof(T);
  constexpr int width [[maybe_unused]] = sizeof(Vec<T, W>);
#if defined(__AVX512F__)
  if constexpr (width == 64 && bytes % 4 == 0)
    return (Vec<T, W>)_mm512_maskz_alignr_epi32(0xffff, (__m512i)hi, (__m512i)lo, bytes / 4);
#endif
#if defined(__AVX2__)
  // Two operations, the first of which serves every N.
  if constexpr (width == 32) {
    const __m256i middle = _mm256_permute2x128_si256((__m256i)lo, (__m256i)hi, 0x21);
    if constexpr (bytes < 16) {
      return (Vec<T, W>)_mm256_alignr_epi8(middle, (__m256i)lo, bytes);
    } else {
      return (Vec<T, W>)_mm256_alignr_epi8((__m256i)hi, middle, bytes - 16);
    }
  }
#endif
  return __builtin_shufflevector(lo, hi, (N + I)...);
}
template <class T, int W, int N>
FLIPSHIFT_INLINE Vec<T, W> shift_lanes(Vec<T, W> lo, Vec<T, W> hi) {
  return shift_lanes<T, W, N>(lo, hi, std::make_integer_sequence<int, W>{});
}

// The same for several N of the same two vectors: shifts by whole 16 bytes, which the compiler
// makes once for all N, and shifts within those. The latter do not wait for the multiplications'
// units.
template <class T, int W, int N>
FLIPSHIFT_INLINE Vec<T, W> shift_lanes_in_parts(Vec<T, W> lo, Vec<T, W> hi) {
#if defined(__AVX512BW__)
  if constexpr (sizeof(Vec<T, W>) == 64) {
    constexpr int part = 16 / sizeof(T), bytes = N * sizeof(T) % 16;
    const auto from = [&]<int P>(std::integral_constant<int, P>) {
      if constexpr (P == 0) return lo;
      if constexpr (P == 4) return hi;
      if constexpr (P > 0 && P < 4) return shift_lanes<T, W, P * part>(lo, hi);
    };
    const Vec<T, W> first = from(std::integral_constant<int, N / part>{});
    if constexpr (bytes == 0) {
      return first;
    } else {
      const Vec<T, W> second = from(std::integral_constant<int, N / part + 1>{});
      if constexpr (bytes == 8) {
        return (Vec<T, W>)_mm512_shuffle_pd((__m512d)first, (__m512d)second, 0x55);
      } else {
        return (Vec<T, W>)_mm512_alignr_epi8((__m512i)second, (__m512i)first, bytes);
      }
    }
  }
#endif
  return shift_lanes<T, W, N>(lo, hi);
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
