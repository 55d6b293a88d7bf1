// Short real transforms; the formulas are those of fft_real.cpp.
#include "kernels/fft_real_short.hpp"

#include "kernels/fft_butterflies.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int H>
FLIPSHIFT_INLINE void transform(Pair<T> (&z)[H]) {
  if constexpr (H > 1) {
    Pair<T> in[H];
    unroll<H>([&](auto j) __attribute__((always_inline)) { in[j] = z[j]; });
    butterfly<T, T, H>([&](int j) __attribute__((always_inline)) { return in[j]; },
                       [&](int k, T re, T im) __attribute__((always_inline)) { z[k] = {re, im}; });
  }
}

template <class T, int H>
void r2c(const T* x, T* y, const T* tw, T conj, T scale) {
  Pair<T> z[H];
  unroll<H>([&](auto j) __attribute__((always_inline)) { z[j] = {x[2 * j], x[2 * j + 1]}; });
  transform<T, H>(z);
  y[0] = (z[0].re + z[0].im) * scale;
  y[1] = 0;
  y[2 * H] = (z[0].re - z[0].im) * scale;
  y[2 * H + 1] = 0;
  const T re = scale / 2, im = conj * re;
  unroll<H / 2>([&](auto i) __attribute__((always_inline)) {
    constexpr int k = i + 1;
    const Pair<T> a = z[k], b = z[H - k];
    const T c = tw[2 * k], s = tw[2 * k + 1];
    const T sr = a.re + b.re, si = a.im - b.im, dr = a.re - b.re, di = a.im + b.im;
    const T tr = c * di + s * dr, ti = s * di - c * dr;
    y[2 * k] = (sr + tr) * re;
    y[2 * k + 1] = (si + ti) * im;
    y[2 * (H - k)] = (sr - tr) * re;
    y[2 * (H - k) + 1] = (ti - si) * im;
  });
}

// Real and imaginary parts are exchanged on both ways of the transform, which makes it the inverse.
template <class T, int H>
void c2r(const T* x, T* y, const T* tw, T conj, T scale) {
  Pair<T> z[H];
  z[0] = {(x[0] - x[2 * H]) * scale, (x[0] + x[2 * H]) * scale};
  const T im = conj * scale;
  unroll<H / 2>([&](auto i) __attribute__((always_inline)) {
    constexpr int k = i + 1;
    const Pair<T> a = {x[2 * k] * scale, x[2 * k + 1] * im},
                  b = {x[2 * (H - k)] * scale, x[2 * (H - k) + 1] * im};
    const T c = tw[2 * k], s = tw[2 * k + 1];
    const T sr = a.re + b.re, si = a.im - b.im, dr = a.re - b.re, di = a.im + b.im;
    const T tr = s * dr - c * di, ti = c * dr + s * di;
    z[k] = {si + ti, sr + tr};
    z[H - k] = {ti - si, sr - tr};
  });
  transform<T, H>(z);
  unroll<H>([&](auto j) __attribute__((always_inline)) {
    y[2 * j] = z[j].im;
    y[2 * j + 1] = z[j].re;
  });
}

template <class T, int H>
void set(FftRealShortTable<T>& t) {
  t.r2c[2 * H] = r2c<T, H>;
  t.c2r[2 * H] = c2r<T, H>;
}

template <class T>
void fill_table(FftRealShortTable<T>& t) {
  set<T, 1>(t);
  set<T, 2>(t);
  set<T, 4>(t);
  set<T, 8>(t);
}

}  // namespace

void fill(FftRealShortTable<float>& t) { fill_table(t); }
void fill(FftRealShortTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
