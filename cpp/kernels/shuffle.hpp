// Lane movements for the Fourier kernels: interleaved <-> split complex data, transposes, reversal.
//
// Splitting W interleaved numbers stays within 128-bit lanes, where shuffles are cheapest; it
// leaves number split_order<T, W>(i) in lane i. Interleaving undoes exactly that, so data that goes
// in and out never notices, and tables for data in between are made in split order.
#pragma once

#include <utility>

#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// f(0), f(1), ... f(N - 1), with each index a constant expression.
template <int N, class F>
FLIPSHIFT_INLINE void unroll(F&& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (f(std::integral_constant<int, I>{}), ...);
  }(std::make_integer_sequence<int, N>{});
}

// Lane i of the result is lane Map::of(i) of a, or lane Map::of(i) - W of b.
template <class T, int W, class Map>
FLIPSHIFT_INLINE Vec<T, W> shuffle(Vec<T, W> a, Vec<T, W> b) {
  return [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    return __builtin_shufflevector(a, b, Map::of(I)...);
  }(std::make_integer_sequence<int, W>{});
}

template <class T>
constexpr int per_lane = 16 / static_cast<int>(sizeof(T));  // elements of a 128-bit lane

template <class T, int W, int Part>  // Part 0: real, 1: imaginary
struct SplitMap {
  static constexpr int of(int i) {
    constexpr int e = per_lane<T>;
    const int lane = i / e * e, r = i % e;
    return Part + (r < e / 2 ? lane + 2 * r : W + lane + 2 * (r - e / 2));
  }
};
template <class T, int W, int Half>  // unpack low or high: a0 b0 a1 b1 of the half of each lane
struct UnpackMap {
  static constexpr int of(int i) {
    constexpr int e = per_lane<T>;
    const int lane = i / e * e, r = i % e;
    return lane + Half * (e / 2) + r / 2 + (r % 2 ? W : 0);
  }
};

template <class T, int W>
constexpr int split_order(int i) {
  return W == 1 ? 0 : SplitMap<T, W, 0>::of(i) / 2;
}
template <class T, int W>
constexpr int split_position(int number) {  // the inverse of split_order
  int i = 0;
  while (split_order<T, W>(i) != number) ++i;
  return i;
}

template <class T, int W>
struct Complex {
  Vec<T, W> re, im;
};

// W interleaved complex numbers at p, split.
template <class T, int W>
FLIPSHIFT_INLINE Complex<T, W> load_split(const T* p) {
  if constexpr (W == 1) {
    return {p[0], p[1]};
  } else {
    const auto a = loadu<T, W>(p), b = loadu<T, W>(p + W);
    return {shuffle<T, W, SplitMap<T, W, 0>>(a, b), shuffle<T, W, SplitMap<T, W, 1>>(a, b)};
  }
}
template <class T, int W>
FLIPSHIFT_INLINE void store_interleaved(T* p, Vec<T, W> re, Vec<T, W> im) {
  if constexpr (W == 1) {
    p[0] = re;
    p[1] = im;
  } else {
    storeu<T, W>(p, shuffle<T, W, UnpackMap<T, W, 0>>(re, im));
    storeu<T, W>(p + W, shuffle<T, W, UnpackMap<T, W, 1>>(re, im));
  }
}

// Rows are [W real][W imaginary] and aligned.
template <class T, int W>
FLIPSHIFT_INLINE Complex<T, W> load_row(const T* p) {
  return {load<T, W>(p), load<T, W>(p + W)};
}
template <class T, int W>
FLIPSHIFT_INLINE void store_row(T* p, Vec<T, W> re, Vec<T, W> im) {
  store<T, W>(p, re);
  store<T, W>(p + W, im);
}

template <class T, int W>
struct SplitOrderMap {
  static constexpr int of(int i) { return split_order<T, W>(i); }
};
template <class T, int W>
struct SplitPositionMap {
  static constexpr int of(int i) { return split_position<T, W>(i); }
};

// W adjacent real numbers to and from split order.
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> load_adjacent(const T* x) {
  const auto v = loadu<T, W>(x);
  return shuffle<T, W, SplitOrderMap<T, W>>(v, v);
}
template <class T, int W>
FLIPSHIFT_INLINE void store_adjacent(T* y, Vec<T, W> v) {
  storeu<T, W>(y, shuffle<T, W, SplitPositionMap<T, W>>(v, v));
}

