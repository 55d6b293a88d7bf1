// Transforms of 2 to 32 real numbers in registers, and back.
//
// Sums of the two halves of the numbers make the even frequencies. Differences b make the odd ones:
// with z[j] = b[j] - i b[j+n/4] and w = exp(-2 pi i / n), X[4k+1] is the complex transform of n / 4
// numbers w^j z[j], and X[n-m] is the conjugate of X[m]. So a number meets one factor less than on
// the way by n / 2 complex ones, and nothing is left to be untangled: half a dozen roundings
// instead of eight (for 32).
#pragma once

#include "kernels/fft_butterflies.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// cos(2 pi j / n) or, if that is smaller, the sine, for 0 < j < n / 4, and the smaller one divided
// by the larger one.
template <int n>
struct Turns;
template <>
struct Turns<8> {
  static constexpr double larger[] = {1, 0.70710678118654752440};
  static constexpr double ratio[] = {0, 1};
};
template <>
struct Turns<16> {
  static constexpr double larger[] = {1, 0.92387953251128675613, 0.70710678118654752440,
                                      0.92387953251128675613};
  static constexpr double ratio[] = {0, 0.41421356237309504880, 1, 0.41421356237309504880};
};
template <>
struct Turns<32> {
  static constexpr double larger[] = {1,
                                      0.98078528040323044913,
                                      0.92387953251128675613,
                                      0.83146961230254523708,
                                      0.70710678118654752440,
                                      0.83146961230254523708,
                                      0.92387953251128675613,
                                      0.98078528040323044913};
  static constexpr double ratio[] = {
      0, 0.19891236737965800691, 0.41421356237309504880, 0.66817863791929891999,
      1, 0.66817863791929891999, 0.41421356237309504880, 0.19891236737965800691};
};

// a times w^-j without the larger part of it, for 0 < j < n / 4.
template <class T, class V, int n, int j>
FLIPSHIFT_INLINE Pair<V> turned_back(Pair<V> a) {
  constexpr T t = static_cast<T>(Turns<n>::ratio[j]);
  if constexpr (8 * j == n) {
    return {a.re - a.im, a.im + a.re};
  } else if constexpr (8 * j < n) {
    return {a.re - t * a.im, a.im + t * a.re};
  } else {
    return {t * a.re - a.im, t * a.im + a.re};
  }
}
// a times w^j in the same way.
template <class T, class V, int n, int j>
FLIPSHIFT_INLINE Pair<V> turned(Pair<V> a) {
  const Pair<V> b = turned_back<T, V, n, j>({a.re, -a.im});
  return {b.re, -b.im};
}

// X[4k+1] of n numbers, which emit gets as frequency 4 k + 1, or as the mate of it up to n / 2.
template <class T, class V, int n, class Emit>
FLIPSHIFT_INLINE void odd_frequencies(const V (&b)[n / 2], Emit&& emit) {
  const auto put = [&](int k, V re, V im) __attribute__((always_inline)) {
    const int m = 4 * k + 1;
    if (2 * m < n) {
      emit(m, re, im);
    } else {
      emit(n - m, re, -im);
    }
  };
  Pair<V> z[n / 4];
  unroll<n / 4>([&](auto j) __attribute__((always_inline)) { z[j] = {b[j], -b[j + n / 4]}; });
  if constexpr (n == 4) {
    put(0, z[0].re, z[0].im);
  } else if constexpr (n == 8) {
    constexpr T c = static_cast<T>(Turns<8>::larger[1]);
    const Pair<V> u = turned<T, V, 8, 1>(z[1]);
    put(0, z[0].re + c * u.re, z[0].im + c * u.im);
    put(1, z[0].re - c * u.re, z[0].im - c * u.im);
  } else if constexpr (n == 16) {
    constexpr T c = static_cast<T>(Turns<16>::larger[2]), d = static_cast<T>(Turns<16>::larger[1]);
    const Pair<V> u = turned<T, V, 16, 2>(z[2]);
    const Pair<V> p = turned<T, V, 16, 1>(z[1]), q = turned<T, V, 16, 3>(z[3]);
    radix4_tail<V>({z[0].re + c * u.re, z[0].im + c * u.im},
                   {z[0].re - c * u.re, z[0].im - c * u.im}, p + q, p - q, d, put);
  } else {
    unroll<n / 4 - 1>([&](auto i) __attribute__((always_inline)) {
      constexpr int j = i + 1;
      constexpr T a = static_cast<T>(Turns<n>::larger[j]);
      constexpr T s = static_cast<T>(Turns<n>::larger[j] * Turns<n>::ratio[j]);
      constexpr T c = 8 * j < n ? a : s, d = 8 * j < n ? s : a;
      z[j] = {z[j].re * c + z[j].im * d, z[j].im * c - z[j].re * d};
    });
    butterfly<T, V, n / 4>([&](int j) __attribute__((always_inline)) { return z[j]; }, put);
  }
}

