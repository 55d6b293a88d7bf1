// Short real transforms; the formulas are in kernels/fft_untangle.hpp.
#include "kernels/fft_real_short.hpp"

#include "kernels/fft_butterflies.hpp"
#include "kernels/fft_untangle.hpp"

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
void r2c(const T* in, T* y, const T* tw, T conj, T scale) {
  Pair<T> z[H];
  unroll<H>([&](auto j) __attribute__((always_inline)) { z[j] = {in[2 * j], in[2 * j + 1]}; });
  transform<T, H>(z);
  y[0] = (z[0].re + z[0].im) * scale;
  y[1] = 0;
  y[2 * H] = (z[0].re - z[0].im) * scale;
  y[2 * H + 1] = 0;
  const T im = conj * scale;
  unroll<H / 2>([&](auto i) __attribute__((always_inline)) {
    constexpr int k = i + 1;
    const Pair<T> a = z[k], b = z[H - k];
    const Ends<T> x = ends<T>(a.re, a.im, b.re, b.im, tw[2 * k], tw[2 * k + 1], scale, im);
    y[2 * k] = x.low_re;
    y[2 * k + 1] = x.low_im;
    y[2 * (H - k)] = x.high_re;
    y[2 * (H - k) + 1] = x.high_im;
  });
}

// Real and imaginary parts are exchanged on both ways of the transform, which makes it the inverse.
template <class T, int H>
void c2r(const T* x, T* y, const T* tw, T conj, T scale) {
  Pair<T> z[H];
  z[0] = {(x[0] - x[2 * H]) * scale, (x[0] + x[2 * H]) * scale};
  const T re = 2 * scale, im = conj * re;
  unroll<H / 2>([&](auto i) __attribute__((always_inline)) {
    constexpr int k = i + 1;
    const T *a = x + 2 * k, *b = x + 2 * (H - k);
    const Ends<T> e = ends<T>(a[0], a[1], b[0], b[1], tw[2 * k], -conj * tw[2 * k + 1], re, im);
    z[k] = {e.low_im, e.low_re};
    z[H - k] = {e.high_im, e.high_re};
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
