// Direct 1-D convolution: one vector holds W neighbouring outputs, taps are broadcast.
//
// A tile is R vectors of outputs, kept in registers while the taps pass by. A multiply-add that
// loads its samples is bound by the loads, which mostly straddle two cache lines; so every loaded
// vector is used for several taps:
//  - "phases": taps whose distance is a whole vector (P samples) meet the same loads; Q of them are
//    held in registers, and the vector u of samples goes into the accumulators u, u - 1, ...
//  - "pairs": the vector one sample further on is made from two loaded ones by a lane shift.
// With up to 8 taps all of them stay in registers and the samples stream through once.
//
// Complex samples are taken as a stream of real numbers in which neighbours stand S = 2 apart; real
// and imaginary parts of the taps make two such sums, combined at the end.
#include "kernels/convolve.hpp"

#include <type_traits>
#include <utility>

#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

template <class T>
constexpr bool floating = std::is_floating_point_v<T>;

// Outputs of the largest tile in vectors, and taps of one phase held in registers.
template <class T>
constexpr int tile_rows = !floating<T>                       ? 4
                          : FLIPSHIFT_VECTOR_REGISTERS == 32 ? 16
                                                             : 12;
template <class T>
constexpr int tile_taps = !floating<T>                       ? 2
                          : FLIPSHIFT_VECTOR_REGISTERS == 32 ? 4
                                                             : 2;
// Most taps that one phase may have for pairing to pay: none where lane shifts take two operations.
template <class T, int W>
constexpr int pair_up_to = floating<T> && W * sizeof(T) == 64 ? 2 : 0;

template <class V>
FLIPSHIFT_INLINE void pin(V& v) {
  if constexpr (sizeof(V) >= 16) keep(v);
}

// acc + a b, wrapping for integers: a scalar uint16_t would be promoted to int and overflow.
template <class T, class V>
FLIPSHIFT_INLINE V mul_add(V a, V b, V acc) {
  if constexpr (std::is_same_v<T, V> && !floating<T>) {
    return static_cast<T>(acc + std::uint64_t{a} * b);
  } else {
    return a * b + acc;
  }
}

// Lanes N ... N + W - 1 of lo followed by hi.
template <class T, int W, int N, int... I>
FLIPSHIFT_INLINE Vec<T, W> shift_lanes(Vec<T, W> lo, Vec<T, W> hi,
                                       std::integer_sequence<int, I...>) {
#if defined(__AVX512F__)
  if constexpr (sizeof(Vec<T, W>) == 64 && sizeof(T) == 4) {
    return (Vec<T, W>)_mm512_maskz_alignr_epi32(0xffff, (__m512i)hi, (__m512i)lo, N);
  } else if constexpr (sizeof(Vec<T, W>) == 64 && sizeof(T) == 8) {
    return (Vec<T, W>)_mm512_maskz_alignr_epi64(0xff, (__m512i)hi, (__m512i)lo, N);
  } else
#endif
    return __builtin_shufflevector(lo, hi, (N + I)...);
}
template <class T, int W, int N>
FLIPSHIFT_INLINE Vec<T, W> shift_lanes(Vec<T, W> lo, Vec<T, W> hi) {
  return shift_lanes<T, W, N>(lo, hi, std::make_integer_sequence<int, W>{});
}

// Windows that lie within x, `count` numbers (not samples) of output.
template <class T, int W, int S>
struct Interior {
  static constexpr int P = W / S;
  static constexpr int largest = W == max_width<T> ? tile_rows<T> : 1;
  static constexpr int Q_max = tile_taps<T>;
  using V = Vec<T, W>;

