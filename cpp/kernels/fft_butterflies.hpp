// The discrete Fourier transform of R vectors in registers, sum_j x_j exp(-2 pi i jk/R).
//
// Each butterfly<V, R>(load, emit) calls load(j) -> Butterfly inputs and emit(k, re, im) as soon as
// output k is ready: few values are alive at a time, so few are spilled. Multiplications are folded
// into FMAs where an output adds the product anyway.
#pragma once

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class V>
struct Pair {
  V re, im;
};

template <class V>
FLIPSHIFT_INLINE Pair<V> operator+(Pair<V> a, Pair<V> b) {
  return {a.re + b.re, a.im + b.im};
}
template <class V>
FLIPSHIFT_INLINE Pair<V> operator-(Pair<V> a, Pair<V> b) {
  return {a.re - b.re, a.im - b.im};
}
template <class V>
FLIPSHIFT_INLINE Pair<V> times(V re, V im, V c, V s) {  // (re + i im) (c + i s)
  return {re * c - im * s, im * c + re * s};
}
template <class V>
FLIPSHIFT_INLINE Pair<V> minus_i(Pair<V> a) {  // -i a
  return {a.im, -a.re};
}

// The tail of a radix-4 step whose second and fourth input share a real factor c: outputs of
// (a, c b, a', c b') with s = a + a', d = a - a', p = b + b', q = b - b'.
template <class V, class T, class Emit>
FLIPSHIFT_INLINE void radix4_tail(Pair<V> s, Pair<V> d, Pair<V> p, Pair<V> q, T c, Emit&& emit) {
  emit(0, s.re + c * p.re, s.im + c * p.im);
  emit(2, s.re - c * p.re, s.im - c * p.im);
  emit(1, d.re + c * q.im, d.im - c * q.re);
  emit(3, d.re - c * q.im, d.im + c * q.re);
}
template <class V, class Emit>
FLIPSHIFT_INLINE void radix4(Pair<V> a, Pair<V> b, Pair<V> c, Pair<V> d, Emit&& emit) {
  const Pair<V> s = a + c, t = b + d, u = a - c, v = b - d;
  emit(0, s.re + t.re, s.im + t.im);
  emit(2, s.re - t.re, s.im - t.im);
  emit(1, u.re + v.im, u.im - v.re);
  emit(3, u.re - v.im, u.im + v.re);
}

// cos and sin of 2 pi k / R for the odd radices, k = 1 .. (R - 1) / 2.
template <int R>
struct Roots;
template <>
struct Roots<3> {
  static constexpr double cos[] = {1, -0.5};
  static constexpr double sin[] = {0, 0.86602540378443864676};
};
template <>
struct Roots<5> {
  static constexpr double cos[] = {1, 0.30901699437494742410, -0.80901699437494742410};
  static constexpr double sin[] = {0, 0.95105651629515357212, 0.58778525229247312917};
};
template <>
struct Roots<7> {
  static constexpr double cos[] = {1, 0.62348980185873353053, -0.22252093395631440429,
                                   -0.90096886790241912624};
  static constexpr double sin[] = {0, 0.78183148246802980871, 0.97492791218182360702,
                                   0.43388373911755812048};
};
template <>
struct Roots<11> {
  static constexpr double cos[] = {1,
                                   0.84125353283118116886,
                                   0.41541501300188642553,
                                   -0.14231483827328514044,
                                   -0.65486073394528506406,
                                   -0.95949297361449738989};
  static constexpr double sin[] = {0,
                                   0.54064081745559758211,
                                   0.90963199535451837141,
                                   0.98982144188093273238,
                                   0.75574957435425828377,
                                   0.28173255684142969771};
};
template <>
struct Roots<13> {
  static constexpr double cos[] = {1,
                                   0.88545602565320989590,
                                   0.56806474673115580251,
                                   0.12053668025532305335,
                                   -0.35460488704253562597,
                                   -0.74851074817110109863,
                                   -0.97094181742605202716};
  static constexpr double sin[] = {0,
                                   0.46472317204376854566,
                                   0.82298386589365639458,
                                   0.99270887409805399280,
                                   0.93501624268541482344,
                                   0.66312265824079520238,
                                   0.23931566428755776715};
};

