// What each function does is said in kernels/fft_lanes.hpp.
#include "kernels/fft_lanes.hpp"

#include "kernels/fft_composite.hpp"
#include "kernels/fft_tiles.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

inline std::size_t row_of(const std::uint32_t* order, std::size_t k) {
  return order ? order[k] : k;
}

template <class T, int W>
void gather(const T* const* lines, std::size_t n, T* rows) {
  tiles(
      n, W / 2,
      [&](std::size_t j) __attribute__((always_inline)) {
        Vec<T, W> v[W];
        unroll<W>([&](auto i)
                      __attribute__((always_inline)) { v[i] = loadu<T, W>(lines[i] + 2 * j); });
        transpose<T, W>(v);
        unroll<W>([&](auto i) __attribute__((always_inline)) {
          store<T, W>(rows + 2 * W * j + W * i, v[i]);
        });
      },
      [&](std::size_t j) __attribute__((always_inline)) {
        for (int i = 0; i < W; ++i) {
          rows[2 * W * j + i] = lines[i][2 * j];
          rows[2 * W * j + W + i] = lines[i][2 * j + 1];
        }
      });
}

template <class T, int W>
void scatter(const T* rows, const std::uint32_t* order, std::size_t n, T* const* lines, T re_scale,
             T im_scale) {
  using V = Vec<T, W>;
  const V scale[2] = {broadcast<T, W>(re_scale), broadcast<T, W>(im_scale)};
  tiles(
      n, W / 2,
      [&](std::size_t k) __attribute__((always_inline)) {
        V v[W];
        unroll<W>([&](auto i) __attribute__((always_inline)) {
          v[i] = load<T, W>(rows + 2 * W * row_of(order, k + i / 2) + W * (i % 2)) * scale[i % 2];
        });
        transpose<T, W>(v);
        unroll<W>([&](auto i) __attribute__((always_inline)) {
          if (lines[i]) storeu<T, W>(lines[i] + 2 * k, v[i]);
        });
      },
      [&](std::size_t k) __attribute__((always_inline)) {
        const T* row = rows + 2 * W * row_of(order, k);
        for (int i = 0; i < W; ++i) {
          if (!lines[i]) continue;
          lines[i][2 * k] = row[i] * re_scale;
          lines[i][2 * k + 1] = row[W + i] * im_scale;
        }
      });
}

template <class T, int W>
void gather_real(const T* const* lines, std::size_t n, T* real) {
  tiles(
      n, W,
      [&](std::size_t j) __attribute__((always_inline)) {
        Vec<T, W> v[W];
        unroll<W>([&](auto i) __attribute__((always_inline)) { v[i] = loadu<T, W>(lines[i] + j); });
        transpose<T, W>(v);
        unroll<W>([&](auto i)
                      __attribute__((always_inline)) { store<T, W>(real + W * (j + i), v[i]); });
      },
      [&](std::size_t j) __attribute__((always_inline)) {
        for (int i = 0; i < W; ++i) real[W * j + i] = lines[i][j];
      });
}

template <class T, int W>
void scatter_real(const T* real, std::size_t n, T* const* lines, T scale) {
  const Vec<T, W> factor = broadcast<T, W>(scale);
  tiles(
      n, W,
      [&](std::size_t k) __attribute__((always_inline)) {
        Vec<T, W> v[W];
        unroll<W>([&](auto i) __attribute__((always_inline)) {
          v[i] = load<T, W>(real + W * (k + i)) * factor;
        });
        transpose<T, W>(v);
        unroll<W>([&](auto i) __attribute__((always_inline)) {
          if (lines[i]) storeu<T, W>(lines[i] + k, v[i]);
        });
      },
      [&](std::size_t k) __attribute__((always_inline)) {
        for (int i = 0; i < W; ++i)
          if (lines[i]) lines[i][k] = real[W * k + i] * scale;
      });
}

template <class T, int W>
void load_complex(const T* x, std::ptrdiff_t stride, std::size_t n, T* rows) {
  for (std::size_t j = 0; j < n; ++j, x += 2 * stride, rows += 2 * W) {
    const Complex<T, W> v = load_split<T, W>(x);
    store_row<T, W>(rows, v.re, v.im);
  }
}

template <class T, int W>
void load_tile(const T* x, std::ptrdiff_t stride, std::size_t n, std::size_t groups,
               std::size_t pitch, T* rows, T conj) {
  const Vec<T, W> sign = broadcast<T, W>(conj);
  for (std::size_t j = 0; j < n; ++j, x += 2 * stride, rows += 2 * W) {
    for (std::size_t g = 0; g < groups; ++g) {
      const Complex<T, W> v = load_split<T, W>(x + 2 * W * g);
      store_row<T, W>(rows + 2 * W * pitch * g, v.re, v.im * sign);
    }
  }
}

