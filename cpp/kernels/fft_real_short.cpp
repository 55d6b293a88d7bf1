// Short real transforms; the formulas are in kernels/fft_real_butterflies.hpp.
#include "kernels/fft_real_short.hpp"

#include "kernels/fft_real_butterflies.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int n>
void r2c(const T* in, T* y, T conj, T scale) {
  T x[n];
  unroll<n>([&](auto j) __attribute__((always_inline)) { x[j] = in[j]; });
  const T im_scale = conj * scale;
  real_butterfly<T, T, n>(x, [&](int k, T re, T im) __attribute__((always_inline)) {
    y[2 * k] = re * scale;
    y[2 * k + 1] = k == 0 || 2 * k == n ? T(0) : im * im_scale;
  });
}

template <class T, int n>
void c2r(const T* in, T* y, T conj, T scale) {
  Pair<T> z[n / 2 + 1];
  z[0] = {in[0] / 2, T(0)};
  z[n / 2] = {in[n] / 2, T(0)};
  unroll<n / 2 - 1>([&](auto i) __attribute__((always_inline)) {
    constexpr int k = i + 1;
    z[k] = {in[2 * k], in[2 * k + 1] * conj};
  });
  T x[n];
  real_butterfly_back<T, T, n>([&](int k) __attribute__((always_inline)) { return z[k]; }, x);
  unroll<n>([&](auto j) __attribute__((always_inline)) { y[j] = x[j] * (2 * scale); });
}

template <class T, int n>
void set(FftRealShortTable<T>& t) {
  t.r2c[n] = r2c<T, n>;
  t.c2r[n] = c2r<T, n>;
}

template <class T>
void fill_table(FftRealShortTable<T>& t) {
  set<T, 2>(t);
  set<T, 4>(t);
  set<T, 8>(t);
  set<T, 16>(t);
  set<T, 32>(t);
}

}  // namespace

void fill(FftRealShortTable<float>& t) { fill_table(t); }
void fill(FftRealShortTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
