// The transform by its definition; what each kernel does is said in kernels/fft_direct.hpp.
#include "kernels/fft_direct.hpp"

#include "kernels/fft_butterflies.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

constexpr int vectors = FLIPSHIFT_VECTOR_REGISTERS == 32 ? 2 : 1;  // of frequencies at a time

template <class T, int W, int C>
using Sums = Vec<T, W>[vectors][C];

// One term: adds in[c] times the cosines for even c, the sines for odd c.
template <class T, int W, int C>
FLIPSHIFT_INLINE void add_term(const T* in, const T* tw, Sums<T, W, C>& sum) {
  unroll<vectors>([&](auto v) __attribute__((always_inline)) {
    Vec<T, W> c = load<T, W>(tw + v * W), s = load<T, W>(tw + (vectors + v) * W);
    keep(c);
    keep(s);
    unroll<C>([&](auto i) __attribute__((always_inline)) {
      sum[v][i] = sum[v][i] + broadcast<T, W>(in[i]) * (i % 2 ? s : c);
    });
  });
}

// sum[v][c] += sum_j in[C j + c] times cosines or sines. Errors grow with the length of a chain of
// additions: so there are chunks of terms, and two chains in each.
template <class T, int W, int C>
FLIPSHIFT_INLINE void add_terms(const T* in, std::size_t count, const T* tw, Sums<T, W, C>& sum) {
  constexpr std::size_t chunk = 16, few = 8;
  constexpr std::size_t step = 2 * vectors * W;
  if (count < few) {
    for (; count > 0; --count, in += C, tw += step) add_term<T, W, C>(in, tw, sum);
    return;
  }
  while (count > 0) {
    Sums<T, W, C> even{}, odd{};
    const std::size_t terms = count < chunk ? count : chunk;
    for (std::size_t j = 0; j + 2 <= terms; j += 2, in += 2 * C, tw += 2 * step) {
      add_term<T, W, C>(in, tw, even);
      add_term<T, W, C>(in + C, tw + step, odd);
    }
    if (terms % 2) {
      add_term<T, W, C>(in, tw, even);
      in += C;
      tw += step;
    }
    unroll<vectors * C>([&](auto i) __attribute__((always_inline)) {
      sum[i / C][i % C] = sum[i / C][i % C] + (even[i / C][i % C] + odd[i / C][i % C]);
    });
    count -= terms;
  }
}

template <int W, int Part>  // two vectors interleaved, the lower or upper half of it
struct InterleaveMap {
  static constexpr int of(int i) { return Part * (W / 2) + i / 2 + (i % 2 ? W : 0); }
};
template <int W>
struct ReverseMap {
  static constexpr int of(int i) { return W - 1 - i; }
};
template <class T, int W>
FLIPSHIFT_INLINE void store_pairs(T* y, Vec<T, W> a, Vec<T, W> b) {
  storeu<T, W>(y, shuffle<T, W, InterleaveMap<W, 0>>(a, b));
  storeu<T, W>(y + W, shuffle<T, W, InterleaveMap<W, 1>>(a, b));
}
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> reversed(Vec<T, W> v) {
  return shuffle<T, W, ReverseMap<W>>(v, v);
}

template <class T, int W>
FLIPSHIFT_INLINE void copy(const T* from, T* to, std::size_t n) {
  std::size_t i = 0;
  for (; i + W <= n; i += W) storeu<T, W>(to + i, loadu<T, W>(from + i));
  for (; i < n; ++i) to[i] = from[i];
}

// Numbers before and after what is stored, for the vectors that stick out.
template <class T>
constexpr std::size_t margin = 2 * max_width<T>;