template <class T, int W>
void load_real(const T* x, std::ptrdiff_t stride, std::size_t n, T* real) {
  for (std::size_t j = 0; j < n; ++j, x += stride)
    store<T, W>(real + W * j, load_adjacent<T, W>(x));
}
template <class T, int W>
void store_real(const T* real, std::size_t n, T* y, std::ptrdiff_t stride, T scale) {
  const Vec<T, W> factor = broadcast<T, W>(scale);
  for (std::size_t j = 0; j < n; ++j, y += stride)
    store_adjacent<T, W>(y, load<T, W>(real + W * j) * factor);
}

template <class T, int W, int n>
void neighbours(const T* x, std::ptrdiff_t x_stride, T* y, std::ptrdiff_t y_stride,
                std::size_t groups, T conj, T re_scale, T im_scale) {
  using V = Vec<T, W>;
  const V sign = broadcast<T, W>(conj);
  const V rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  for (std::size_t g = 0; g < groups; ++g, x += 2 * W, y += 2 * W) {
    any_butterfly<T, V, n>(
        [&](int j) __attribute__((always_inline)) {
          const Complex<T, W> v = load_split<T, W>(x + 2 * x_stride * j);
          return Pair<V>{v.re, v.im * sign};
        },
        [&](int k, V re, V im) __attribute__((always_inline)) {
          store_interleaved<T, W>(y + 2 * y_stride * k, re * rs, im * is);
        });
  }
}

template <int unit>  // units of four numbers each of a and b: 0 of both, or 1
struct PairMap {
  template <int Half>
  struct Of {
    static constexpr int of(int i) { return i / unit * 4 + Half * unit + i % unit; }
  };
};
template <class T, int unit>
FLIPSHIFT_INLINE void transpose_units(Vec<T, 4> (&v)[4 / unit]) {
  if constexpr (unit == 1) {
    transpose<T, 4>(v);
  } else {
    const Vec<T, 4> a = v[0], b = v[1];
    v[0] = shuffle<T, 4, typename PairMap<unit>::template Of<0>>(a, b);
    v[1] = shuffle<T, 4, typename PairMap<unit>::template Of<1>>(a, b);
  }
}
template <class T, int unit>
void few_to_lines(const T* x, std::ptrdiff_t stride, std::size_t n, T* lines,
                  std::ptrdiff_t pitch) {
  constexpr int count = 4 / unit;
  std::size_t j = 0;
  for (; j + count <= n; j += count, x += unit * stride * count, lines += 4) {
    Vec<T, 4> v[count];
    unroll<count>(
        [&](auto i) __attribute__((always_inline)) { v[i] = loadu<T, 4>(x + unit * stride * i); });
    transpose_units<T, unit>(v);
    unroll<count>([&](auto i)
                      __attribute__((always_inline)) { storeu<T, 4>(lines + pitch * i, v[i]); });
  }
  for (; j < n; ++j, x += unit * stride, lines += unit)
    for (int i = 0; i < 4; ++i) lines[pitch * (i / unit) + i % unit] = x[i];
}
template <class T, int unit>
void few_from_lines(const T* lines, std::ptrdiff_t pitch, std::size_t n, T* y,
                    std::ptrdiff_t stride) {
  constexpr int count = 4 / unit;
  std::size_t j = 0;
  for (; j + count <= n; j += count, y += unit * stride * count, lines += 4) {
    Vec<T, 4> v[count];
    unroll<count>([&](auto i)
                      __attribute__((always_inline)) { v[i] = loadu<T, 4>(lines + pitch * i); });
    transpose_units<T, unit>(v);
    unroll<count>(
        [&](auto i) __attribute__((always_inline)) { storeu<T, 4>(y + unit * stride * i, v[i]); });
  }
  for (; j < n; ++j, y += unit * stride, lines += unit)
    for (int i = 0; i < 4; ++i) y[i] = lines[pitch * (i / unit) + i % unit];
}

// Sums of h rows times the factors that stand for K of them at z, a pair for each; the next row has
// those h pairs further on.
template <class T, int W, int K>
FLIPSHIFT_INLINE void prime_sums(const T* rows, std::size_t h, const T* z, Pair<Vec<T, W>> first,
                                 Pair<Vec<T, W>> (&total)[K]) {
  using V = Vec<T, W>;
  unroll<K>([&](auto i) __attribute__((always_inline)) { total[i] = first; });
  // Some terms at a time: the rounding errors of one long sum would grow with its partial sums.
  constexpr std::size_t block = 6;
  for (std::size_t begin = 0; begin < h; begin += block) {
    V re[K] = {}, im[K] = {};
    for (std::size_t j = begin; j < (begin + block < h ? begin + block : h); ++j, z += 2 * h) {
      const Complex<T, W> a = load_row<T, W>(rows + 4 * W * j);
      unroll<K>([&](auto i) __attribute__((always_inline)) {
        const V c = broadcast<T, W>(z[2 * i]);
        re[i] += c * a.re;
        im[i] += c * a.im;
      });
    }
    unroll<K>([&](auto i)
                  __attribute__((always_inline)) { total[i] = total[i] + Pair<V>{re[i], im[i]}; });
  }
}