// cos and sin of 2 pi j k / R at [k - 1][j - 1], for a loop over the outputs k.
template <class T, int R>
struct RootsOfOutputs {
  static constexpr int h = (R - 1) / 2;
  T cos[h][h], sin[h][h];
  constexpr RootsOfOutputs() : cos{}, sin{} {
    for (int k = 1; k <= h; ++k) {
      for (int j = 1; j <= h; ++j) {
        const int r = j * k % R;
        cos[k - 1][j - 1] = static_cast<T>(Roots<R>::cos[r <= h ? r : R - r]);
        sin[k - 1][j - 1] = static_cast<T>(r <= h ? Roots<R>::sin[r] : -Roots<R>::sin[R - r]);
      }
    }
  }
};
template <class T, int R>
constexpr RootsOfOutputs<T, R> roots_of_outputs;

// Odd R from the definition, with the symmetry of the roots: a_j = x_j + x_(R-j) meets only
// cosines, b_j = x_j - x_(R-j) only sines.
template <class T, class V, int R, class Load, class Emit>
FLIPSHIFT_INLINE void odd_butterfly(Load&& load, Emit&& emit) {
  constexpr int h = (R - 1) / 2;
  const Pair<V> x0 = load(0);
  Pair<V> a[h + 1], b[h + 1];
  Pair<V> sum = x0;
  unroll<h>([&](auto i) __attribute__((always_inline)) {
    constexpr int j = i + 1;
    const Pair<V> p = load(j), q = load(R - j);
    a[j] = p + q;
    b[j] = p - q;
    sum = sum + a[j];
  });
  emit(0, sum.re, sum.im);
  const auto outputs = [&](int k) __attribute__((always_inline)) {
    const auto& cosines = roots_of_outputs<T, R>.cos[k - 1];
    const auto& sines = roots_of_outputs<T, R>.sin[k - 1];
    Pair<V> c = x0, s{};
    unroll<h>([&](auto l) __attribute__((always_inline)) {
      constexpr int j = l + 1;
      const T cosine = cosines[l], sine = sines[l];
      c = {c.re + cosine * a[j].re, c.im + cosine * a[j].im};
      if constexpr (j == 1) {
        s = {sine * b[j].re, sine * b[j].im};
      } else {
        s = {s.re + sine * b[j].re, s.im + sine * b[j].im};
      }
    });
    emit(k, c.re + s.im, c.im - s.re);
    emit(R - k, c.re - s.im, c.im + s.re);
  };
  if constexpr (R > 10) {  // a loop takes no longer and a fifth of the code
#pragma GCC unroll 1
    for (int k = 1; k <= h; ++k) outputs(k);
  } else {
    unroll<h>([&](auto i) __attribute__((always_inline)) { outputs(i + 1); });
  }
}

template <class T, class V, class Load, class Emit>
FLIPSHIFT_INLINE void butterfly8(Load&& load, Emit&& emit) {
  constexpr T c = static_cast<T>(0.70710678118654752440);  // cos(pi/4)
  Pair<V> a[4], b[4];
  unroll<4>([&](auto j) __attribute__((always_inline)) {
    const Pair<V> p = load(j), q = load(j + 4);
    a[j] = p + q;
    b[j] = p - q;
  });
  radix4(a[0], a[1], a[2], a[3],
         [&](int k, V re, V im) __attribute__((always_inline)) { emit(2 * k, re, im); });
  const Pair<V> b2 = minus_i(b[2]);
  const Pair<V> b1 = {b[1].re + b[1].im, b[1].im - b[1].re};     // sqrt(2) w8 b1
  const Pair<V> b3 = {b[3].im - b[3].re, -(b[3].re + b[3].im)};  // sqrt(2) w8^3 b3
  radix4_tail(b[0] + b2, b[0] - b2, b1 + b3, b1 - b3, c,
              [&](int k, V re, V im) __attribute__((always_inline)) { emit(2 * k + 1, re, im); });
}

