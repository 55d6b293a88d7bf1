// What each function does is said in kernels/fft_neighbours_real.hpp; the formulas of powers of two
// are in kernels/fft_real_butterflies.hpp, those of other even lengths in kernels/fft_untangle.hpp.
#include "kernels/fft_neighbours_real.hpp"

#include "kernels/fft_composite.hpp"
#include "kernels/fft_real_butterflies.hpp"
#include "kernels/fft_untangle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int h, class V, class Load, class Emit>
FLIPSHIFT_INLINE void transform(Load&& load, Emit&& emit) {
  if constexpr (h == 1) {
    const Pair<V> z = load(0);
    emit(0, z.re, z.im);
  } else {
    any_butterfly<T, V, h>(load, emit);
  }
}

// Those of kernels/fft_real_butterflies.hpp: contiguous lines take them too, so that results do not
// depend on the layout.
template <int n>
constexpr bool in_real_steps = n <= 16 && (n & (n - 1)) == 0;  // 32: up to 1.3 times slower

template <class T, int W, int n>
void to_half(const T* x, std::ptrdiff_t x_stride, T* y, std::ptrdiff_t y_stride, std::size_t groups,
             const T* tw, T re_scale, T im_scale) {
  using V = Vec<T, W>;
  const V rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  for (std::size_t g = 0; g < groups; ++g, x += W, y += 2 * W) {
    if constexpr (in_real_steps<n>) {
      V v[n];
      unroll<n>([&](auto j) __attribute__((always_inline)) {
        v[j] = load_adjacent<T, W>(x + x_stride * j);
      });
      real_butterfly<T, V, n>(v, [&](int k, V re, V im) __attribute__((always_inline)) {
        store_interleaved<T, W>(y + 2 * y_stride * k, re * rs,
                                k == 0 || 2 * k == n ? V{} : im * is);
      });
    } else if constexpr (n % 2) {
      any_butterfly<T, V, n>(
          [&](int j) __attribute__((always_inline)) {
            return Pair<V>{load_adjacent<T, W>(x + x_stride * j), V{}};
          },
          [&](int k, V re, V im) __attribute__((always_inline)) {
            if (k == 0) im = V{};
            if (2 * k < n) store_interleaved<T, W>(y + 2 * y_stride * k, re * rs, im * is);
          });
    } else {
      constexpr int h = n / 2;
      Pair<V> z[h];
      transform<T, h, V>(
          [&](int j) __attribute__((always_inline)) {
            return Pair<V>{load_adjacent<T, W>(x + x_stride * (2 * j)),
                           load_adjacent<T, W>(x + x_stride * (2 * j + 1))};
          },
          [&](int k, V re, V im) __attribute__((always_inline)) { z[k] = {re, im}; });
      store_interleaved<T, W>(y, (z[0].re + z[0].im) * rs, V{});
      store_interleaved<T, W>(y + 2 * y_stride * h, (z[0].re - z[0].im) * rs, V{});
      unroll<h / 2>([&](auto i) __attribute__((always_inline)) {
        constexpr int k = i + 1;
        const Pair<V> a = z[k], b = z[h - k];
        const Ends<V> e = ends<V>(a.re, a.im, b.re, b.im, broadcast<T, W>(tw[2 * k]),
                                  broadcast<T, W>(tw[2 * k + 1]), rs, is);
        store_interleaved<T, W>(y + 2 * y_stride * k, e.low_re, e.low_im);
        if constexpr (2 * k < h)
          store_interleaved<T, W>(y + 2 * y_stride * (h - k), e.high_re, e.high_im);
      });
    }
  }
}

// Odd n: the forward transform of the conjugate, whose imaginary parts vanish. Even n that is no
// power of two: the transform of the conjugate gives the conjugate of what is wanted.
template <class T, int W, int n>
void to_real(const T* x, std::ptrdiff_t x_stride, T* y, std::ptrdiff_t y_stride, std::size_t groups,
             const T* tw, T conj, T scale) {
  using V = Vec<T, W>;
  const V f = broadcast<T, W>(scale), half = broadcast<T, W>(T(0.5));
  const V sign = broadcast<T, W>(-conj);
  const V rs = broadcast<T, W>(2 * scale), is = broadcast<T, W>(-conj * 2 * scale);
  const auto number = [&](int k) __attribute__((always_inline)) {
    return load_split<T, W>(x + 2 * x_stride * k);
  };
  for (std::size_t g = 0; g < groups; ++g, x += 2 * W, y += W) {
    if constexpr (in_real_steps<n>) {
      V v[n];
      real_butterfly_back<T, V, n>(
          [&](int k) __attribute__((always_inline)) {
            const Complex<T, W> z = number(k);
            if (k == 0 || 2 * k == n) return Pair<V>{z.re * half, V{}};
            return Pair<V>{z.re, z.im * -sign};
          },
          v);
      unroll<n>([&](auto j) __attribute__((always_inline)) {
        store_adjacent<T, W>(y + y_stride * j, v[j] * rs);
      });
    } else if constexpr (n % 2) {
      Pair<V> z[n];
      z[0] = {number(0).re, V{}};
      unroll<n / 2>([&](auto i) __attribute__((always_inline)) {
        const Complex<T, W> v = number(i + 1);
        z[i + 1] = {v.re, v.im * sign};
        z[n - 1 - i] = {v.re, -v.im * sign};
      });
      any_butterfly<T, V, n>([&](int j) __attribute__((always_inline)) { return z[j]; },
                             [&](int k, V re, V) __attribute__((always_inline)) {
                               store_adjacent<T, W>(y + y_stride * k, re * f);
                             });
    } else {
      constexpr int h = n / 2;
      Pair<V> z[h];
      const V first = number(0).re, last = number(h).re;
      z[0] = {(first + last) * f, (last - first) * f};
      unroll<h / 2>([&](auto i) __attribute__((always_inline)) {
        constexpr int k = i + 1;
        const Complex<T, W> a = number(k), b = number(h - k);
        const Ends<V> e = ends<V>(a.re, a.im, b.re, b.im, broadcast<T, W>(tw[2 * k]),
                                  broadcast<T, W>(tw[2 * k + 1]) * sign, rs, is);
        z[k] = {e.low_re, e.low_im};
        if constexpr (2 * k < h) z[h - k] = {e.high_re, e.high_im};
      });
      transform<T, h, V>([&](int j) __attribute__((always_inline)) { return z[j]; },
                         [&](int k, V re, V im) __attribute__((always_inline)) {
                           store_adjacent<T, W>(y + y_stride * (2 * k), re);
                           store_adjacent<T, W>(y + y_stride * (2 * k + 1), -im);
                         });
    }
  }
}

template <class T, int... n>
void fill_lengths(FftRealNeighboursTable<T>& t) {
  ((t.to_half[n] = to_half<T, max_width<T>, n>, t.to_real[n] = to_real<T, max_width<T>, n>), ...);
}

template <class T>
void fill_table(FftRealNeighboursTable<T>& t) {
  fill_lengths<T, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 24, 30, 32>(t);
}

}  // namespace

void fill(FftRealNeighboursTable<float>& t) { fill_table(t); }
void fill(FftRealNeighboursTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
