// Between a real transform of n = 2 h points and the complex one of h points.
//
// With Z the transform of z[j] = x[2j] + i x[2j+1] and w = exp(-2 pi i / n), the half spectrum is
//   X[k] = (S + T) / 2,  X[h-k] = conj(S - T) / 2,
//   S = Z[k] + conj Z[h-k],  D = Z[k] - conj Z[h-k],  T = -i w^k D
// and backwards Z follows from X in the same way with T = i conj(w^k) D and no halves
// (Sorensen, Jones, Heideman, Burrus, IEEE Trans. ASSP 35, 1987). The same as X[k] = Z[k] - D u
// with u = (1 + i w^k) / 2 takes fewer operations, but errs a fifth more.
#include "kernels/fft.hpp"
#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Elements k and h - k of W pairs at once. in_im and out_im are the factors of imaginary parts read
// and written, scale that of real parts written.
template <class T, int W, bool forward>
FLIPSHIFT_INLINE void pair(const T* x, T* z, std::size_t k, std::size_t mate, const T* tw, T in_im,
                           T scale, T out_im) {
  using V = Vec<T, W>;
  const V sign = broadcast<T, W>(in_im);
  const Complex<T, W> a = load_split<T, W>(x + 2 * k);
  const Complex<T, W> b = reverse<T, W>(load_split<T, W>(x + 2 * mate));
  const Complex<T, W> w = load_split<T, W>(tw + 2 * k);
  const V sr = a.re + b.re, si = (a.im - b.im) * sign;
  const V dr = a.re - b.re, di = (a.im + b.im) * sign;
  V tr, ti;
  if constexpr (forward) {
    tr = w.re * di + w.im * dr;
    ti = w.im * di - w.re * dr;
  } else {
    tr = w.im * dr - w.re * di;
    ti = w.re * dr + w.im * di;
  }
  const V re = broadcast<T, W>(scale), im = broadcast<T, W>(out_im);
  store_interleaved<T, W>(z + 2 * k, (sr + tr) * re, (si + ti) * im);
  const Complex<T, W> c = reverse<T, W>(Complex<T, W>{(sr - tr) * re, (ti - si) * im});
  store_interleaved<T, W>(z + 2 * mate, c.re, c.im);
}

template <class T, int W, bool forward>
FLIPSHIFT_INLINE void pairs(const T* x, T* z, std::size_t h, const T* tw, std::size_t begin,
                            std::size_t end, T in_im, T scale, T out_im) {
  // Number h / 2 is its own mate, and may be in both vectors: they hold the same result then.
  std::size_t k = begin;
  for (; k + W <= end && 2 * k + 2 * W - 1 <= h + 1; k += W)
    pair<T, W, forward>(x, z, k, h - k - W + 1, tw, in_im, scale, out_im);
  if constexpr (W > 1) {
    pairs<T, (W > per_lane<T> ? W / 2 : 1), forward>(x, z, h, tw, k, end, in_im, scale, out_im);
  }
}

template <class T>
void untangle(T* z, std::size_t h, const T* tw, std::size_t begin, std::size_t end, T scale,
              T conj) {
  pairs<T, max_width<T>, true>(z, z, h, tw, begin, end, T(1), scale / 2, conj * scale / 2);
}

template <class T>
void tangle(const T* x, T* z, std::size_t h, const T* tw, std::size_t begin, std::size_t end,
            T scale, T conj) {
  pairs<T, max_width<T>, false>(x, z, h, tw, begin, end, conj, scale, scale);
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