  // The Q taps taps[q P] of one phase, and for G = 2 those of the next phase too.
  template <int R, int A, int Q, int G>
  static FLIPSHIFT_INLINE void step(const T* x, const T* taps, V (&acc)[A][R]) {
    V h[G][Q];
#pragma GCC unroll 8
    for (int j = 0; j < G * Q; ++j) {
      h[j / Q][j % Q] = broadcast<T, W>(taps[j / Q + (j % Q) * P]);
      pin(h[j / Q][j % Q]);
    }
    constexpr int loads = R + Q - 1;
    V now = loadu<T, W>(x);
    pin(now);
#pragma GCC unroll 32
    for (int u = 0; u < loads; ++u) {
      V next = now;
      if (u + 1 < loads) {
        next = loadu<T, W>(x + (u + 1) * W);
        pin(next);
      }
#pragma GCC unroll 8
      for (int q = 0; q < Q; ++q)
        if (u >= q && u - q < R) acc[q % A][u - q] = mul_add<T>(h[0][q], now, acc[q % A][u - q]);
      if constexpr (G == 2) {
        V shifted = u + 1 < loads ? shift_lanes<T, W, S>(now, next) : loadu<T, W>(x + u * W + S);
        pin(shifted);
#pragma GCC unroll 8
        for (int q = 0; q < Q; ++q)
          if (u >= q && u - q < R)
            acc[(Q + q) % A][u - q] = mul_add<T>(h[1][q], shifted, acc[(Q + q) % A][u - q]);
      }
      now = next;
    }
  }

  template <int R, int A, int Q>
  static FLIPSHIFT_INLINE void phases(const T* x, const T* taps, size_t phases, V (&acc)[A][R]) {
    size_t r = 0;
    if constexpr (Q <= pair_up_to<T, W>)
      for (; r + 2 <= phases; r += 2) step<R, A, Q, 2>(x + r * S, taps + r, acc);
    for (; r < phases; ++r) step<R, A, Q, 1>(x + r * S, taps + r, acc);
  }

  template <int R>
  static __attribute__((noinline)) void tile(const T* x, const T* taps, size_t m, T* y, bool add) {
    constexpr int A = R >= 8 ? 1 : R >= 4 ? 2 : Q_max;  // small tiles: shorter chains of additions
    V acc[A][R];
#pragma GCC unroll 32
    for (int a = 0; a < A * R; ++a) acc[a / R][a % R] = V{};
    if (add) {
#pragma GCC unroll 32
      for (int a = 0; a < R; ++a) acc[0][a] = loadu<T, W>(y + a * W);
    }
    // The first m % P phases have a tap more than the others.
    const size_t rest = m % P;
    for (int part = 0; part < 2; ++part) {
      const size_t from = part ? rest : 0;
      const size_t n_phases = part ? P - rest : rest;
      size_t left = m / P + (part ? 0 : 1);
      const T* xr = x + from * S;
      const T* hr = taps + from;
      while (left > 0 && n_phases > 0) {
        // Two short groups of taps rather than a full one and a single tap.
        const size_t q = left <= size_t(Q_max)      ? left
                         : left < size_t(2 * Q_max) ? (left + 1) / 2
                                                    : size_t(Q_max);
        switch (q) {
          case 1:
            phases<R, A, 1>(xr, hr, n_phases, acc);
            break;
          case 2:
            phases<R, A, 2>(xr, hr, n_phases, acc);
            break;
          case 3:
            if constexpr (Q_max >= 3) phases<R, A, 3>(xr, hr, n_phases, acc);
            break;
          case 4:
            if constexpr (Q_max >= 4) phases<R, A, 4>(xr, hr, n_phases, acc);
            break;
        }
        left -= q;
        xr += q * W;
        hr += q * P;
      }
    }
#pragma GCC unroll 32
    for (int a = 0; a < R; ++a) {
      V sum = acc[0][a];
#pragma GCC unroll 8
      for (int c = 1; c < A; ++c) sum += acc[c][a];
      storeu<T, W>(y + a * W, sum);
    }
  }

  // Outputs i ... count - 1, by tiles of R vectors and then smaller ones. The last vector is moved
  // back to end with the output; what it shares with the one before is computed twice.
  template <int R>
  static void tiles(const T* x, const T* taps, size_t m, T* y, size_t i, size_t count, bool add) {
    constexpr size_t step = size_t(R) * W;
    for (; count - i >= step; i += step) tile<R>(x + i, taps, m, y + i, add);
    if (i == count) return;
    if constexpr (R > 1) {
      if (!add && count >= step && count - i > step / 4 * 3) {
        tile<R>(x + count - step, taps, m, y + count - step, false);
      } else {
        tiles<R / 2>(x, taps, m, y, i, count, add);
      }
    } else if (add) {
      T last[W];
      tile<1>(x + count - W, taps, m, last, false);
      for (; i < count; ++i) y[i] = static_cast<T>(y[i] + last[i + W - count]);
    } else {
      tile<1>(x + count - W, taps, m, y + count - W, false);
    }
  }

