// Short powers of two that stay in registers: columns, a turn, and a transform across what were
// lanes.
#pragma once

#include "kernels/fft_butterflies.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int W, bool swap>
FLIPSHIFT_INLINE Pair<Vec<T, W>> load_pair(const T* p) {
  const Complex<T, W> v = load_split<T, W>(p);
  Pair<Vec<T, W>> pair = {swap ? v.im : v.re, swap ? v.re : v.im};
  keep(pair.re);
  keep(pair.im);
  return pair;
}
template <class T, int W, bool swap>
FLIPSHIFT_INLINE void store_pair(T* p, Vec<T, W> re, Vec<T, W> im) {
  store_interleaved<T, W>(p, swap ? im : re, swap ? re : im);
}

// The transform across the lanes of W rows, given in split order: output l goes to W numbers at
// y + 2 l step.
template <class T, int W, bool swap, bool scaled>
FLIPSHIFT_INLINE void across(Vec<T, W> (&re)[W], Vec<T, W> (&im)[W], T* y, std::size_t step,
                             T scale) {
  using V = Vec<T, W>;
  transpose<T, W>(re);
  transpose<T, W>(im);
  const V s = broadcast<T, W>(scale);
  Pair<V> v[W];
  unroll<W>([&](auto i)
                __attribute__((always_inline)) { v[split_order<T, W>(i)] = {re[i], im[i]}; });
  butterfly<T, V, W>([&](int j) __attribute__((always_inline)) { return v[j]; },
                     [&](int l, V a, V b) __attribute__((always_inline)) {
                       T* to = y + 2 * static_cast<std::size_t>(l) * step;
                       store_pair<T, W, swap>(to, scaled ? a * s : a, scaled ? b * s : b);
                     });
}

// The columns of R rows in registers, twisted; `input` loads row k, row k of tw holds its factors.
template <class T, int W, int R, class Input>
FLIPSHIFT_INLINE void columns(Input&& input, const T* tw, Vec<T, W> (&re)[R], Vec<T, W> (&im)[R]) {
  using V = Vec<T, W>;
  butterfly<T, V, R>(input, [&](int k, V a, V b) __attribute__((always_inline)) {
    Pair<V> v = {a, b};
    if (k > 0) v = times<V>(a, b, load<T, W>(tw + 2 * W * k), load<T, W>(tw + 2 * W * k + W));
    re[k] = v.re;
    im[k] = v.im;
  });
}

// rb = 1
template <class T, int W, int R, bool swap, bool scaled>
FLIPSHIFT_INLINE void in_registers(const T* x, T* y, const T* tw, T scale) {
  using V = Vec<T, W>;
  V re[R], im[R];
  columns<T, W, R>(
      [&](int k) __attribute__((always_inline)) { return load_pair<T, W, swap>(x + 2 * W * k); },
      tw, re, im);
  unroll<R / W>([&](auto tile) __attribute__((always_inline)) {
    V a[W], b[W];
    unroll<W>([&](auto i) __attribute__((always_inline)) {
      a[i] = re[tile * W + split_order<T, W>(i)];
      b[i] = im[tile * W + split_order<T, W>(i)];
    });
    across<T, W, swap, scaled>(a, b, y + 2 * W * tile, R, scale);
  });
}

template <int W, int Part>  // the real or imaginary parts of W interleaved numbers in order
struct PartMap {
  static constexpr int of(int i) { return 2 * i + Part; }
};
template <int W>
struct SwapHalvesMap {
  static constexpr int of(int i) { return (i + W / 2) % W; }
};

// The vector of f(lane).
template <class T, int W, class F>
FLIPSHIFT_INLINE Vec<T, W> lanes(F&& f) {
  return [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    return Vec<T, W>{f(I)...};
  }(std::make_integer_sequence<int, W>{});
}

// W numbers in natural order.
template <class T, int W, bool swap>
FLIPSHIFT_INLINE Pair<Vec<T, W>> load_natural(const T* p) {
  const Vec<T, W> a = loadu<T, W>(p), b = loadu<T, W>(p + W);
  return {shuffle<T, W, PartMap<W, swap>>(a, b), shuffle<T, W, PartMap<W, !swap>>(a, b)};
}

