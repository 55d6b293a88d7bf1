// What each function does is said in kernels/fft_short.hpp.
#include "kernels/fft_short.hpp"

#include "kernels/fft_composite.hpp"
#include "kernels/fft_real_butterflies.hpp"
#include "kernels/fft_untangle.hpp"
#include "kernels/natural_order.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Bytes that lines are fetched ahead of their use.
constexpr std::ptrdiff_t fetch_ahead = 4096;

// n numbers of W lines in tiles of W / 2 numbers, of which the last one may overlap the one before.
template <int W, int n>
struct Tiles {
  static constexpr int half = W / 2, count = (n + half - 1) / half;
  static constexpr int start(int p) { return p + 1 < count ? half * p : n - half; }
};

// A cache line of each line in the groups to come, where this one has begun a new one.
template <class T, int W>
FLIPSHIFT_INLINE void fetch(const T* x, const T* y, int p) {
  constexpr int in_a_cache_line = 64 / (W * static_cast<int>(sizeof(T)));
  if (p % in_a_cache_line != 0) return;
  __builtin_prefetch(reinterpret_cast<const char*>(x) + fetch_ahead);
  __builtin_prefetch(reinterpret_cast<const char*>(y) + fetch_ahead, 1);
}

// z[j] = number j of W lines.
template <class T, int W, int n>
FLIPSHIFT_INLINE void read_lines(const T* x, std::ptrdiff_t x_apart, const T* y,
                                 std::ptrdiff_t y_apart, Pair<Vec<T, W>> (&z)[n]) {
  using Parts = Tiles<W, n>;
  unroll<Parts::count>([&](auto p) __attribute__((always_inline)) {
    constexpr int start = Parts::start(p);
    Vec<T, W> v[W];
    unroll<W>([&](auto i) __attribute__((always_inline)) {
      const T* from = x + x_apart * i + 2 * start;
      fetch<T, W>(from, y + y_apart * i + 2 * start, p);
      v[i] = loadu<T, W>(from);
    });
    transpose<T, W>(v);
    unroll<W / 2>([&](auto i)
                      __attribute__((always_inline)) { z[start + i] = {v[2 * i], v[2 * i + 1]}; });
  });
}
template <class T, int W, int n>
FLIPSHIFT_INLINE void write_lines(const Pair<Vec<T, W>> (&z)[n], T* y, std::ptrdiff_t y_apart) {
  using Parts = Tiles<W, n>;
  unroll<Parts::count>([&](auto p) __attribute__((always_inline)) {
    constexpr int start = Parts::start(p);
    Vec<T, W> v[W];
    unroll<W / 2>([&](auto i) __attribute__((always_inline)) {
      v[2 * i] = z[start + i].re;
      v[2 * i + 1] = z[start + i].im;
    });
    transpose<T, W>(v);
    unroll<W>([&](auto i) __attribute__((always_inline)) {
      storeu<T, W>(y + y_apart * i + 2 * start, v[i]);
    });
  });
}

template <class T, int W, int n>
void complex_lines(const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart,
                   std::size_t groups, T conj, T re_scale, T im_scale) {
  using V = Vec<T, W>;
  const V sign = broadcast<T, W>(conj);
  const V rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  x_apart *= 2;
  y_apart *= 2;
  for (std::size_t g = 0; g < groups; ++g, x += W * x_apart, y += W * y_apart) {
    Pair<V> in[n], out[n];
    read_lines<T, W, n>(x, x_apart, y, y_apart, in);
    any_butterfly<T, V, n>(
        [&](int j) __attribute__((always_inline)) { return Pair<V>{in[j].re, in[j].im * sign}; },
        [&](int k, V re, V im) __attribute__((always_inline)) { out[k] = {re * rs, im * is}; });
    write_lines<T, W, n>(out, y, y_apart);
  }
}

// Whether 2 h real numbers are transformed as such.
template <int h>
constexpr bool in_real_steps = h == 2 || h == 4 || h == 8 || h == 16;