  // The first outputs with M taps, samples streaming by; returns how many were made. Needs one
  // whole vector of samples beyond those that it reads for an output.
  template <int M>
  static __attribute__((noinline)) size_t stream(const T* x, const T* taps, T* y, size_t count,
                                                 bool add) {
    constexpr int shifted = pair_up_to<T, W> == 0 ? 0 : M < 4 ? M / 2 : M < 7 ? M / 2 : 4;
    constexpr int unroll = 4;
    V h[M];
#pragma GCC unroll 8
    for (int k = 0; k < M; ++k) {
      h[k] = broadcast<T, W>(taps[k]);
      pin(h[k]);
    }
    size_t i = 0;
    V now = loadu<T, W>(x);
    while (i + unroll * W <= count && i + (unroll + 1) * W <= count + (M - 1) * S) {
#pragma GCC unroll 8
      for (int a = 0; a < unroll; ++a) {
        V next = loadu<T, W>(x + i + (a + 1) * W);
        pin(next);
        V sum = add ? mul_add<T>(h[0], now, loadu<T, W>(y + i + a * W)) : V(h[0] * now);
        unroll_taps<M, shifted, 1>(x + i + a * W, h, now, next, sum);
        storeu<T, W>(y + i + a * W, sum);
        now = next;
      }
      i += unroll * W;
    }
    return i;
  }

  template <int M, int shifted, int K>
  static FLIPSHIFT_INLINE void unroll_taps(const T* x, const V (&h)[M], V now, V next, V& sum) {
    if constexpr (K < M) {
      V v;
      if constexpr (K <= shifted && K * S < W) {
        v = shift_lanes<T, W, K * S>(now, next);
      } else {
        v = loadu<T, W>(x + K * S);
      }
      sum = mul_add<T>(h[K], v, sum);
      unroll_taps<M, shifted, K + 1>(x, h, now, next, sum);
    }
  }

  // Fewer outputs than lanes, many taps: lanes over the taps.
  static void dots(const T* x, const T* taps, size_t m, T* y, size_t count, bool add) {
    for (size_t i = 0; i < count; ++i) {
      V acc[4] = {};
      size_t t = 0;
      for (; t + 4 * W <= m; t += 4 * W) {
#pragma GCC unroll 4
        for (int a = 0; a < 4; ++a)
          acc[a] =
              mul_add<T>(loadu<T, W>(taps + t + a * W), loadu<T, W>(x + i + t + a * W), acc[a]);
      }
      const V sum = (acc[0] + acc[1]) + (acc[2] + acc[3]);
      T total = add ? y[i] : T(0);
      for (; t < m; ++t) total = mul_add<T>(taps[t], x[i + t], total);
      for (int l = 0; l < W; ++l) total = static_cast<T>(total + sum[l]);
      y[i] = total;
    }
  }

  static void run(const T* x, const T* taps, size_t m, T* y, size_t count, bool add) {
    if constexpr (W > S) {
      if (count < size_t(W)) {
        if constexpr (S == 1 && W == max_width<T>)
          if (m >= 8 * W) return dots(x, taps, m, y, count, add);
        return Interior<T, W / 2, S>::run(x, taps, m, y, count, add);
      }
    }
    size_t i = 0;
    if constexpr (floating<T> && W == max_width<T>) {
      if (m <= 8 && count >= size_t(2 * W)) {
        switch (m) {
          case 1:
            i = stream<1>(x, taps, y, count, add);
            break;
          case 2:
            i = stream<2>(x, taps, y, count, add);
            break;
          case 3:
            i = stream<3>(x, taps, y, count, add);
            break;
          case 4:
            i = stream<4>(x, taps, y, count, add);
            break;
          case 5:
            i = stream<5>(x, taps, y, count, add);
            break;
          case 6:
            i = stream<6>(x, taps, y, count, add);
            break;
          case 7:
            i = stream<7>(x, taps, y, count, add);
            break;
          case 8:
            i = stream<8>(x, taps, y, count, add);
            break;
        }
      }
    }
    tiles<largest>(x, taps, m, y, i, count, add);
  }
};

