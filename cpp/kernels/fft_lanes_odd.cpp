// What each function does is said in kernels/fft_lanes_odd.hpp.
#include "kernels/fft_lanes_odd.hpp"

#include "kernels/fft_butterflies.hpp"
#include "kernels/fft_tiles.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

inline std::size_t row_at(std::uint32_t place) { return place & ~fft_mirrored; }
inline int is_mirrored(std::uint32_t place) { return place >= fft_mirrored; }

// cos and sin of 2 pi i / R for any i >= 0.
template <class T, int R>
constexpr T cosine(int i) {
  const int r = i % R;
  return static_cast<T>(Roots<R>::cos[2 * r < R ? r : R - r]);
}
template <class T, int R>
constexpr T sine(int i) {
  const int r = i % R;
  return static_cast<T>(2 * r < R ? Roots<R>::sin[r] : -Roots<R>::sin[R - r]);
}

template <class T, int W, int R, bool neighbours>
void split(const T* x, std::ptrdiff_t stride, std::size_t m, T* real, T* rows, const T* tw) {
  using V = Vec<T, W>;
  constexpr int h = (R - 1) / 2;
  const std::ptrdiff_t step = stride * static_cast<std::ptrdiff_t>(m);
  for (std::size_t j = 0; j < m; ++j, x += stride, real += W, rows += 2 * W, tw += 2 * h) {
    const auto in = [&](int k) __attribute__((always_inline)) {
      V v;
      if constexpr (neighbours) {
        v = load_adjacent<T, W>(x + k * step);
      } else {
        v = load<T, W>(x + k * step);
      }
      keep(v);
      return v;
    };
    const V x0 = in(0);
    V a[h + 1], b[h + 1], sum = x0;
    unroll<h>([&](auto i) __attribute__((always_inline)) {
      constexpr int l = i + 1;
      const V p = in(l), q = in(R - l);
      a[l] = p + q;
      b[l] = p - q;
      sum += a[l];
    });
    store<T, W>(real, sum);
    unroll<h>([&](auto i) __attribute__((always_inline)) {
      constexpr int k = i + 1;
      V c = x0, s{};
      unroll<h>([&](auto n) __attribute__((always_inline)) {
        constexpr int l = n + 1;
        constexpr T co = cosine<T, R>(l * k), si = sine<T, R>(l * k);
        c += co * a[l];
        if constexpr (l == 1) {
          s = si * b[l];
        } else {
          s += si * b[l];
        }
      });
      const V wr = broadcast<T, W>(tw[2 * i]), wi = broadcast<T, W>(tw[2 * i + 1]);
      store_row<T, W>(rows + 2 * W * (m * i), c * wr + s * wi, c * wi - s * wr);
    });
  }
}

template <class T, int W, int R, bool neighbours>
void join(const T* real, const T* rows, const std::uint32_t* order, std::size_t m, const T* tw,
          T* y, std::ptrdiff_t stride, T scale) {
  using V = Vec<T, W>;
  constexpr int h = (R - 1) / 2;
  const std::ptrdiff_t step = stride * static_cast<std::ptrdiff_t>(m);
  const V factor = broadcast<T, W>(scale);
  for (std::size_t j = 0; j < m; ++j, real += W, y += stride, tw += 2 * h) {
    const auto out = [&](int k, V v) __attribute__((always_inline)) {
      if constexpr (neighbours) {
        store_adjacent<T, W>(y + k * step, v * factor);
      } else {
        store<T, W>(y + k * step, v * factor);
      }
    };
    const T* const from = rows + std::size_t{2} * W * (order ? order[j] : j);
    const V x0 = load<T, W>(real);
    V p[h + 1], q[h + 1], sum{};
    unroll<h>([&](auto i) __attribute__((always_inline)) {
      constexpr int k = i + 1;
      const T* const row = from + 2 * W * (m * i);
      V re = load<T, W>(row), im = load<T, W>(row + W);
      keep(re);
      keep(im);
      const V wr = broadcast<T, W>(tw[2 * i]), wi = broadcast<T, W>(tw[2 * i + 1]);
      p[k] = re * wr - im * wi;
      q[k] = im * wr + re * wi;
      sum += p[k];
    });
    out(0, x0 + T(2) * sum);
    unroll<h>([&](auto i) __attribute__((always_inline)) {
      constexpr int t = i + 1;
      V c = x0, s{};
      unroll<h>([&](auto n) __attribute__((always_inline)) {
        constexpr int k = n + 1;
        constexpr T co = 2 * cosine<T, R>(t * k), si = 2 * sine<T, R>(t * k);
        c += co * p[k];
        if constexpr (k == 1) {
          s = si * q[k];
        } else {
          s += si * q[k];
        }
      });
      out(t, c + s);
      out(R - t, c - s);
    });
  }
}

