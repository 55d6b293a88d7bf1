// What each function does is said in kernels/fft_lanes_real.hpp; the formulas are in
// kernels/fft_untangle.hpp.
#include "kernels/fft_lanes_real.hpp"

#include "kernels/fft_untangle.hpp"
#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int W>
void load_tile(const T* x, std::ptrdiff_t stride, std::size_t h, std::size_t groups,
               std::size_t pitch, T* rows) {
  for (std::size_t j = 0; j < h; ++j, x += 2 * stride, rows += 2 * W)
    for (std::size_t g = 0; g < groups; ++g)
      store_row<T, W>(rows + 2 * W * pitch * g, load_adjacent<T, W>(x + W * g),
                      load_adjacent<T, W>(x + W * g + stride));
}

template <class T, int W>
void store_tile(const T* rows, const std::uint32_t* order, std::size_t h, std::size_t groups,
                std::size_t pitch, T* y, std::ptrdiff_t stride, T re_scale, T im_scale) {
  const Vec<T, W> rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  for (std::size_t k = 0; k < h; ++k, y += 2 * stride) {
    const T* const row = rows + 2 * W * order[k];
    for (std::size_t g = 0; g < groups; ++g) {
      const Complex<T, W> v = load_row<T, W>(row + 2 * W * pitch * g);
      store_adjacent<T, W>(y + W * g, v.re * rs);
      store_adjacent<T, W>(y + W * g + stride, v.im * is);
    }
  }
}

template <class T, int W>
FLIPSHIFT_INLINE Ends<Vec<T, W>> ends_of(Complex<T, W> a, Complex<T, W> b, const T* tw,
                                         Vec<T, W> sign, Vec<T, W> rs, Vec<T, W> is) {
  return ends<Vec<T, W>>(a.re, a.im, b.re, b.im, broadcast<T, W>(tw[0]),
                         broadcast<T, W>(tw[1]) * sign, rs, is);
}
template <class T, int W>
FLIPSHIFT_INLINE Ends<Vec<T, W>> untangled_first(Complex<T, W> a, Vec<T, W> rs) {
  const Vec<T, W> zero{};
  return {(a.re + a.im) * rs, zero, (a.re - a.im) * rs, zero};
}

template <class T, int W>
void untangle_tile(const T* rows, const std::uint32_t* order, std::size_t h, const T* tw,
                   std::size_t groups, std::size_t pitch, T* y, std::ptrdiff_t stride, T re_scale,
                   T im_scale) {
  const Vec<T, W> rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  const Vec<T, W> one = broadcast<T, W>(T(1));
  T* last = y + 2 * stride * static_cast<std::ptrdiff_t>(h);
  for (std::size_t k = 0; 2 * k <= h; ++k, y += 2 * stride, last -= 2 * stride) {
    const T* const from = rows + 2 * W * order[k];
    const T* const mate = rows + 2 * W * order[k ? h - k : 0];
    for (std::size_t g = 0; g < groups; ++g) {
      const Complex<T, W> a = load_row<T, W>(from + 2 * W * pitch * g);
      const Complex<T, W> b = load_row<T, W>(mate + 2 * W * pitch * g);
      const Ends<Vec<T, W>> e =
          k ? ends_of<T, W>(a, b, tw + 2 * k, one, rs, is) : untangled_first<T, W>(a, rs);
      store_interleaved<T, W>(y + 2 * W * g, e.low_re, e.low_im);
      store_interleaved<T, W>(last + 2 * W * g, e.high_re, e.high_im);
    }
  }
}

template <class T, int W>
void tangle_tile(const T* x, std::ptrdiff_t stride, std::size_t h, const T* tw, std::size_t groups,
                 std::size_t pitch, T* rows, T conj, T scale) {
  using V = Vec<T, W>;
  const V f = broadcast<T, W>(scale);
  const V rs = broadcast<T, W>(2 * scale), is = broadcast<T, W>(-conj * 2 * scale);
  const V sign = broadcast<T, W>(-conj);
  const T* last = x + 2 * stride * static_cast<std::ptrdiff_t>(h);
  for (std::size_t g = 0; g < groups; ++g) {
    const V a = load_split<T, W>(x + 2 * W * g).re;
    const V b = load_split<T, W>(last + 2 * W * g).re;
    store_row<T, W>(rows + 2 * W * pitch * g, (a + b) * f, (b - a) * f);
  }
  for (std::size_t k = 1; 2 * k <= h; ++k) {
    x += 2 * stride;
    last -= 2 * stride;
    for (std::size_t g = 0; g < groups; ++g) {
      const Ends<V> e = ends_of<T, W>(load_split<T, W>(x + 2 * W * g),
                                      load_split<T, W>(last + 2 * W * g), tw + 2 * k, sign, rs, is);
      T* const to = rows + 2 * W * pitch * g;
      store_row<T, W>(to + 2 * W * k, e.low_re, e.low_im);
      store_row<T, W>(to + 2 * W * (h - k), e.high_re, e.high_im);
    }
  }
}