// Signed integers as wide as T.
template <int bytes>
using Signed = std::conditional_t<
    bytes == 1, std::int8_t,
    std::conditional_t<bytes == 2, std::int16_t,
                       std::conditional_t<bytes == 4, std::int32_t, std::int64_t>>>;

// Windows that hang over an end of x: a rectangle of taps that all outputs have in common, then
// triangles, halved down to one vector of outputs, whose products outside of x are masked out.
template <class T, int S>
struct Edges {
  static constexpr int W = max_width<T>;
  static constexpr int P = W / S;
  using V = Vec<T, W>;
  using L = Signed<sizeof(T)>;

  const T* x;
  ptrdiff_t n;
  const T* taps;
  ptrdiff_t m;
  T* y;              // of window 0
  T ends[2][3 * W];  // [P zeros][first 2 P samples], [last 2 P samples][P zeros]

  void copy_ends(bool left, bool right) {
    const size_t k = size_t(n < 2 * P ? n : 2 * P) * S;
    if (left) {
      std::memset(ends[0], 0, sizeof(ends[0]));
      std::memcpy(ends[0] + W, x, k * sizeof(T));
    }
    if (right) {
      std::memset(ends[1], 0, sizeof(ends[1]));
      std::memcpy(ends[1] + 2 * W - k, x + n * S - k, k * sizeof(T));
    }
  }

  // Windows [a, b), all of whose taps [t0, t1) lie within x.
  void rectangle(ptrdiff_t a, ptrdiff_t b, ptrdiff_t t0, ptrdiff_t t1, bool add) {
    Interior<T, W, S>::run(x + (a + t0) * S, taps + t0, size_t(t1 - t0), y + a * S,
                           size_t(b - a) * S, add);
  }

  // Windows [a, b), at most P, taps [t0, t1): the lanes whose sample lies before (left) or after x
  // are masked out. a + t0 > -P and a + t1 <= P, or the same from the end of x.
  template <bool left>
  void masked(ptrdiff_t a, ptrdiff_t b, ptrdiff_t t0, ptrdiff_t t1, bool add) {
    const size_t bytes = size_t(b - a) * S * sizeof(T);
    const T* samples = left ? ends[0] + W + a * S : ends[1] + 2 * W + (a - n) * S;
    alignas(64) T out[W] = {};
    if (add) std::memcpy(out, y + a * S, bytes);
    Vec<L, W> lane;
    for (int l = 0; l < W; ++l) lane[l] = static_cast<L>(l / S);
    V acc = load<T, W>(out);
    for (ptrdiff_t t = t0; t < t1; ++t) {
      const V sum = mul_add<T>(broadcast<T, W>(taps[t]), loadu<T, W>(samples + t * S), acc);
      const L edge = static_cast<L>(left ? -(a + t) : n - a - t);
      acc = (left ? lane >= edge : lane < edge) ? sum : acc;
    }
    store<T, W>(out, acc);
    std::memcpy(y + a * S, out, bytes);
  }

  // Window q of [a, b) takes the taps from -q to -a.
  void left_triangle(ptrdiff_t a, ptrdiff_t b) {
    if (b - a <= P) return masked<true>(a, b, 1 - b, -a, true);
    const ptrdiff_t mid = a + (b - a + P - 1) / P / 2 * P;
    left_triangle(a, mid);
    rectangle(mid, b, -mid, -a, true);
    left_triangle(mid, b);
  }
  void left(ptrdiff_t a, ptrdiff_t b, bool add) {
    if (b - a <= P && a + m <= P) return masked<true>(a, b, 1 - b, m, add);
    rectangle(a, b, -a, m, add);
    left_triangle(a, b);
  }

