// The first sweep of a long transform; what each kernel does is said in kernels/fft_sweep.hpp.
#include "kernels/fft_sweep.hpp"

#include "kernels/fft_butterflies.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int W, int RA, bool conjugate>
FLIPSHIFT_INLINE void spread_rows(const T* x, std::ptrdiff_t stride, T* rows, std::size_t rb,
                                  const T* tw) {
  using V = Vec<T, W>;
  const std::ptrdiff_t step = 2 * stride * static_cast<std::ptrdiff_t>(rb);
  for (std::size_t b = 0; b < rb; ++b, x += 2 * stride, rows += 2 * W, tw += 2 * (RA - 1)) {
    V re[RA], im[RA];
    butterfly<T, V, RA>(
        [&](int k) __attribute__((always_inline)) {
          const Complex<T, W> c = load_split<T, W>(x + k * step);
          Pair<V> v = {c.re, conjugate ? -c.im : c.im};
          keep(v.re);
          keep(v.im);
          return v;
        },
        [&](int k, V a, V c) __attribute__((always_inline)) {
          if (k == 0) {
            re[k] = a;
            im[k] = c;
          } else {
            const Pair<V> v =
                times<V>(a, c, broadcast<T, W>(tw[2 * k - 2]), broadcast<T, W>(tw[2 * k - 1]));
            re[k] = v.re;
            im[k] = v.im;
          }
        });
    unroll<RA / W>([&](auto t) __attribute__((always_inline)) {
      V a[W], c[W];
      unroll<W>([&](auto i) __attribute__((always_inline)) {
        a[i] = re[t * W + split_order<T, W>(i)];
        c[i] = im[t * W + split_order<T, W>(i)];
      });
      transpose<T, W>(a);
      transpose<T, W>(c);
      unroll<W>([&](auto i) __attribute__((always_inline)) {
        store_row<T, W>(rows + 2 * W * rb * (split_order<T, W>(i) + W * t), a[i], c[i]);
      });
    });
  }
}

template <class T, int W, int RA>
void spread(const T* x, std::ptrdiff_t stride, T* rows, std::size_t rb, const T* tw, T conj) {
  if (conj < 0) {
    spread_rows<T, W, RA, true>(x, stride, rows, rb, tw);
  } else {
    spread_rows<T, W, RA, false>(x, stride, rows, rb, tw);
  }
}

// a (1 + d) for small d, whose errors are small too. Single precision rounds the sum and nothing
// else of its size, which takes 2% more of the time of both sweeps; its peers err less than those
// in double, which rounds twice.
template <class T, int W>
FLIPSHIFT_INLINE Pair<Vec<T, W>> times_near_one(Pair<Vec<T, W>> a, const Complex<T, W>& d) {
  using V = Vec<T, W>;
  if constexpr (sizeof(T) == 4) return a + times<V>(a.re, a.im, d.re, d.im);
  const V re = a.re - a.im * d.im, im = a.im + a.re * d.im;
  return {re + a.re * d.re, im + a.im * d.re};
}

template <class T, int W, int RB>
void gather(const T* rows, std::size_t tiles, const T* lane_tw, const T* step_tw, T* out,
            std::size_t group_stride) {
  using V = Vec<T, W>;
  const std::size_t step = 2 * W * group_stride * tiles;
  for (std::size_t t = 0; t < tiles; ++t, out += 2 * W * group_stride) {
    const T* s = step_tw;
    T* to = out;
    for (int l = 0; l < W; ++l, rows += 2 * W * RB, lane_tw += 2 * W, s += 2 * RB, to += 2 * W) {
      const Complex<T, W> w = load_row<T, W>(lane_tw);
      butterfly<T, V, RB>(
          [&](int k) __attribute__((always_inline)) {
            Complex<T, W> c = load_row<T, W>(rows + 2 * W * k);
            keep(c.re);
            keep(c.im);
            return times_near_one<T, W>({c.re, c.im}, w);
          },
          [&](int k, V re, V im) __attribute__((always_inline)) {
            T* row = to + static_cast<std::size_t>(k) * step;
            if (k == 0) return store_row<T, W>(row, re, im);
            const Pair<V> v =
                times<V>(re, im, broadcast<T, W>(s[2 * k]), broadcast<T, W>(s[2 * k + 1]));
            store_row<T, W>(row, v.re, v.im);
          });
    }
  }
}

template <class T>
void fill_table(FftSweepTable<T>& s) {
  constexpr int W = max_width<T>;
  s.width = W;
  for (int i = 0; i < W; ++i) s.column[i] = static_cast<std::uint8_t>(split_order<T, W>(i));
  if constexpr (W <= 4) s.spread[4] = spread<T, W, 4>;
  if constexpr (W <= 8) s.spread[8] = spread<T, W, 8>;
  s.spread[16] = spread<T, W, 16>;
  s.gather[2] = gather<T, W, 2>;
  s.gather[3] = gather<T, W, 3>;
  s.gather[4] = gather<T, W, 4>;
  s.gather[5] = gather<T, W, 5>;
  s.gather[7] = gather<T, W, 7>;
  s.gather[8] = gather<T, W, 8>;
  s.gather[11] = gather<T, W, 11>;
  s.gather[13] = gather<T, W, 13>;
  s.gather[16] = gather<T, W, 16>;
}

}  // namespace

void fill(FftSweepTable<float>& t) { fill_table(t); }
void fill(FftSweepTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