// W numbers interleaved, the first and the second half of them taken from the lanes as Map says.
template <class T, int W, class Map, bool swap>
FLIPSHIFT_INLINE void store_mapped(T* y, Vec<T, W> re, Vec<T, W> im) {
  const Vec<T, W> p = swap ? im : re, q = swap ? re : im;
  storeu<T, W>(y, shuffle<T, W, typename Map::Low>(p, q));
  storeu<T, W>(y + W, shuffle<T, W, typename Map::High>(p, q));
}
// Within 128-bit lanes of four: the even elements of a, then of b, or the odd ones.
template <int W>
struct EvenMap {
  static constexpr int of(int i) { return i / 4 * 4 + i % 2 * 2 + (i % 4 < 2 ? 0 : W); }
};
template <int W>
struct OddMap {
  static constexpr int of(int i) { return EvenMap<W>::of(i) + 1; }
};
template <int E, int H>  // within 128-bit lanes of E: the even (odd) elements twice
struct TwiceMap {
  static constexpr int of(int i) { return i / E * E + (E == 2 ? 0 : i % 2 * 2) + H; }
};

// To a the even 128-bit lanes of both, to b the odd ones.
template <class T, int W>
FLIPSHIFT_INLINE void exchange_lanes(Vec<T, W>& a, Vec<T, W>& b) {
  const Vec<T, W> even = shuffle<T, W, LanesMap<T, W, 0>>(a, b);
  b = shuffle<T, W, LanesMap<T, W, 1>>(a, b);
  a = even;
}

// Exchanges the W / 2 rows with the columns below W / 2. In split order columns c and c + W / 2
// stand in one 128-bit lane, where they stay: register c gets both, and all movements but those of
// whole 128-bit lanes are the cheapest there are.
template <class T, int W>
FLIPSHIFT_INLINE void transpose_halves(Vec<T, W> (&v)[W / 2]) {
  constexpr int e = per_lane<T>, lanes = W / e, step = e / 2;
  if constexpr (e == 4) {
    unroll<lanes>([&](auto i) __attribute__((always_inline)) {
      const auto a = v[2 * i], b = v[2 * i + 1];
      v[2 * i] = shuffle<T, W, EvenMap<W>>(a, b);
      v[2 * i + 1] = shuffle<T, W, OddMap<W>>(a, b);
    });
  }
  unroll<step>([&](auto r) __attribute__((always_inline)) {
    if constexpr (lanes > 1) exchange_lanes<T, W>(v[r], v[step + r]);
    if constexpr (lanes == 4) {
      exchange_lanes<T, W>(v[2 * step + r], v[3 * step + r]);
      exchange_lanes<T, W>(v[r], v[2 * step + r]);
      exchange_lanes<T, W>(v[step + r], v[3 * step + r]);
    }
  });
}

// n = W^2 / 2: the first radix-2 step across the columns stays within a register.
template <class T, int W, bool swap, bool scaled>
FLIPSHIFT_INLINE void in_halves(const T* x, T* y, const T* tw, T scale) {
  using V = Vec<T, W>;
  constexpr int R = W / 2, e = per_lane<T>;
  V re[R], im[R];
  columns<T, W, R>(
      [&](int k) __attribute__((always_inline)) { return load_pair<T, W, swap>(x + 2 * W * k); },
      tw, re, im);
  transpose_halves<T, W>(re);
  transpose_halves<T, W>(im);
  const T* turn = tw + 2 * W * R;
  const V sign = lanes<T, W>([&](int i) { return i % e < e / 2 ? scale : -scale; });
  const V s = broadcast<T, W>(scale);
  const auto step = [&](V v) __attribute__((always_inline)) {
    const V a = shuffle<T, W, TwiceMap<e, 0>>(v, v), b = shuffle<T, W, TwiceMap<e, 1>>(v, v);
    return (scaled ? a * s : a) + b * sign;
  };
  butterfly<T, V, R>(
      [&](int c) __attribute__((always_inline)) {
        const Pair<V> v = {step(re[c]), step(im[c])};
        if (c == 0) return v;
        return times<V>(v.re, v.im, load<T, W>(turn + 2 * W * c), load<T, W>(turn + 2 * W * c + W));
      },
      [&](int l, V a, V b)
          __attribute__((always_inline)) { store_pair<T, W, swap>(y + 2 * W * l, a, b); });
}

