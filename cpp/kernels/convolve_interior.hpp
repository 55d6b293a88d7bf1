// Direct 1-D convolution: one vector holds W neighbouring outputs, taps are broadcast.
//
// A tile is R vectors of outputs, kept in registers while the taps pass by. A multiply-add that
// loads its samples is bound by the loads, which mostly straddle two cache lines; so every loaded
// vector is used for several taps:
//  - "phases": taps whose distance is a whole vector (P samples) meet the same loads; Q of them are
//    held in registers, and the vector u of samples goes into the accumulators u, u - 1, ...
//  - "groups": the vectors one or two samples further on are made from loaded ones by lane shifts.
// With up to 8 taps all of them stay in registers and the samples stream through once.
//
// Complex samples are taken as a stream of real numbers in which neighbours stand S = 2 apart; real
// and imaginary parts of the taps make two such sums, combined at the end.
#pragma once

#include <type_traits>

#include "kernels/lane_shift.hpp"
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
// Neighbouring phases of Q taps that share their loads, the others being made by lane shifts: worth
// it where a lane shift is one operation.
template <class T, int W>
constexpr bool cheap_shift = floating<T> && W * sizeof(T) == 64;
template <class T, int W, int Q>
constexpr int group = cheap_shift<T, W> && Q <= 2 ? 3 : 1;

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

// Windows that lie within x, `count` numbers (not samples) of output.
template <class T, int W, int S>
struct Interior {
  static constexpr int P = W / S;
  static constexpr int largest = W == max_width<T> ? tile_rows<T> : 1;
  static constexpr int Q_max = tile_taps<T>;
  // Taps that all stay in registers.
  static constexpr int most_streamed = W * sizeof(T) < 64 ? 8 : sizeof(T) == 8 ? 9 : 10;
  static constexpr size_t near = 16384;  // bytes of outputs that stay in the first-level cache
  using V = Vec<T, W>;

