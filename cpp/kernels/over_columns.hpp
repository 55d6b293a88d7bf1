// Steps along a row, vector after vector.
#pragma once

#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Whether columns may be computed twice: F says so by a member `repeats`.
template <class F>
constexpr bool may_repeat() {
  if constexpr (requires { F::repeats; }) {
    return F::repeats;
  } else {
    return false;
  }
}

// Calls f.run<W, V>(c) for groups of V vectors of W columns from c on, the widest first. If columns
// may be computed twice, the last vector ends with them.
template <int W, int V, class F>
FLIPSHIFT_INLINE void over_columns(std::size_t c, std::size_t cols, const F& f) {
  for (; cols - c >= std::size_t{W} * V; c += W * V) f.template run<W, V>(c);
  if (c == cols) return;
  if constexpr (V > 1) {
    over_columns<W, 1>(c, cols, f);
  } else if constexpr (W > 1) {
    if (may_repeat<F>() && cols >= std::size_t{W}) return f.template run<W, 1>(cols - W);
    over_columns<W / 2, 1>(c, cols, f);
  }
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