template <int W, bool Odd>  // in each half the even or the odd quarter twice
struct QuarterTwiceMap {
  static constexpr int of(int i) { return i / (W / 2) * (W / 2) + Odd * (W / 4) + i % (W / 4); }
};
template <int W>  // the odd quarters, each twice: of a in the lower half, of b in the upper
struct OddQuartersMap {
  static constexpr int of(int i) { return QuarterTwiceMap<W, true>::of(i) + (i < W / 2 ? 0 : W); }
};
template <int W, int Half>  // interleaved; quarters stand in the order 0 2 1 3
struct JoinQuarters {
  static constexpr int of(int i) {
    const int number = Half * (W / 2) + i / 2, q = number / (W / 4);
    const int at = (q == 1 ? 2 : q == 2 ? 1 : q) * (W / 4) + number % (W / 4);
    return at + (i % 2 ? W : 0);
  }
};
template <int W>
struct JoinQuartersMap {
  using Low = JoinQuarters<W, 0>;
  using High = JoinQuarters<W, 1>;
};

// n = W^2 / 4, lanes in natural order. After the transpose a register holds columns c, c + R,
// c + 2 R and c + 3 R, and the first radix-4 step across the columns stays within it.
template <class T, int W, bool swap, bool scaled>
FLIPSHIFT_INLINE void in_quarters(const T* x, T* y, const T* tw, T scale) {
  using V = Vec<T, W>;
  constexpr int R = W / 4;
  static_assert(R == per_lane<T>);
  V re[R], im[R];
  columns<T, W, R>(
      [&](int k) __attribute__((always_inline)) { return load_natural<T, W, swap>(x + 2 * W * k); },
      tw, re, im);
  transpose_in_lanes<T, W>(re);
  transpose_in_lanes<T, W>(im);
  const T* turn = tw + 2 * W * R;
  const V s = broadcast<T, W>(scale);
  const V halves = lanes<T, W>([&](int i) { return i < W / 2 ? scale : -scale; });
  // Frequencies 0, 2, 1, 3: a + b, a - b, c - i d, c + i d.
  const V signs_re = lanes<T, W>([](int i) { return i / (W / 4) % 2 ? T(-1) : T(1); });
  const V signs_im = lanes<T, W>([](int i) { return i / (W / 4) % 3 ? T(-1) : T(1); });
  butterfly<T, V, R>(
      [&](int c) __attribute__((always_inline)) {
        const V a = shuffle<T, W, SwapHalvesMap<W>>(re[c], re[c]);
        const V b = shuffle<T, W, SwapHalvesMap<W>>(im[c], im[c]);
        const V p = (scaled ? a * s : a) + re[c] * halves,
                q = (scaled ? b * s : b) + im[c] * halves;
        const V x_re = shuffle<T, W, QuarterTwiceMap<W, false>>(p, p);
        const V x_im = shuffle<T, W, QuarterTwiceMap<W, false>>(q, q);
        const V y_re = shuffle<T, W, OddQuartersMap<W>>(p, q);
        const V y_im = shuffle<T, W, OddQuartersMap<W>>(q, p);
        const Pair<V> v = {x_re + y_re * signs_re, x_im + y_im * signs_im};
        if (c == 0) return v;
        return times<V>(v.re, v.im, load<T, W>(turn + 2 * W * c), load<T, W>(turn + 2 * W * c + W));
      },
      [&](int l, V a, V b) __attribute__((always_inline)) {
        store_mapped<T, W, JoinQuartersMap<W>, swap>(y + 2 * W * l, a, b);
      });
}

// n = R, one number in each register.
template <class T, int R, bool swap>
FLIPSHIFT_INLINE void in_scalars(const T* x, T* y, T scale) {
  Pair<T> v[R];
  unroll<R>([&](auto j)
                __attribute__((always_inline)) { v[j] = load_pair<T, 1, swap>(x + 2 * j); });
  butterfly<T, T, R>([&](int j) __attribute__((always_inline)) { return v[j]; },
                     [&](int k, T re, T im) __attribute__((always_inline)) {
                       store_pair<T, 1, swap>(y + 2 * k, re * scale, im * scale);
                     });
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