// Sums K of rows a_l with cosines and b_l with sines, which stand in pairs in `work`.
template <class T, int W, int K>
FLIPSHIFT_INLINE void sums(const T* work, std::size_t h, std::size_t k, const T* roots,
                           Vec<T, W> x0, Vec<T, W> (&c)[K], Vec<T, W> (&s)[K]) {
  using V = Vec<T, W>;
  unroll<K>([&](auto i) __attribute__((always_inline)) {
    c[i] = x0;
    s[i] = V{};
  });
  const T* z = roots + 2 * (k - 1);  // the table is symmetric: what K sums take stands together
  // Some terms at a time: the rounding errors of one long sum would grow with its partial sums.
  constexpr std::size_t block = 12;
  for (std::size_t begin = 0; begin < h; begin += block) {
    V p[K] = {}, q[K] = {};
    for (std::size_t l = begin; l < (begin + block < h ? begin + block : h); ++l, z += 2 * h) {
      V a = load<T, W>(work + 2 * W * l), b = load<T, W>(work + 2 * W * l + W);
      keep(a);
      keep(b);
      unroll<K>([&](auto i) __attribute__((always_inline)) {
        p[i] += broadcast<T, W>(z[2 * i]) * a;
        q[i] += broadcast<T, W>(z[2 * i + 1]) * b;
      });
    }
    unroll<K>([&](auto i) __attribute__((always_inline)) {
      c[i] += p[i];
      s[i] += q[i];
    });
  }
}
// Calls f(k, K) for ranges of K that cover 1 .. h, as wide as the registers allow: few sums at a
// time would wait for each other.
template <class F>
FLIPSHIFT_INLINE void ranges(std::size_t h, F&& f) {
  constexpr int most = FLIPSHIFT_VECTOR_REGISTERS == 32 ? 7 : 4;
  std::size_t k = 1;
  for (; k + most <= h + 1; k += most) f(k, std::integral_constant<int, most>{});
  unroll<most - 1>([&](auto i) __attribute__((always_inline)) {
    if (h + 1 - k == i + 1) f(k, std::integral_constant<int, i + 1>{});
  });
}

template <class T, int W>
void split_any(T* real, std::size_t m, std::size_t r, const T* roots, T* rows, const T* tw,
               T* work) {
  using V = Vec<T, W>;
  const std::size_t h = (r - 1) / 2;
  for (std::size_t j = 0; j < m; ++j, real += W, rows += 2 * W, tw += 2 * h) {
    const V x0 = load<T, W>(real);
    V sum = x0;
    for (std::size_t l = 1; l <= h; ++l) {
      const V p = load<T, W>(real + W * (l * m)), q = load<T, W>(real + W * ((r - l) * m));
      store_row<T, W>(work + 2 * W * (l - 1), p + q, p - q);
      sum += p + q;
    }
    ranges(h, [&](std::size_t k, auto count) __attribute__((always_inline)) {
      constexpr int K = count;
      V c[K], s[K];
      sums<T, W, K>(work, h, k, roots, x0, c, s);
      unroll<K>([&](auto i) __attribute__((always_inline)) {
        const T* const w = tw + 2 * (k - 1 + i);
        const V wr = broadcast<T, W>(w[0]), wi = broadcast<T, W>(w[1]);
        store_row<T, W>(rows + 2 * W * ((k - 1 + i) * m), c[i] * wr + s[i] * wi,
                        c[i] * wi - s[i] * wr);
      });
    });
    store<T, W>(real, sum);
  }
}

template <class T, int W>
void join_any(T* real, const T* rows, const std::uint32_t* order, std::size_t m, std::size_t r,
              const T* roots, const T* tw, T* work) {
  using V = Vec<T, W>;
  const std::size_t h = (r - 1) / 2;
  const V two = broadcast<T, W>(T(2));
  for (std::size_t j = 0; j < m; ++j, real += W, tw += 2 * h) {
    const T* const from = rows + std::size_t{2} * W * (order ? order[j] : j);
    const V x0 = load<T, W>(real);
    V sum = x0;
    for (std::size_t k = 0; k < h; ++k) {
      const Complex<T, W> z = load_row<T, W>(from + 2 * W * (m * k));
      const V wr = broadcast<T, W>(tw[2 * k]) * two, wi = broadcast<T, W>(tw[2 * k + 1]) * two;
      const V p = z.re * wr - z.im * wi;
      store_row<T, W>(work + 2 * W * k, p, z.im * wr + z.re * wi);
      sum += p;
    }
    ranges(h, [&](std::size_t t, auto count) __attribute__((always_inline)) {
      constexpr int K = count;
      V c[K], s[K];
      sums<T, W, K>(work, h, t, roots, x0, c, s);
      unroll<K>([&](auto i) __attribute__((always_inline)) {
        store<T, W>(real + W * ((t + i) * m), c[i] + s[i]);
        store<T, W>(real + W * ((r - t - i) * m), c[i] - s[i]);
      });
    });
    store<T, W>(real, sum);
  }
}