// 4 x 4. With t = tan(pi/8) the factors of columns 1 and 3 are cos(pi/8) times (1, -t) and (t, -1)
// up to signs, so that the cosine is left to the last FMA.
template <class T, class V, class Load, class Emit>
FLIPSHIFT_INLINE void butterfly16(Load&& load, Emit&& emit) {
  constexpr T c8 = static_cast<T>(0.70710678118654752440);   // cos(pi/4)
  constexpr T c16 = static_cast<T>(0.92387953251128675613);  // cos(pi/8)
  constexpr T t = static_cast<T>(0.41421356237309504880);    // tan(pi/8)
  Pair<V> x[4][4];                                           // [output of the first step][column]
  unroll<4>([&](auto j) __attribute__((always_inline)) {
    radix4<V>(load(j), load(j + 4), load(j + 8), load(j + 12),
              [&](int k, V re, V im) __attribute__((always_inline)) { x[k][j] = {re, im}; });
  });
  radix4(x[0][0], x[0][1], x[0][2], x[0][3],
         [&](int k, V re, V im) __attribute__((always_inline)) { emit(4 * k, re, im); });
  {
    auto& [x0, x1, x2, x3] = x[1];
    const Pair<V> u1 = {x1.re + t * x1.im, x1.im - t * x1.re};
    const Pair<V> u3 = {x3.im + t * x3.re, t * x3.im - x3.re};
    const Pair<V> v = {x2.re + x2.im, x2.im - x2.re};
    radix4_tail<V>({x0.re + c8 * v.re, x0.im + c8 * v.im}, {x0.re - c8 * v.re, x0.im - c8 * v.im},
                   u1 + u3, u1 - u3, c16, [&](int k, V re, V im) __attribute__((always_inline)) {
                     emit(4 * k + 1, re, im);
                   });
  }
  {
    auto& [x0, x1, x2, x3] = x[2];
    const Pair<V> x2r = minus_i(x2);
    const Pair<V> u1 = {x1.re + x1.im, x1.im - x1.re};
    const Pair<V> u3 = {x3.im - x3.re, -(x3.re + x3.im)};
    radix4_tail<V>(x0 + x2r, x0 - x2r, u1 + u3, u1 - u3, c8,
                   [&](int k, V re, V im)
                       __attribute__((always_inline)) { emit(4 * k + 2, re, im); });
  }
  {
    auto& [x0, x1, x2, x3] = x[3];
    const Pair<V> u1 = {x1.im + t * x1.re, t * x1.im - x1.re};
    const Pair<V> u3 = {x3.re + t * x3.im, x3.im - t * x3.re};  // times -1
    const Pair<V> v = {x2.im - x2.re, x2.re + x2.im};           // imaginary part times -1
    radix4_tail<V>({x0.re + c8 * v.re, x0.im - c8 * v.im}, {x0.re - c8 * v.re, x0.im + c8 * v.im},
                   u1 - u3, u1 + u3, c16, [&](int k, V re, V im) __attribute__((always_inline)) {
                     emit(4 * k + 3, re, im);
                   });
  }
}

template <class T, class V, int R, class Load, class Emit>
FLIPSHIFT_INLINE void butterfly(Load&& load, Emit&& emit) {
  if constexpr (R == 2) {
    const Pair<V> a = load(0), b = load(1);
    emit(0, a.re + b.re, a.im + b.im);
    emit(1, a.re - b.re, a.im - b.im);
  } else if constexpr (R == 4) {
    radix4<V>(load(0), load(1), load(2), load(3), emit);
  } else if constexpr (R == 8) {
    butterfly8<T, V>(load, emit);
  } else if constexpr (R == 16) {
    butterfly16<T, V>(load, emit);
  } else {
    odd_butterfly<T, V, R>(load, emit);
  }
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
