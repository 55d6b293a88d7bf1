// Steps around the complex transform; the formulas are in kernels/fft_untangle.hpp.
#include "kernels/fft.hpp"
#include "kernels/fft_untangle.hpp"
#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Elements k and h - k of W pairs at once; scales and sign as for ends().
template <class T, int W>
FLIPSHIFT_INLINE void pair(const T* x, T* z, std::size_t k, std::size_t mate, const T* tw, T sign,
                           T re_scale, T im_scale) {
  using V = Vec<T, W>;
  const Complex<T, W> a = load_split<T, W>(x + 2 * k);
  const Complex<T, W> b = reverse<T, W>(load_split<T, W>(x + 2 * mate));
  const Complex<T, W> v = load_split<T, W>(tw + 2 * k);
  const Ends<V> y = ends<V>(a.re, a.im, b.re, b.im, v.re, v.im * broadcast<T, W>(sign),
                            broadcast<T, W>(re_scale), broadcast<T, W>(im_scale));
  store_interleaved<T, W>(z + 2 * k, y.low_re, y.low_im);
  const Complex<T, W> c = reverse<T, W>(Complex<T, W>{y.high_re, y.high_im});
  store_interleaved<T, W>(z + 2 * mate, c.re, c.im);
}

template <class T, int W>
FLIPSHIFT_INLINE void pairs(const T* x, T* z, std::size_t h, const T* tw, std::size_t begin,
                            std::size_t end, T sign, T re_scale, T im_scale) {
  // Number h / 2 is its own mate, and may be in both vectors: they hold the same result then.
  std::size_t k = begin;
  for (; k + W <= end && 2 * k + 2 * W - 1 <= h + 1; k += W)
    pair<T, W>(x, z, k, h - k - W + 1, tw, sign, re_scale, im_scale);
  if constexpr (W > 1) {
    pairs<T, (W > per_lane<T> ? W / 2 : 1)>(x, z, h, tw, k, end, sign, re_scale, im_scale);
  }
}

template <class T>
void untangle(T* z, std::size_t h, const T* tw, std::size_t begin, std::size_t end, T scale,
              T conj) {
  pairs<T, max_width<T>>(z, z, h, tw, begin, end, T(1), scale, conj * scale);
}

template <class T>
void tangle(const T* x, T* z, std::size_t h, const T* tw, std::size_t begin, std::size_t end,
            T scale, T conj) {
  pairs<T, max_width<T>>(x, z, h, tw, begin, end, -conj, 2 * scale, conj * 2 * scale);
}

template <class T, int W>
FLIPSHIFT_INLINE void multiply_at(const T* a, const T* b, T* out, T conj_b) {
  const Complex<T, W> p = load_split<T, W>(a), q = load_split<T, W>(b);
  const Vec<T, W> qi = q.im * broadcast<T, W>(conj_b);
  store_interleaved<T, W>(out, p.re * q.re - p.im * qi, p.im * q.re + p.re * qi);
}

template <class T>
void multiply(const T* a, const T* b, T* out, std::size_t n, T conj_b) {
  constexpr int W = max_width<T>;
  std::size_t i = 0;
  for (; i + W <= n; i += W) multiply_at<T, W>(a + 2 * i, b + 2 * i, out + 2 * i, conj_b);
  for (; i < n; ++i) multiply_at<T, 1>(a + 2 * i, b + 2 * i, out + 2 * i, conj_b);
}

template <class T>
void fill_table(FftRealTable<T>& t) {
  t.untangle = untangle<T>;
  t.tangle = tangle<T>;
  t.multiply = multiply<T>;
}

}  // namespace

void fill(FftRealTable<float>& t) { fill_table(t); }
void fill(FftRealTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
