// How sums over a stream of real and imaginary parts end: those with the real parts of the taps,
// plus i times those with the imaginary parts.
#pragma once

#include "kernels/shuffle.hpp"
#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

struct SwapPartsMap {
  static constexpr int of(int i) { return i ^ 1; }
};

// a + i b. GCC compiles the loop of times_i() lane by lane if there are 16: 17 cycles for each.
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> plus_i_times(Vec<T, W> a, Vec<T, W> b) {
  if constexpr (W < 16) {
    return a + times_i<T, W>(b);
  } else {
    return [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
      return a + shuffle<T, W, SwapPartsMap>(b, b) * Vec<T, W>{(I % 2 ? T(1) : T(-1))...};
    }(std::make_integer_sequence<int, W>{});
  }
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
