// Butterflies of radices that are products of two others: half the passes for lengths like 1000.
#pragma once

#include "kernels/fft_butterflies.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// P Q points in two steps, P and Q having no common factor: none of the numbers in between needs a
// factor (Good, J. R. Statist. Soc. B 20, 1958).
template <class T, class V, int P, int Q, class Load, class Emit>
FLIPSHIFT_INLINE void coprime_butterfly(Load&& load, Emit&& emit) {
  Pair<V> x[P][Q];
  unroll<Q>([&](auto j) __attribute__((always_inline)) {
    butterfly<T, V, P>(
        [&](int i) __attribute__((always_inline)) { return load((Q * i + P * j) % (P * Q)); },
        [&](int k, V re, V im) __attribute__((always_inline)) { x[k][j] = {re, im}; });
  });
  // The index that leaves k mod P and l mod Q.
  constexpr int of_p = [] {
    int u = Q;
    while (u % P != 1) u += Q;
    return u;
  }();
  constexpr int of_q = [] {
    int u = P;
    while (u % Q != 1) u += P;
    return u;
  }();
  unroll<P>([&](auto k) __attribute__((always_inline)) {
    butterfly<T, V, Q>([&](int j) __attribute__((always_inline)) { return x[k][j]; },
                       [&](int l, V re, V im) __attribute__((always_inline)) {
                         emit((of_p * k + of_q * l) % (P * Q), re, im);
                       });
  });
}

template <class T, class V, class Load, class Emit>
FLIPSHIFT_INLINE void butterfly9(Load&& load, Emit&& emit) {
  // cos and sin of 2 pi k / 9 for k = 1, 2, 4
  constexpr T c[] = {static_cast<T>(0.7660444431189780352), static_cast<T>(0.17364817766693034885),
                     static_cast<T>(-0.93969262078590838405)};
  constexpr T s[] = {static_cast<T>(0.64278760968653932632), static_cast<T>(0.98480775301220805937),
                     static_cast<T>(0.34202014332566873304)};
  Pair<V> x[3][3];
  unroll<3>([&](auto j) __attribute__((always_inline)) {
    butterfly<T, V, 3>([&](int i) __attribute__((always_inline)) { return load(3 * i + j); },
                       [&](int k, V re, V im)
                           __attribute__((always_inline)) { x[k][j] = {re, im}; });
  });
  unroll<2>([&](auto i) __attribute__((always_inline)) {
    unroll<2>([&](auto l) __attribute__((always_inline)) {
      constexpr int at = i + l;  // of (i + 1) (l + 1) = 1, 2, 4
      const Pair<V> z = x[i + 1][l + 1];
      x[i + 1][l + 1] = {z.re * c[at] + z.im * s[at], z.im * c[at] - z.re * s[at]};
    });
  });
  unroll<3>([&](auto k) __attribute__((always_inline)) {
    butterfly<T, V, 3>([&](int j) __attribute__((always_inline)) { return x[k][j]; },
                       [&](int l, V re, V im)
                           __attribute__((always_inline)) { emit(k + 3 * l, re, im); });
  });
}

template <class T, class V, int R, class Load, class Emit>
FLIPSHIFT_INLINE void any_butterfly(Load&& load, Emit&& emit) {
  if constexpr (R == 6) {
    coprime_butterfly<T, V, 3, 2>(load, emit);
  } else if constexpr (R == 9) {
    butterfly9<T, V>(load, emit);
  } else if constexpr (R == 10) {
    coprime_butterfly<T, V, 5, 2>(load, emit);
  } else if constexpr (R == 12) {
    coprime_butterfly<T, V, 3, 4>(load, emit);
  } else if constexpr (R == 14) {
    coprime_butterfly<T, V, 7, 2>(load, emit);
  } else if constexpr (R == 15) {
    coprime_butterfly<T, V, 3, 5>(load, emit);
  } else {
    butterfly<T, V, R>(load, emit);
  }
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