// emit(k, re, im) for k <= n / 2.
template <class T, class V, int n, class Emit>
FLIPSHIFT_INLINE void real_butterfly(const V (&x)[n], Emit&& emit) {
  if constexpr (n == 2) {
    emit(0, x[0] + x[1], V{});
    emit(1, x[0] - x[1], V{});
  } else {
    V a[n / 2], b[n / 2];
    unroll<n / 2>([&](auto j) __attribute__((always_inline)) {
      a[j] = x[j] + x[j + n / 2];
      b[j] = x[j] - x[j + n / 2];
    });
    real_butterfly<T, V, n / 2>(
        a, [&](int k, V re, V im) __attribute__((always_inline)) { emit(2 * k, re, im); });
    odd_frequencies<T, V, n>(b, emit);
  }
}

// The way back, as its transpose: half of the n real numbers whose transform has frequency k at
// load(k), of which 0 and n / 2 are real and given half.
template <class T, class V, int n, class Load>
FLIPSHIFT_INLINE void real_butterfly_back(Load&& load, V (&x)[n]) {
  if constexpr (n == 2) {
    const V a = load(0).re, b = load(1).re;
    x[0] = a + b;
    x[1] = a - b;
  } else {
    V a[n / 2];
    real_butterfly_back<T, V, n / 2>(
        [&](int k) __attribute__((always_inline)) { return load(2 * k); }, a);
    Pair<V> z[n / 4];
    // Real and imaginary parts are exchanged on both ways, which makes the transform the inverse.
    const auto swapped = [&](int k) __attribute__((always_inline)) {
      const int m = 4 * k + 1;
      const Pair<V> v = load(2 * m < n ? m : n - m);
      return Pair<V>{2 * m < n ? v.im : -v.im, v.re};
    };
    if constexpr (n == 4) {
      const Pair<V> v = swapped(0);
      z[0] = {v.im, v.re};
    } else {
      butterfly<T, V, n / 4>(
          swapped, [&](int j, V re, V im) __attribute__((always_inline)) { z[j] = {im, re}; });
    }
    x[0] = a[0] + z[0].re;
    x[n / 2] = a[0] - z[0].re;
    x[n / 4] = a[n / 4] - z[0].im;
    x[3 * n / 4] = a[n / 4] + z[0].im;
    if constexpr (n > 4) {
      unroll<n / 4 - 1>([&](auto i) __attribute__((always_inline)) {
        constexpr int j = i + 1;
        constexpr T c = static_cast<T>(Turns<n>::larger[j]);
        const Pair<V> u = turned_back<T, V, n, j>(z[j]);
        x[j] = a[j] + c * u.re;
        x[j + n / 2] = a[j] - c * u.re;
        x[j + n / 4] = a[j + n / 4] - c * u.im;
        x[j + 3 * n / 4] = a[j + n / 4] + c * u.im;
      });
    }
  }
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
