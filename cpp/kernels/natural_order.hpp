// Vectors of numbers in the order in which they lie, from and to pairs and from the end.
#pragma once

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Lane i holds number i: the two ends of a line meet in the steps of trigonometric transforms.
template <class T, int W, int Odd>
struct EveryOtherMap {
  static constexpr int of(int i) { return 2 * i + Odd; }
};
template <class T, int W, int Half>
struct ZipMap {
  static constexpr int of(int i) { return Half * (W / 2) + i / 2 + (i % 2 ? W : 0); }
};
template <class T, int W>
struct BackwardsMap {
  static constexpr int of(int i) { return W - 1 - i; }
};

template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> backwards(Vec<T, W> v) {
  if constexpr (W == 1) {
    return v;
  } else {
    return shuffle<T, W, BackwardsMap<T, W>>(v, v);
  }
}

template <class T, int W, int Odd>
struct EveryOtherDownMap {
  static constexpr int of(int i) { return 2 * (W - 1 - i) + Odd; }
};
template <class T, int W, int Half>
struct ZipDownMap {
  static constexpr int of(int i) { return W - 1 - (Half * (W / 2) + i / 2) + (i % 2 ? W : 0); }
};

// Numbers 0, 2, 4, ... and 1, 3, 5, ... of 2 W.
template <class T, int W>
FLIPSHIFT_INLINE Complex<T, W> unzip(const T* p) {
  if constexpr (W == 1) {
    return {p[0], p[1]};
  } else {
    const auto a = loadu<T, W>(p), b = loadu<T, W>(p + W);
    return {shuffle<T, W, EveryOtherMap<T, W, 0>>(a, b),
            shuffle<T, W, EveryOtherMap<T, W, 1>>(a, b)};
  }
}
template <class T, int W>
FLIPSHIFT_INLINE void zip(T* p, Vec<T, W> even, Vec<T, W> odd) {
  if constexpr (W == 1) {
    p[0] = even;
    p[1] = odd;
  } else {
    storeu<T, W>(p, shuffle<T, W, ZipMap<T, W, 0>>(even, odd));
    storeu<T, W>(p + W, shuffle<T, W, ZipMap<T, W, 1>>(even, odd));
  }
}
// The same of pairs at p, p - 2, p - 4, ...
template <class T, int W>
FLIPSHIFT_INLINE Complex<T, W> unzip_down(const T* p) {
  if constexpr (W == 1) {
    return {p[0], p[1]};
  } else {
    const auto a = loadu<T, W>(p - 2 * (W - 1)), b = loadu<T, W>(p - (W - 2));
    return {shuffle<T, W, EveryOtherDownMap<T, W, 0>>(a, b),
            shuffle<T, W, EveryOtherDownMap<T, W, 1>>(a, b)};
  }
}
template <class T, int W>
FLIPSHIFT_INLINE void zip_down(T* p, Vec<T, W> even, Vec<T, W> odd) {
  if constexpr (W == 1) {
    p[0] = even;
    p[1] = odd;
  } else {
    storeu<T, W>(p - 2 * (W - 1), shuffle<T, W, ZipDownMap<T, W, 0>>(even, odd));
    storeu<T, W>(p - (W - 2), shuffle<T, W, ZipDownMap<T, W, 1>>(even, odd));
  }
}
// Numbers 0, 2, 4, ... , 2 (W - 1); no others beyond these are read.
template <class T, int W>
struct EveryOtherInsideMap {
  static constexpr int of(int i) { return i < W / 2 ? 2 * i : W + (2 * i - (W - 1)); }
};
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> load_every_other(const T* p) {
  if constexpr (W == 1) {
    return *p;
  } else {
    return shuffle<T, W, EveryOtherInsideMap<T, W>>(loadu<T, W>(p), loadu<T, W>(p + W - 1));
  }
}
// W numbers at p, p - 1, p - 2, ...
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> load_down(const T* p) {
  return backwards<T, W>(loadu<T, W>(p - (W - 1)));
}
template <class T, int W>
FLIPSHIFT_INLINE void store_down(T* p, Vec<T, W> v) {
  storeu<T, W>(p - (W - 1), backwards<T, W>(v));
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