// Others by h complex numbers and the formulas of kernels/fft_untangle.hpp.
template <class T, int W, int h>
void lines_to_half(const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart,
                   std::size_t groups, const T* tw, T re_scale, T im_scale) {
  using V = Vec<T, W>;
  const V rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  y_apart *= 2;
  for (std::size_t g = 0; g < groups; ++g, x += W * x_apart, y += W * y_apart) {
    Pair<V> in[h];
    V last{};
    read_lines<T, W, h>(x, x_apart, y, y_apart, in);
    if constexpr (in_real_steps<h>) {
      V v[2 * h];
      unroll<h>([&](auto j) __attribute__((always_inline)) {
        v[2 * j] = in[j].re;
        v[2 * j + 1] = in[j].im;
      });
      real_butterfly<T, V, 2 * h>(v, [&](int k, V re, V im) __attribute__((always_inline)) {
        if (k == h) {
          last = re * rs;
        } else {
          in[k] = {re * rs, k > 0 ? im * is : V{}};
        }
      });
    } else {
      Pair<V> z[h];
      any_butterfly<T, V, h>([&](int j) __attribute__((always_inline)) { return in[j]; },
                             [&](int k, V re, V im)
                                 __attribute__((always_inline)) { z[k] = {re, im}; });
      last = (z[0].re - z[0].im) * rs;
      in[0] = {(z[0].re + z[0].im) * rs, V{}};
      unroll<h / 2>([&](auto i) __attribute__((always_inline)) {
        constexpr int k = i + 1;
        const Pair<V> a = z[k], b = z[h - k];
        const Ends<V> e = ends<V>(a.re, a.im, b.re, b.im, broadcast<T, W>(tw[2 * k]),
                                  broadcast<T, W>(tw[2 * k + 1]), rs, is);
        in[k] = {e.low_re, e.low_im};
        if constexpr (2 * k < h) in[h - k] = {e.high_re, e.high_im};
      });
    }
    write_lines<T, W, h>(in, y, y_apart);
    for (int i = 0; i < W; ++i) {
      y[y_apart * i + 2 * h] = last[i];
      y[y_apart * i + 2 * h + 1] = 0;
    }
  }
}

// The transform of the conjugate gives the conjugate of what is wanted.
template <class T, int W, int h>
void lines_to_real(const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart,
                   std::size_t groups, const T* tw, T conj, T scale) {
  using V = Vec<T, W>;
  const V f = broadcast<T, W>(scale), half = broadcast<T, W>(T(0.5)), sign = broadcast<T, W>(conj);
  const V rs = broadcast<T, W>(2 * scale), is = broadcast<T, W>(-conj * 2 * scale);
  x_apart *= 2;
  for (std::size_t g = 0; g < groups; ++g, x += W * x_apart, y += W * y_apart) {
    Pair<V> in[h];
    V last;
    for (int i = 0; i < W; ++i) last[i] = x[x_apart * i + 2 * h];
    read_lines<T, W, h>(x, x_apart, y, y_apart, in);
    if constexpr (in_real_steps<h>) {
      V v[2 * h];
      real_butterfly_back<T, V, 2 * h>(
          [&](int k) __attribute__((always_inline)) {
            if (k == 0) return Pair<V>{in[0].re * half, V{}};
            if (k == h) return Pair<V>{last * half, V{}};
            return Pair<V>{in[k].re, in[k].im * sign};
          },
          v);
      unroll<h>([&](auto j)
                    __attribute__((always_inline)) { in[j] = {v[2 * j] * rs, v[2 * j + 1] * rs}; });
    } else {
      Pair<V> z[h];
      z[0] = {(in[0].re + last) * f, (last - in[0].re) * f};
      unroll<h / 2>([&](auto i) __attribute__((always_inline)) {
        constexpr int k = i + 1;
        const Pair<V> a = in[k], b = in[h - k];
        const Ends<V> e = ends<V>(a.re, a.im, b.re, b.im, broadcast<T, W>(tw[2 * k]),
                                  broadcast<T, W>(-conj * tw[2 * k + 1]), rs, is);
        z[k] = {e.low_re, e.low_im};
        if constexpr (2 * k < h) z[h - k] = {e.high_re, e.high_im};
      });
      any_butterfly<T, V, h>([&](int j) __attribute__((always_inline)) { return z[j]; },
                             [&](int k, V re, V im)
                                 __attribute__((always_inline)) { in[k] = {re, -im}; });
    }
    write_lines<T, W, h>(in, y, y_apart);
  }
}

// Pairs that follow each other: unit scalars make a number, which trades places with its mate.
template <int unit>
struct MateMap {
  static constexpr int of(int i) { return i ^ unit; }
};
// Sums and differences of the pairs in a vector.
template <class T, int W, int unit>
FLIPSHIFT_INLINE Vec<T, W> pair_sums(Vec<T, W> v) {
  Vec<T, W> sign{};
  for (int i = 0; i < W; ++i) sign[i] = i & unit ? T(-1) : T(1);
  return shuffle<T, W, MateMap<unit>>(v, v) + v * sign;
}

