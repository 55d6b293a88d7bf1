// Between a real transform of n = 2 h points and the complex one of h points.
//
// With Z the transform of z[j] = x[2j] + i x[2j+1], w = exp(-2 pi i / n), v = (1 - i w^k) / 2 and
// D = Z[k] - conj Z[h-k], the half spectrum is
//   X[k] = conj Z[h-k] + v D,  conj X[h-k] = Z[k] - v D,
// and backwards Z / 2 follows from X in the same way with the conjugate of v (after Sorensen,
// Jones, Heideman, Burrus, IEEE Trans. ASSP 35, 1987). v is the small one of the two factors that
// such a step can have, |v|^2 = (1 - sin(2 pi k / n)) / 2 for k <= h / 2: of the errors of D, of v
// and of their product only a fifth reaches X on average. Sums and differences of Z[k] and
// conj Z[h-k], with a factor for the difference, would take more operations and err more.
#pragma once

#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Numbers k and h - k.
template <class V>
struct Ends {
  V low_re, low_im, high_re, high_im;
};

// The step in either direction for a at k and b at h - k, times rs (real parts) and is (imaginary
// parts). vi is the imaginary part of v forwards; backwards it is that times -1, or 1 if the
// spectrum is to be conjugated, which the sign of is then does too. Products are pinned so that
// every caller rounds alike, and the scales cost no rounding of their own.
template <class V>
FLIPSHIFT_INLINE Ends<V> ends(V a_re, V a_im, V b_re, V b_im, V vr, V vi, V rs, V is) {
  const V dr = a_re - b_re, di = a_im + b_im;
  V pr = vr * dr, pi = vr * di;
  keep(pr);
  keep(pi);
  pr = (pr - vi * di) * rs;
  pi = (pi + vi * dr) * is;
  keep(pr);
  keep(pi);
  return {b_re * rs + pr, pi - b_im * is, a_re * rs - pr, pi - a_im * is};
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