template <class T, int W, int Odd>  // 128-bit lanes: the even or odd ones of a, then those of b
struct LanesMap {
  static constexpr int of(int i) {
    constexpr int e = per_lane<T>, lanes = W / e;
    const int lane = i / e, from = 2 * (lane % (lanes / 2)) + Odd;
    return from * e + i % e + (lane >= lanes / 2 ? W : 0);
  }
};
template <class T, int W, int Half>  // the low or high halves of each 128-bit lane of a, then b
struct HalvesMap {
  static constexpr int of(int i) {
    constexpr int e = per_lane<T>;
    const int r = i % e;
    return i / e * e + Half * (e / 2) + r % (e / 2) + (r >= e / 2 ? W : 0);
  }
};

// e x e in each 128-bit lane of e registers.
template <class T, int W>
FLIPSHIFT_INLINE void transpose_in_lanes(Vec<T, W>* g) {
  using V = Vec<T, W>;
  if constexpr (per_lane<T> == 2) {
    const V a = g[0], b = g[1];
    g[0] = shuffle<T, W, UnpackMap<T, W, 0>>(a, b);
    g[1] = shuffle<T, W, UnpackMap<T, W, 1>>(a, b);
  } else {
    const V a = shuffle<T, W, UnpackMap<T, W, 0>>(g[0], g[1]);
    const V b = shuffle<T, W, UnpackMap<T, W, 0>>(g[2], g[3]);
    const V c = shuffle<T, W, UnpackMap<T, W, 1>>(g[0], g[1]);
    const V d = shuffle<T, W, UnpackMap<T, W, 1>>(g[2], g[3]);
    g[0] = shuffle<T, W, HalvesMap<T, W, 0>>(a, b);
    g[1] = shuffle<T, W, HalvesMap<T, W, 1>>(a, b);
    g[2] = shuffle<T, W, HalvesMap<T, W, 0>>(c, d);
    g[3] = shuffle<T, W, HalvesMap<T, W, 1>>(c, d);
  }
}

// v[i] lane j <-> v[j] lane i: first within 128-bit lanes, then of whole lanes.
template <class T, int W>
FLIPSHIFT_INLINE void transpose(Vec<T, W> (&v)[W]) {
  if constexpr (W > 1) {
    using V = Vec<T, W>;
    constexpr int e = per_lane<T>, lanes = W / e;
    unroll<lanes>([&](auto lane)
                      __attribute__((always_inline)) { transpose_in_lanes<T, W>(v + lane * e); });
    unroll<e>([&](auto r) __attribute__((always_inline)) {
      if constexpr (lanes == 2) {
        const V a = v[r], b = v[e + r];
        v[r] = shuffle<T, W, LanesMap<T, W, 0>>(a, b);
        v[e + r] = shuffle<T, W, LanesMap<T, W, 1>>(a, b);
      } else if constexpr (lanes == 4) {
        const V a = shuffle<T, W, LanesMap<T, W, 0>>(v[r], v[e + r]);
        const V b = shuffle<T, W, LanesMap<T, W, 0>>(v[2 * e + r], v[3 * e + r]);
        const V c = shuffle<T, W, LanesMap<T, W, 1>>(v[r], v[e + r]);
        const V d = shuffle<T, W, LanesMap<T, W, 1>>(v[2 * e + r], v[3 * e + r]);
        v[r] = shuffle<T, W, LanesMap<T, W, 0>>(a, b);
        v[2 * e + r] = shuffle<T, W, LanesMap<T, W, 1>>(a, b);
        v[e + r] = shuffle<T, W, LanesMap<T, W, 0>>(c, d);
        v[3 * e + r] = shuffle<T, W, LanesMap<T, W, 1>>(c, d);
      }
    });
  }
}

// From the split of numbers 0 .. W - 1 to the split of the same numbers in reverse.
template <class T, int W>
struct ReverseSplitMap {
  static constexpr int of(int i) { return split_position<T, W>(W - 1 - split_order<T, W>(i)); }
};
template <class T, int W>
FLIPSHIFT_INLINE Complex<T, W> reverse(Complex<T, W> v) {
  if constexpr (W == 1) {
    return v;
  } else {
    return {shuffle<T, W, ReverseSplitMap<T, W>>(v.re, v.re),
            shuffle<T, W, ReverseSplitMap<T, W>>(v.im, v.im)};
  }
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