template <class T>
void complex_pairs(const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart,
                   std::size_t groups, T, T re_scale, T) {
  constexpr int W = max_width<T>;
  // Conjugation on both sides makes no difference to two points.
  const Vec<T, W> scale = broadcast<T, W>(re_scale);
  if (x_apart != 2 || y_apart != 2) {
    for (std::size_t i = 0; i < W * groups; ++i, x += 2 * x_apart, y += 2 * y_apart) {
      const T re = x[0], im = x[1], p = x[2], q = x[3];
      y[0] = (re + p) * re_scale;
      y[1] = (im + q) * re_scale;
      y[2] = (re - p) * re_scale;
      y[3] = (im - q) * re_scale;
    }
    return;
  }
  if constexpr (W >= 4) {
    for (std::size_t i = 0; i < 4 * groups; ++i, x += W, y += W)
      storeu<T, W>(y, pair_sums<T, W, 2>(loadu<T, W>(x)) * scale);
  } else {
    for (std::size_t i = 0; i < W * groups; ++i, x += 4, y += 4) {
      const Vec<T, W> a = loadu<T, W>(x), b = loadu<T, W>(x + 2);
      storeu<T, W>(y, (a + b) * scale);
      storeu<T, W>(y + 2, (a - b) * scale);
    }
  }
}

template <class T>
void pairs_to_half(const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart,
                   std::size_t groups, const T*, T re_scale, T) {
  constexpr int W = max_width<T>;
  if (x_apart == 2 && y_apart == 2) {
    for (std::size_t i = 0; i < 2 * groups; ++i, x += W, y += 2 * W)
      zip<T, W>(y, pair_sums<T, W, 1>(loadu<T, W>(x)) * broadcast<T, W>(re_scale), Vec<T, W>{});
    return;
  }
  for (std::size_t i = 0; i < W * groups; ++i, x += x_apart, y += 2 * y_apart) {
    const T a = x[0], b = x[1];
    y[0] = (a + b) * re_scale;
    y[2] = (a - b) * re_scale;
    y[1] = y[3] = 0;
  }
}

template <class T>
void pairs_to_real(const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart,
                   std::size_t groups, const T*, T, T scale) {
  constexpr int W = max_width<T>;
  if (x_apart == 2 && y_apart == 2) {
    for (std::size_t i = 0; i < 2 * groups; ++i, x += 2 * W, y += W)
      storeu<T, W>(y, pair_sums<T, W, 1>(unzip<T, W>(x).re) * broadcast<T, W>(scale));
    return;
  }
  for (std::size_t i = 0; i < W * groups; ++i, x += 2 * x_apart, y += y_apart) {
    const T a = x[0], b = x[2];
    y[0] = (a + b) * scale;
    y[1] = (a - b) * scale;
  }
}

// Numbers that do not fill half a vector go by narrower ones, and more groups of them.
template <class T, int n>
constexpr int width_for() {
  int w = max_width<T>;
  while (w > 2 * n) w /= 2;
  return w;
}

template <class T, int n>
void fill_length(FftShortTable<T>& t) {
  constexpr int w = width_for<T, n>(), times = max_width<T> / w;
  // Of 9 and 15 the last bit would depend on the layout: here and in Columns products are rounded
  // differently.
  if constexpr (n != 9 && n != 15) {
    t.complex[n] = [](const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart,
                      std::size_t groups, T conj, T re_scale, T im_scale) {
      complex_lines<T, w, n>(x, x_apart, y, y_apart, times * groups, conj, re_scale, im_scale);
    };
  }
  t.to_half[n] = [](const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart,
                    std::size_t groups, const T* tw, T re_scale, T im_scale) {
    lines_to_half<T, w, n>(x, x_apart, y, y_apart, times * groups, tw, re_scale, im_scale);
  };
  t.to_real[n] = [](const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart,
                    std::size_t groups, const T* tw, T conj, T scale) {
    lines_to_real<T, w, n>(x, x_apart, y, y_apart, times * groups, tw, conj, scale);
  };
}

template <class T>
void fill_table(FftShortTable<T>& t) {
  t.width = max_width<T>;
  fill_length<T, 2>(t);
  t.complex[2] = complex_pairs<T>;
  t.to_half[1] = pairs_to_half<T>;
  t.to_real[1] = pairs_to_real<T>;
  fill_length<T, 3>(t);
  fill_length<T, 4>(t);
  fill_length<T, 5>(t);
  fill_length<T, 6>(t);
  fill_length<T, 7>(t);
  fill_length<T, 8>(t);
  fill_length<T, 9>(t);
  fill_length<T, 10>(t);
  fill_length<T, 12>(t);
  fill_length<T, 15>(t);
  fill_length<T, 16>(t);
}

}  // namespace

void fill(FftShortTable<float>& t) { fill_table(t); }
void fill(FftShortTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