// K outputs and their mirror images from the sums and differences in `work`, rows (a_j, b_j) of
// which a meets only cosines and b only sines.
template <class T, int W, int K>
FLIPSHIFT_INLINE void prime_outputs(T* base, std::size_t m, std::size_t r, std::size_t k,
                                    const T* roots, const T* tw, const T* work,
                                    Pair<Vec<T, W>> x0) {
  using V = Vec<T, W>;
  const std::size_t h = (r - 1) / 2;
  const T* const z = roots + 2 * (k - 1);  // the table is symmetric: K outputs stand together
  Pair<V> p[K], q[K];
  prime_sums<T, W, K>(work, h, z, x0, p);
  prime_sums<T, W, K>(work + 2 * W, h, z + 1, Pair<V>{V{}, V{}}, q);
  const auto emit = [&](std::size_t f, V re, V im) __attribute__((always_inline)) {
    const V c = broadcast<T, W>(tw[2 * (f - 1)]), s = broadcast<T, W>(tw[2 * (f - 1) + 1]);
    store_row<T, W>(base + 2 * W * f * m, re * c - im * s, im * c + re * s);
  };
  unroll<K>([&](auto i) __attribute__((always_inline)) {
    emit(k + i, p[i].re + q[i].im, p[i].im - q[i].re);
    emit(r - k - i, p[i].re - q[i].im, p[i].im + q[i].re);
  });
}

template <class T, int W>
void prime(T* rows, std::size_t m, std::size_t r, const T* roots, const T* tw, T* work) {
  using V = Vec<T, W>;
  constexpr int most = FLIPSHIFT_VECTOR_REGISTERS == 32 ? 7 : 4;
  const std::size_t h = (r - 1) / 2;
  for (std::size_t j = 0; j < m; ++j, rows += 2 * W, tw += 2 * (r - 1)) {
    const Complex<T, W> first = load_row<T, W>(rows);
    V re = first.re, im = first.im;
    for (std::size_t q = 1; q <= h; ++q) {
      const Complex<T, W> a = load_row<T, W>(rows + 2 * W * q * m);
      const Complex<T, W> b = load_row<T, W>(rows + 2 * W * (r - q) * m);
      store_row<T, W>(work + 4 * W * (q - 1), a.re + b.re, a.im + b.im);
      store_row<T, W>(work + 4 * W * (q - 1) + 2 * W, a.re - b.re, a.im - b.im);
      re += a.re + b.re;
      im += a.im + b.im;
    }
    const Pair<V> x0 = {first.re, first.im};
    store_row<T, W>(rows, re, im);
    std::size_t k = 1;
    for (; k + most <= h + 1; k += most)
      prime_outputs<T, W, most>(rows, m, r, k, roots, tw, work, x0);
    // The rest at once: the sums of a few outputs wait for each other.
    unroll<most - 1>([&](auto i) __attribute__((always_inline)) {
      if (h + 1 - k == i + 1) prime_outputs<T, W, i + 1>(rows, m, r, k, roots, tw, work, x0);
    });
  }
}

template <class T, int W, int... n>
void fill_neighbours(FftLanesTable<T>& t) {
  ((t.neighbours[n] = neighbours<T, W, n>), ...);
}

template <class T>
void fill_table(FftLanesTable<T>& t) {
  constexpr int W = max_width<T>;
  fill_neighbours<T, W, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16>(t);
  t.few_to_lines = few_to_lines<T, 1>;
  t.few_from_lines = few_from_lines<T, 1>;
  t.few_complex_to_lines = few_to_lines<T, 2>;
  t.few_complex_from_lines = few_from_lines<T, 2>;
  t.width = W;
  t.gather = gather<T, W>;
  t.scatter = scatter<T, W>;
  t.gather_real = gather_real<T, W>;
  t.scatter_real = scatter_real<T, W>;
  t.load = load_complex<T, W>;
  t.load_real = load_real<T, W>;
  t.load_tile = load_tile<T, W>;
  t.store_real = store_real<T, W>;
  t.prime = prime<T, W>;
}

}  // namespace

void fill(FftLanesTable<float>& t) { fill_table(t); }
void fill(FftLanesTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
