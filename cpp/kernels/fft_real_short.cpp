// Short real transforms; the formulas are in kernels/fft_real_butterflies.hpp, those of untangling
// in kernels/fft_untangle.hpp.
#include "kernels/fft_real_short.hpp"

#include "kernels/fft_real_butterflies.hpp"
#include "kernels/fft_untangle.hpp"

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

template <class To, class From, int W>
FLIPSHIFT_INLINE Vec<To, W> converted(Vec<From, W> v) {
  if constexpr (W == 1) {
    return static_cast<To>(v);
  } else {
    return __builtin_convertvector(v, Vec<To, W>);
  }
}

template <class T, int W>
FLIPSHIFT_INLINE Complex<double, W> load_wide(const T* p, bool reversed = false) {
  Complex<T, W> v = load_split<T, W>(p);
  if (reversed) v = reverse<T, W>(v);
  return {converted<double, T, W>(v.re), converted<double, T, W>(v.im)};
}

// Numbers k and h - k of those k <= h / 2 from `begin` on.
template <class T, int W>
FLIPSHIFT_INLINE void wide_pairs(const T* x, T* z, std::size_t h, const T* tw, std::size_t begin,
                                 double sign, double re_scale, double im_scale) {
  using V = Vec<double, W>;
  // Number h / 2 is its own mate, and may be in both vectors: they hold the same result then.
  std::size_t k = begin;
  for (; k + W <= h / 2 + 1 && 2 * k + 2 * W - 1 <= h + 1; k += W) {
    const std::size_t mate = h - k - W + 1;
    const Complex<double, W> a = load_wide<T, W>(x + 2 * k),
                             b = load_wide<T, W>(x + 2 * mate, true);
    const Complex<double, W> v = load_wide<T, W>(tw + 2 * k);
    const Ends<V> y = ends<V>(a.re, a.im, b.re, b.im, v.re, v.im * broadcast<double, W>(sign),
                              broadcast<double, W>(re_scale), broadcast<double, W>(im_scale));
    const auto narrow = [](V p)
                            __attribute__((always_inline)) { return converted<T, double, W>(p); };
    store_interleaved<T, W>(z + 2 * k, narrow(y.low_re), narrow(y.low_im));
    const Complex<T, W> c = reverse<T, W>(Complex<T, W>{narrow(y.high_re), narrow(y.high_im)});
    store_interleaved<T, W>(z + 2 * mate, c.re, c.im);
  }
  if constexpr (W > 1) {
    wide_pairs<T, (W > per_lane<T> ? W / 2 : 1)>(x, z, h, tw, k, sign, re_scale, im_scale);
  }
}

template <class T>
void untangle(T* z, std::size_t h, const T* tw, T scale, T conj) {
  wide_pairs<T, max_width<double>>(z, z, h, tw, 1, 1, scale, conj * scale);
}

template <class T>
void tangle(const T* x, T* z, std::size_t h, const T* tw, T scale, T conj) {
  wide_pairs<T, max_width<double>>(x, z, h, tw, 1, -conj, 2 * scale, conj * 2 * scale);
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
  t.untangle = nullptr;
  t.tangle = nullptr;
  if constexpr (sizeof(T) == 4 && max_width<double> >= per_lane<T>) {
    t.untangle = untangle<T>;
    t.tangle = tangle<T>;
  }
}

}  // namespace

void fill(FftRealShortTable<float>& t) { fill_table(t); }
void fill(FftRealShortTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