template <class T>
void c2c(const T* x, T* y, std::size_t n, const T* tw, bool swap, T scale) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  const int r = swap ? 1 : 0;
  T in[2 * fft_direct_max];
  const std::size_t count = n / 2;
  for (std::size_t j = 1; j <= count; ++j) {
    const T *p = x + 2 * j, *q = x + 2 * (n - j);
    T* to = in + 4 * (j - 1);  // a.re, b.re, a.im, b.im
    to[0] = p[r] + q[r];
    to[1] = p[r] - q[r];
    to[2] = p[1 - r] + q[1 - r];
    to[3] = p[1 - r] - q[1 - r];
  }
  const V re0 = broadcast<T, W>(x[r]), im0 = broadcast<T, W>(x[1 - r]);
  const V s = broadcast<T, W>(scale);
  // Every number is written to its place at least once; those of both halves of the spectrum that
  // meet or stick out are the same or nobody's.
  T out[2 * (fft_direct_max + 2 * margin<T>)];
  for (std::size_t k = 0; k <= n / 2; k += vectors * W, tw += 2 * vectors * W * count) {
    Sums<T, W, 4> sum;
    unroll<vectors>([&](auto v) __attribute__((always_inline)) {
      sum[v][0] = re0;
      sum[v][2] = im0;
      sum[v][1] = sum[v][3] = V{};
    });
    add_terms<T, W, 4>(in, count, tw, sum);
    unroll<vectors>([&](auto v) __attribute__((always_inline)) {
      const V pr = sum[v][0], qr = sum[v][1], pi = sum[v][2], qi = sum[v][3];
      const V up_re = (pr + qi) * s, up_im = (pi - qr) * s;
      const V down_re = reversed<T, W>((pr - qi) * s), down_im = reversed<T, W>((pi + qr) * s);
      T* up = out + 2 * (margin<T> + k + v * W);
      T* down = out + 2 * (margin<T> + n - k - v * W - W + 1);
      store_pairs<T, W>(up, swap ? up_im : up_re, swap ? up_re : up_im);
      store_pairs<T, W>(down, swap ? down_im : down_re, swap ? down_re : down_im);
    });
  }
  copy<T, W>(out + 2 * margin<T>, y, 2 * n);
}

template <class T>
void r2c(const T* x, T* y, std::size_t n, const T* tw, T conj, T scale) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  T in[fft_direct_max];
  const std::size_t count = n / 2;
  for (std::size_t j = 1; j <= count; ++j) {
    in[2 * (j - 1)] = x[j] + x[n - j];
    in[2 * (j - 1) + 1] = x[j] - x[n - j];
  }
  const V first = broadcast<T, W>(x[0]);
  const V re = broadcast<T, W>(scale), im = broadcast<T, W>(-conj * scale);
  T out[fft_direct_max + 2 + 2 * margin<T>];
  for (std::size_t k = 0; k <= n / 2; k += vectors * W, tw += 2 * vectors * W * count) {
    Sums<T, W, 2> sum;
    unroll<vectors>([&](auto v) __attribute__((always_inline)) {
      sum[v][0] = first;
      sum[v][1] = V{};
    });
    add_terms<T, W, 2>(in, count, tw, sum);
    unroll<vectors>([&](auto v) __attribute__((always_inline)) {
      store_pairs<T, W>(out + 2 * (k + v * W), sum[v][0] * re, sum[v][1] * im);
    });
  }
  copy<T, W>(out, y, 2 * (n / 2 + 1));
  y[1] = 0;
  if (n % 2 == 0) y[n + 1] = 0;
}

template <class T>
void c2r(const T* x, T* y, std::size_t n, const T* tw, T conj, T scale) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  T in[fft_direct_max];
  const std::size_t count = n / 2;
  for (std::size_t j = 1; j <= count; ++j) {
    in[2 * (j - 1)] = x[2 * j] * 2;
    in[2 * (j - 1) + 1] = x[2 * j + 1] * (conj * 2);
  }
  if (n % 2 == 0) in[n - 1] = 0;
  const V first = broadcast<T, W>(x[0]), s = broadcast<T, W>(scale);
  T out[fft_direct_max + 2 * margin<T>];
  for (std::size_t k = 0; k <= n / 2; k += vectors * W, tw += 2 * vectors * W * count) {
    Sums<T, W, 2> sum;
    unroll<vectors>([&](auto v) __attribute__((always_inline)) {
      sum[v][0] = first;
      sum[v][1] = V{};
    });
    add_terms<T, W, 2>(in, count, tw, sum);
    unroll<vectors>([&](auto v) __attribute__((always_inline)) {
      const V p = sum[v][0], q = sum[v][1];
      storeu<T, W>(out + margin<T> + k + v * W, (p - q) * s);
      storeu<T, W>(out + margin<T> + n - k - v * W - W + 1, reversed<T, W>((p + q) * s));
    });
  }
  copy<T, W>(out + margin<T>, y, n);
}

template <class T>
void fill_table(FftDirectTable<T>& t) {
  t.block = vectors * max_width<T>;
  t.c2c = c2c<T>;
  t.r2c = r2c<T>;
  t.c2r = c2r<T>;
}

}  // namespace

void fill(FftDirectTable<float>& t) { fill_table(t); }
void fill(FftDirectTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