  // Taps of G neighbouring phases, Q of each: taps[g + q P].
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
      multiply<R, A, Q, G, 0>(u, x + u * W, h, now, next, acc);
      now = next;
    }
  }

  template <int R, int A, int Q, int G, int g>
  static FLIPSHIFT_INLINE void multiply(int u, const T* x, const V (&h)[G][Q], V now, V next,
                                        V (&acc)[A][R]) {
    if constexpr (g < G) {
      V v = now;
      if constexpr (g > 0) {
        v = u + 1 < R + Q - 1 ? shift_lanes<T, W, g * S>(now, next) : loadu<T, W>(x + g * S);
        pin(v);
      }
#pragma GCC unroll 8
      for (int q = 0; q < Q; ++q) {
        constexpr int c = g * Q;
        if (u >= q && u - q < R)
          acc[(c + q) % A][u - q] = mul_add<T>(h[g][q], v, acc[(c + q) % A][u - q]);
      }
      multiply<R, A, Q, G, g + 1>(u, x, h, now, next, acc);
    }
  }

  template <int R, int A, int Q>
  static FLIPSHIFT_INLINE void phases(const T* x, const T* taps, size_t phases, V (&acc)[A][R]) {
    constexpr int G = group<T, W, Q>;
    size_t r = 0;
    for (; r + G <= phases; r += G) step<R, A, Q, G>(x + r * S, taps + r, acc);
    if constexpr (G > 2)
      for (; r + 2 <= phases; r += 2) step<R, A, Q, 2>(x + r * S, taps + r, acc);
    if constexpr (G > 1)
      for (; r < phases; ++r) step<R, A, Q, 1>(x + r * S, taps + r, acc);
  }

  template <int R>
  static __attribute__((noinline)) void tile(const T* x, const T* taps, size_t m, T* y, bool add) {
    // Each addition waits for the one before it: small tiles keep several sums for an output.
    constexpr int A = tile_rows<T> / R < 4 ? tile_rows<T> / R : 4;
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

  // The last R vectors of outputs, of which those from i on are still missing.
  template <int R>
  static void last_tile(const T* x, const T* taps, size_t m, T* y, size_t i, size_t count,
                        bool add) {
    const size_t from = count - size_t(R) * W;
    if (!add) return tile<R>(x + from, taps, m, y + from, false);
    T last[R * W];
    tile<R>(x + from, taps, m, last, false);
    for (; i < count; ++i) y[i] = static_cast<T>(y[i] + last[i - from]);
  }

  // Outputs i ... count - 1, count >= R W. The last tile is moved back to end with the outputs;
  // what it shares with the one before is computed twice. (How a sum is rounded depends on the size
  // of its tile, so that must not depend on more than `count`, such as on the alignment of y.)
  template <int R>
  static void tiles(const T* x, const T* taps, size_t m, T* y, size_t i, size_t count, bool add) {
    for (; count - i >= size_t(R) * W; i += size_t(R) * W) tile<R>(x + i, taps, m, y + i, add);
    if (i < count) rest<R>(x, taps, m, y, i, count, add);
  }

  // Less than R vectors of outputs, by the smallest tile that takes them, or by half a tile and a
  // small one.
  template <int R>
  static void rest(const T* x, const T* taps, size_t m, T* y, size_t i, size_t count, bool add) {
    const size_t vectors = (count - i + W - 1) / W;
    if constexpr (R > 8) {
      constexpr int half = R / 2;
      constexpr size_t more = 4;
      if (vectors > size_t(half) && vectors <= half + more) {
        tile<half>(x + i, taps, m, y + i, add);
        return rest<half>(x, taps, m, y, i + size_t(half) * W, count, add);
      }
      if (vectors <= size_t(half) && vectors > more)
        return last_tile<half>(x, taps, m, y, i, count, add);
    }
    if constexpr (R > 4)
      if (vectors > 2 && vectors <= 4) return last_tile<4>(x, taps, m, y, i, count, add);
    if constexpr (R > 2)
      if (vectors == 2) return last_tile<2>(x, taps, m, y, i, count, add);
    if (vectors == 1) return last_tile<1>(x, taps, m, y, i, count, add);
    last_tile<R>(x, taps, m, y, i, count, add);
  }

  // The sum of an output goes on in two chains, of the even and of the odd taps, so that fewer of
  // them must be under way at once. The first product of each is rounded, so that all outputs of a
  // stream are rounded alike, wherever it starts: the compiler may merge either product of
  // a b + c d with the sum.
  template <int M>
  struct Chains {
    V of[M < 2 ? 1 : 2];
    FLIPSHIFT_INLINE V sum() const { return M < 2 ? of[0] : of[0] + of[M > 1]; }
  };

  // `groups` times `unroll` vectors of outputs, from the last to the first if `backward`, with
  // prefetches of what is `ahead` if not 0.
  template <int M, int unroll, bool add, bool backward, bool far>
  static FLIPSHIFT_INLINE void stream_groups(const T* x, const V (&h)[M], T* y, size_t groups,
                                             ptrdiff_t ahead) {
    constexpr int first = backward ? unroll - 1 : 0, step = backward ? -1 : 1;
    if (backward) x += groups * (unroll * W), y += groups * (unroll * W);
    V known = loadu<T, W>(x), made{};
    pin(known);
    for (size_t g = 0; g < groups; ++g) {
      if (backward) x -= unroll * W, y -= unroll * W;
#pragma GCC unroll 8
      for (int a = first; a >= 0 && a < unroll; a += step) {
        const T* at = x + a * W;
        if constexpr (far) {
          __builtin_prefetch(at + step * ahead);
          __builtin_prefetch(y + a * W + step * ahead / 2, 1);
        }
        V loaded = loadu<T, W>(backward ? at : at + W);
        pin(loaded);
        Chains<M> chains;
        unroll_taps<M, true, 0>(at, h, backward ? loaded : known, backward ? known : loaded,
                                chains);
        V sum = chains.sum();
        if constexpr (add) sum += loadu<T, W>(y + a * W);
        pin(sum);
        // Stored after the loads of the next: see `backwards`.
        if (g > 0 || a != first) storeu<T, W>(y + (a - step) * W, made);
        made = sum;
        known = loaded;
      }
      if (!backward) x += unroll * W, y += unroll * W;
    }
    storeu<T, W>(backward ? y : y - W, made);
  }

  // Whether to make the outputs from the last to the first. A load waits for an earlier store that
  // lies a multiple of 4096 bytes from it, as the processor compares the low bits of addresses
  // first: with 7 taps, 58 to 67% of the peak instead of 85 where the samples that follow would
  // meet the outputs before them. What takes longer to load than to multiply gains nothing.
  template <int M>
  static FLIPSHIFT_INLINE bool backwards(const T* x, const T* y, size_t bytes) {
    if (sizeof(V) == 64 && (M < 4 || (M < 6 && bytes > near))) return false;
    const size_t ahead =
        (reinterpret_cast<std::uintptr_t>(y) - reinterpret_cast<std::uintptr_t>(x)) % 4096;
    return ahead > (M - 1) * S * sizeof(T) / 2 && ahead < 32 * sizeof(V);
  }

  // All outputs with M taps, samples streaming by; count >= W.
  template <int M>
  static __attribute__((noinline)) void stream(const T* x, const T* taps, T* y, size_t count,
                                               bool add) {
    constexpr int bytes = W * sizeof(T);
    constexpr int unroll = 4;
    V h[M];
#pragma GCC unroll 16
    for (int k = 0; k < M; ++k) {
      h[k] = broadcast<T, W>(taps[k]);
      pin(h[k]);
    }
    const auto sum_at = [&](size_t at) {
      Chains<M> chains;
      const V now = loadu<T, W>(x + at);
      unroll_taps<M, false, 0>(x + at, h, now, now, chains);
      return chains.sum();
    };
    size_t i = 0;
    // A store that straddles two lines takes as long as two.
    if (bytes == 64 && !add && count >= size_t(4 * unroll * W)) {
      const size_t beyond = reinterpret_cast<std::uintptr_t>(y) % bytes / sizeof(T);
      storeu<T, W>(y, sum_at(0));
      i = W - beyond;
    }
    // Lane shifts need a whole vector of samples beyond.
    const size_t inner = count + (M - 1) * S, whole = inner < size_t(W) ? 0 : inner - W;
    const size_t end = count < whole ? count : whole;
    if (i + unroll * W <= end) {
      const size_t groups = (end - i) / (unroll * W);
      if (add) {
        stream_groups<M, unroll, true, false, false>(x + i, h, y + i, groups, 0);
      } else {
        // The processor's own prefetch stops at the end of a page. In double, 7 taps go from 76 to
        // 82% of the peak where samples and outputs are in the third level of the cache.
        const size_t size = count * sizeof(T);
        const bool far = size > (M < 6 ? 512 << 10 : near);
        const ptrdiff_t ahead = (size > 4 << 20 ? 8192 : 1024) / sizeof(T);
        if (backwards<M>(x, y, size)) {
          if (far)
            stream_groups<M, unroll, false, true, true>(x + i, h, y + i, groups, ahead);
          else
            stream_groups<M, unroll, false, true, false>(x + i, h, y + i, groups, 0);
        } else {
          if (far)
            stream_groups<M, unroll, false, false, true>(x + i, h, y + i, groups, ahead);
          else
            stream_groups<M, unroll, false, false, false>(x + i, h, y + i, groups, 0);
        }
      }
      i += groups * (unroll * W);
    }
    for (; count - i >= size_t(W); i += W) {
      V sum = sum_at(i);
      if (add) sum += loadu<T, W>(y + i);
      storeu<T, W>(y + i, sum);
    }
    if (i == count) return;
    const V sum = sum_at(count - W);  // moved back to end with the outputs
    if (!add) return storeu<T, W>(y + count - W, sum);
    T last[W];
    storeu<T, W>(last, sum);
    for (; i < count; ++i) y[i] = static_cast<T>(y[i] + last[i + W - count]);
  }

  // Whether tap K of M takes its samples by a lane shift, rather than by a load that straddles two
  // cache lines: what is fastest of all patterns with vectors of 64 bytes, in the first-level cache
  // 93 to 97% of the peak from 4 to 7 taps.
  template <int M, int K>
  static constexpr bool is_shifted() {
    if constexpr (sizeof(V) == 64 && S * sizeof(T) < 16) {
      constexpr int last_odd = (M - 1) | 1;
      return K * S <= W && (M < 4 || (K != 3 && K != (last_odd < M ? last_odd : last_odd - 2)));
    }
    constexpr int shifted = sizeof(V) == 64   ? (M < 7    ? M / 2
                                                 : M < 10 ? 4
                                                          : 5)
                            : sizeof(V) == 32 ? (M < 3   ? 0
                                                 : M < 6 ? 1
                                                         : 2)
                                              : 0;
    return K <= shifted && K * S < W;
  }

  template <int M, bool shift, int K>
  static FLIPSHIFT_INLINE void unroll_taps(const T* x, const V (&h)[M], V now, V next,
                                           Chains<M>& chains) {
    if constexpr (K < M) {
      V v;
      if constexpr (K == 0) {
        v = now;
      } else if constexpr (shift && is_shifted<M, K>()) {
        v = shift_lanes_in_parts<T, W, K * S>(now, next);
      } else {
        v = loadu<T, W>(x + K * S);
      }
      V& sum = chains.of[K % 2];
      if constexpr (K < 2) {
        sum = h[K] * v;
        pin(sum);
      } else {
        sum = mul_add<T>(h[K], v, sum);
      }
      unroll_taps<M, shift, K + 1>(x, h, now, next, chains);
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
    if constexpr (floating<T> && W == max_width<T>) {
      switch (m) {
        case 1:
          return stream<1>(x, taps, y, count, add);
        case 2:
          return stream<2>(x, taps, y, count, add);
        case 3:
          return stream<3>(x, taps, y, count, add);
        case 4:
          return stream<4>(x, taps, y, count, add);
        case 5:
          return stream<5>(x, taps, y, count, add);
        case 6:
          return stream<6>(x, taps, y, count, add);
        case 7:
          return stream<7>(x, taps, y, count, add);
        case 8:
          return stream<8>(x, taps, y, count, add);
        // Of fewer outputs, these wait for one another's sums.
        case 9:
          if constexpr (most_streamed >= 9)
            if (count >= size_t(16 * W)) return stream<9>(x, taps, y, count, add);
          break;
        case 10:
          if constexpr (most_streamed >= 10)
            if (count >= size_t(16 * W)) return stream<10>(x, taps, y, count, add);
          break;
      }
    }
    if constexpr (largest >= 4) {
      if (count >= size_t(largest) * W) return tiles<largest>(x, taps, m, y, 0, count, add);
      if (count >= size_t(largest / 2) * W) return tiles<largest / 2>(x, taps, m, y, 0, count, add);
    }
    if constexpr (largest >= 8)
      if (count >= size_t(4 * W)) return tiles<4>(x, taps, m, y, 0, count, add);
    if constexpr (largest >= 4)
      if (count >= size_t(2 * W)) return tiles<2>(x, taps, m, y, 0, count, add);
    tiles<1>(x, taps, m, y, 0, count, add);
  }
};

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