// Calls tile(k, begins) for k = 0, K, ... up to h / 2, the last one moved back.
template <int K, class Tile>
FLIPSHIFT_INLINE void tiles_of_ends(std::size_t h, Tile&& tile) {
  const std::size_t last = h / 2 + 1 - K;
  tile(0, std::true_type{});
  for (std::size_t k = K; k < last; k += K) tile(k, std::false_type{});
  if (last > 0) tile(last, std::false_type{});
}

template <class T, int W>
void untangle_lines(const T* rows, const std::uint32_t* order, std::size_t h, const T* tw,
                    T* const* lines, T re_scale, T im_scale) {
  using V = Vec<T, W>;
  constexpr int K = W / 2;
  const V rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale),
          one = broadcast<T, W>(T(1));
  tiles_of_ends<K>(h, [&](std::size_t k, auto begins) __attribute__((always_inline)) {
    V low[W], high[W];
    unroll<K>([&](auto i) __attribute__((always_inline)) {
      const Complex<T, W> a = load_row<T, W>(rows + 2 * W * order[k + i]);
      Ends<V> e;
      if constexpr (begins && i == 0) {
        e = untangled_first<T, W>(a, rs);
      } else {
        e = ends_of<T, W>(a, load_row<T, W>(rows + 2 * W * order[h - k - i]), tw + 2 * (k + i), one,
                          rs, is);
      }
      low[2 * i] = e.low_re;
      low[2 * i + 1] = e.low_im;
      high[2 * (K - 1 - i)] = e.high_re;
      high[2 * (K - 1 - i) + 1] = e.high_im;
    });
    transpose<T, W>(low);
    unroll<W>([&](auto i) __attribute__((always_inline)) {
      if (lines[i]) storeu<T, W>(lines[i] + 2 * k, low[i]);
    });
    transpose<T, W>(high);
    unroll<W>([&](auto i) __attribute__((always_inline)) {
      if (lines[i]) storeu<T, W>(lines[i] + 2 * (h - k - K + 1), high[i]);
    });
  });
}

template <class T, int W>
void tangle_lines(const T* const* lines, std::size_t h, const T* tw, T* rows, T conj, T scale) {
  using V = Vec<T, W>;
  constexpr int K = W / 2;
  const V f = broadcast<T, W>(scale);
  const V rs = broadcast<T, W>(2 * scale), is = broadcast<T, W>(-conj * 2 * scale);
  const V sign = broadcast<T, W>(-conj);
  tiles_of_ends<K>(h, [&](std::size_t k, auto begins) __attribute__((always_inline)) {
    V low[W], high[W];
    unroll<W>([&](auto i)
                  __attribute__((always_inline)) { low[i] = loadu<T, W>(lines[i] + 2 * k); });
    transpose<T, W>(low);
    unroll<W>([&](auto i) __attribute__((always_inline)) {
      high[i] = loadu<T, W>(lines[i] + 2 * (h - k - K + 1));
    });
    transpose<T, W>(high);
    unroll<K>([&](auto i) __attribute__((always_inline)) {
      const V a = low[2 * i], b = high[2 * (K - 1 - i)];
      if constexpr (begins && i == 0) {
        store_row<T, W>(rows, (a + b) * f, (b - a) * f);
      } else {
        const Ends<V> e = ends_of<T, W>({a, low[2 * i + 1]}, {b, high[2 * (K - 1 - i) + 1]},
                                        tw + 2 * (k + i), sign, rs, is);
        store_row<T, W>(rows + 2 * W * (k + i), e.low_re, e.low_im);
        store_row<T, W>(rows + 2 * W * (h - k - i), e.high_re, e.high_im);
      }
    });
  });
}

template <class T>
void fill_table(FftRealLanesTable<T>& t) {
  constexpr int W = max_width<T>;
  t.load_tile = load_tile<T, W>;
  t.store_tile = store_tile<T, W>;
  t.untangle_tile = untangle_tile<T, W>;
  t.tangle_tile = tangle_tile<T, W>;
  if constexpr (W > 1) {
    t.untangle_lines = untangle_lines<T, W>;
    t.tangle_lines = tangle_lines<T, W>;
  }
  t.least_lines = W > 2 ? W - 2 : 1;  // W / 2 numbers up to the middle
}

}  // namespace

void fill(FftRealLanesTable<float>& t) { fill_table(t); }
void fill(FftRealLanesTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