  // Window q of [a, b) takes the taps from n - b + 1 to n - q.
  void right_triangle(ptrdiff_t a, ptrdiff_t b) {
    if (b - a <= P) return masked<false>(a, b, n - b + 1, n - a, true);
    const ptrdiff_t mid = a + (b - a + P - 1) / P / 2 * P;
    right_triangle(mid, b);
    rectangle(a, mid, n - b + 1, n - mid + 1, true);
    right_triangle(a, mid);
  }
  void right(ptrdiff_t a, ptrdiff_t b, bool add) {
    if (b - a <= P && n - a <= P) return masked<false>(a, b, 0, n - a, add);
    rectangle(a, b, 0, n - b + 1, add);
    right_triangle(a, b);
  }
};

template <class T, int S>
void correlate(const T* x, size_t n_samples, const T* taps, size_t n_taps, ptrdiff_t first, T* out,
               size_t count, bool add) {
  const ptrdiff_t n = static_cast<ptrdiff_t>(n_samples);
  const ptrdiff_t m = static_cast<ptrdiff_t>(n_taps);
  const ptrdiff_t end = first + static_cast<ptrdiff_t>(count);
  // Windows from `first` to `end` by where they lie: before x, over its start, within, over its
  // end.
  const auto clip = [&](ptrdiff_t q) { return q < first ? first : q > end ? end : q; };
  const ptrdiff_t q0 = clip(1 - m), q1 = clip(0), q2 = clip(n - m + 1), q3 = clip(n);
  T* y = out - first * S;
  if (!add) {
    std::memset(out, 0, size_t(q0 - first) * S * sizeof(T));
    std::memset(y + q3 * S, 0, size_t(end - q3) * S * sizeof(T));
  }
  if (q1 < q2)
    Interior<T, max_width<T>, S>::run(x + q1 * S, taps, n_taps, y + q1 * S, size_t(q2 - q1) * S,
                                      add);
  if (q0 < q1 || q2 < q3) {
    Edges<T, S> edges{x, n, taps, m, y, {}};
    edges.copy_ends(q0 < q1, q2 < q3);
    if (q0 < q1) edges.left(q0, q1, add);
    if (q2 < q3) edges.right(q2, q3, add);
  }
}

// (re + i im) x = re x + i (im x): two sums with real taps, a block of outputs at a time.
template <class T>
void correlate_complex(const T* x, size_t n, const T* re, const T* im, size_t m, ptrdiff_t first,
                       T* y, size_t count, bool add) {
  constexpr size_t block = 512;
  alignas(64) T imaginary[2 * block];
  for (size_t i = 0; i < count; i += block) {
    const size_t k = count - i < block ? count - i : block;
    const ptrdiff_t q = first + static_cast<ptrdiff_t>(i);
    correlate<T, 2>(x, n, im, m, q, imaginary, k, false);
    correlate<T, 2>(x, n, re, m, q, y + 2 * i, k, add);
    for (size_t j = 0; j < k; ++j) {
      y[2 * (i + j)] -= imaginary[2 * j + 1];
      y[2 * (i + j) + 1] += imaginary[2 * j];
    }
  }
}

template <class T>
bool finite(const T* x, size_t n) {
  using I = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr I exponent = sizeof(T) == 4 ? I{0x7f800000} : I(0x7ff0000000000000);
  I found = 0;
  for (size_t i = 0; i < n; ++i) {
    I bits;
    std::memcpy(&bits, x + i, sizeof(T));
    found |= (bits & exponent) == exponent;
  }
  return found == 0;
}

}  // namespace

#define FLIPSHIFT_FILL(T)                   \
  void fill(ConvolveTable<T>& table) {      \
    table.real = correlate<T, 1>;           \
    if constexpr (floating<T>) {            \
      table.complex = correlate_complex<T>; \
      table.finite = finite<T>;             \
    }                                       \
  }

FLIPSHIFT_FILL(float)
FLIPSHIFT_FILL(double)
FLIPSHIFT_FILL(std::uint8_t)
FLIPSHIFT_FILL(std::uint16_t)
FLIPSHIFT_FILL(std::uint32_t)
FLIPSHIFT_FILL(std::uint64_t)

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
