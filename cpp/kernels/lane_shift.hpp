// Shifts of lanes across two neighbouring vectors.
#pragma once

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

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