template <class T, int W>
void gather(const T* const* lines, const std::uint32_t* place, std::size_t count, T* rows, T conj) {
  using V = Vec<T, W>;
  const V signs[2] = {broadcast<T, W>(conj), broadcast<T, W>(-conj)};
  tiles(
      count, W / 2,
      [&](std::size_t k) __attribute__((always_inline)) {
        V v[W];
        unroll<W>([&](auto i)
                      __attribute__((always_inline)) { v[i] = loadu<T, W>(lines[i] + 2 * k); });
        transpose<T, W>(v);
        unroll<W / 2>([&](auto i) __attribute__((always_inline)) {
          const std::uint32_t p = place[k + i];
          store_row<T, W>(rows + 2 * W * row_at(p), v[2 * i], v[2 * i + 1] * signs[is_mirrored(p)]);
        });
      },
      [&](std::size_t k) __attribute__((always_inline)) {
        T* const row = rows + 2 * W * row_at(place[k]);
        const T sign = is_mirrored(place[k]) ? -conj : conj;
        for (int i = 0; i < W; ++i) {
          row[i] = lines[i][2 * k];
          row[W + i] = lines[i][2 * k + 1] * sign;
        }
      });
}

template <class T, int W>
void scatter(const T* rows, const std::uint32_t* place, std::size_t count, T* const* lines,
             T re_scale, T im_scale) {
  using V = Vec<T, W>;
  const V rs = broadcast<T, W>(re_scale);
  const V is[2] = {broadcast<T, W>(im_scale), broadcast<T, W>(-im_scale)};
  tiles(
      count, W / 2,
      [&](std::size_t k) __attribute__((always_inline)) {
        V v[W];
        unroll<W / 2>([&](auto i) __attribute__((always_inline)) {
          const std::uint32_t p = place[k + i];
          const Complex<T, W> z = load_row<T, W>(rows + 2 * W * row_at(p));
          v[2 * i] = z.re * rs;
          v[2 * i + 1] = z.im * is[is_mirrored(p)];
        });
        transpose<T, W>(v);
        unroll<W>([&](auto i) __attribute__((always_inline)) {
          if (lines[i]) storeu<T, W>(lines[i] + 2 * k, v[i]);
        });
      },
      [&](std::size_t k) __attribute__((always_inline)) {
        const T* const row = rows + 2 * W * row_at(place[k]);
        const T scale = is_mirrored(place[k]) ? -im_scale : im_scale;
        for (int i = 0; i < W; ++i) {
          if (!lines[i]) continue;
          lines[i][2 * k] = row[i] * re_scale;
          lines[i][2 * k + 1] = row[W + i] * scale;
        }
      });
}

template <class T, int W>
void load_spectrum(const T* x, std::ptrdiff_t stride, const std::uint32_t* place, std::size_t count,
                   T* rows, T conj) {
  const Vec<T, W> signs[2] = {broadcast<T, W>(conj), broadcast<T, W>(-conj)};
  for (std::size_t k = 0; k < count; ++k, x += 2 * stride) {
    const Complex<T, W> z = load_split<T, W>(x);
    store_row<T, W>(rows + 2 * W * row_at(place[k]), z.re, z.im * signs[is_mirrored(place[k])]);
  }
}

template <class T, int W>
void store_spectrum(const T* rows, const std::uint32_t* place, std::size_t count, T* y,
                    std::ptrdiff_t stride, T re_scale, T im_scale) {
  const Vec<T, W> rs = broadcast<T, W>(re_scale);
  const Vec<T, W> is[2] = {broadcast<T, W>(im_scale), broadcast<T, W>(-im_scale)};
  for (std::size_t k = 0; k < count; ++k, y += 2 * stride) {
    const Complex<T, W> z = load_row<T, W>(rows + 2 * W * row_at(place[k]));
    store_interleaved<T, W>(y, z.re * rs, z.im * is[is_mirrored(place[k])]);
  }
}

template <class T, int W, int R>
void fill_radix(FftOddTable<T>& t) {
  t.split[R] = split<T, W, R, false>;
  t.split_neighbours[R] = split<T, W, R, true>;
  t.join[R] = join<T, W, R, false>;
  t.join_neighbours[R] = join<T, W, R, true>;
}

template <class T>
void fill_table(FftOddTable<T>& t) {
  constexpr int W = max_width<T>;
  fill_radix<T, W, 3>(t);
  fill_radix<T, W, 5>(t);
  fill_radix<T, W, 7>(t);
  fill_radix<T, W, 11>(t);
  fill_radix<T, W, 13>(t);
  t.split_any = split_any<T, W>;
  t.join_any = join_any<T, W>;
  t.gather = gather<T, W>;
  t.scatter = scatter<T, W>;
  t.load = load_spectrum<T, W>;
  t.store = store_spectrum<T, W>;
}

}  // namespace

void fill(FftOddTable<float>& t) { fill_table(t); }
void fill(FftOddTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
