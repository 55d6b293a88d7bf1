// Powers of two in 2, 4 or 8 rows of 16 lanes.
#pragma once

#include "kernels/fft_block_registers.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// n = 2 W, 4 W and 8 W for W = 16, rows in registers that are always full: between the steps, pairs
// of rows exchange one bit of their lanes, the highest one left of the index, for one of the number
// of the row. Map to the new row `Odd` of a pair at exchange Which = 0 .. 3. The lanes begin and
// end in split order.
template <class T, int W, int Which, int Odd>
struct RowsMap {
  static constexpr int of(int i) {
    if constexpr (Which == 0) return HalvesMap<T, W, Odd>::of(i);
    if constexpr (Which == 1) return i % (W / 2) + Odd * (W / 2) + (i < W / 2 ? 0 : W);
    if constexpr (Which == 2) return LanesMap<T, W, Odd>::of(i);
    return EvenMap<W>::of(i) + Odd;
  }
};
template <class T, int W, int R, int Which, int apart>
FLIPSHIFT_INLINE void exchange_rows(Pair<Vec<T, W>> (&v)[R]) {
  using Even = RowsMap<T, W, Which, 0>;
  using Odd = RowsMap<T, W, Which, 1>;
  unroll<R / 2>([&](auto pair) __attribute__((always_inline)) {
    constexpr int k = pair % apart + pair / apart * 2 * apart;
    const auto p = v[k], q = v[k + apart];
    v[k] = {shuffle<T, W, Even>(p.re, q.re), shuffle<T, W, Even>(p.im, q.im)};
    v[k + apart] = {shuffle<T, W, Odd>(p.re, q.re), shuffle<T, W, Odd>(p.im, q.im)};
  });
}
// What is left of the index in a lane before exchange `which`.
template <class T, int W>
constexpr int column(int which, int lane) {
  if (which == 0) return split_order<T, W>(lane);
  const int from = which == 1   ? RowsMap<T, W, 0, 0>::of(lane)
                   : which == 2 ? RowsMap<T, W, 1, 0>::of(lane)
                                : RowsMap<T, W, 2, 0>::of(lane);
  return column<T, W>(which - 1, from % W) % (W >> which);
}

template <class T, int W, int R>
constexpr bool in_full_rows = sizeof(T) == 4 && W == 16 && (R == 2 || R == 4 || R == 8);
template <int R>
constexpr int full_rows_of_factors = R < 8 ? 6 : 13;

// The factors of the kernels below, in the order of their use.
template <class T, int W, int R>
int full_rows_exponent(int row, int lane) {
  if (R == 2) {
    if (row == 0) return W / 2 * (column<T, W>(0, lane) / (W / 2));
    if (row < 3) return (lane / 2 % 2 + 2 * (row - 1)) * column<T, W>(1, lane);
    if (row == 3) return W / 2 * (column<T, W>(2, lane) / 2);
    return (lane / (W / 2) + 2 * (row - 4)) * 4 * column<T, W>(3, lane);
  }
  if (R == 4) return (row % 3 + 1) * (row < 3 ? column<T, W>(0, lane) : 4 * column<T, W>(2, lane));
  if (row < 6) return (row % 3 + 1) * (row / 3 * W + column<T, W>(0, lane));
  return (row - 5) * 4 * column<T, W>(2, lane);
}

// Radices 4, 4 and 2. With two rows, a step of radix 4 is two of radix 2 and exact factors between.
template <class T, int W, class Twist>
FLIPSHIFT_INLINE void columns_of_full_rows(Pair<Vec<T, W>> (&v)[2], Twist&& twist) {
  unroll<2>([&](auto step) __attribute__((always_inline)) {
    const auto first = v[0] - v[1];
    v[0] = v[0] + v[1];
    v[1] = twist(first, 3 * step);
    exchange_rows<T, W, 2, 2 * step, 1>(v);
    const auto sum = v[0] + v[1], difference = v[0] - v[1];
    v[0] = twist(sum, 3 * step + 1);
    v[1] = twist(difference, 3 * step + 2);
    exchange_rows<T, W, 2, 2 * step + 1, 1>(v);
  });
}
// Twice radix 4.
template <class T, int W, class Twist>
FLIPSHIFT_INLINE void columns_of_full_rows(Pair<Vec<T, W>> (&v)[4], Twist&& twist) {
  unroll<2>([&](auto step) __attribute__((always_inline)) {
    Pair<Vec<T, W>> out[4];
    butterfly<T, Vec<T, W>, 4>([&](int j) __attribute__((always_inline)) { return v[j]; },
                               [&](int k, Vec<T, W> re, Vec<T, W> im)
                                   __attribute__((always_inline)) {
                                     out[k] = {re, im};
                                     if (k > 0) out[k] = twist(out[k], 3 * step + k - 1);
                                   });
    exchange_rows<T, W, 4, 2 * step, 1>(out);
    exchange_rows<T, W, 4, 2 * step + 1, 2>(out);
    // The first bit exchanged is the higher one of the index.
    unroll<4>([&](auto j) __attribute__((always_inline)) { v[j] = out[j / 2 + j % 2 * 2]; });
  });
}
// Twice radix 4, side by side, and radix 8.
template <class T, int W, class Twist>
FLIPSHIFT_INLINE void columns_of_full_rows(Pair<Vec<T, W>> (&v)[8], Twist&& twist) {
  Pair<Vec<T, W>> u[8];
  unroll<2>([&](auto h) __attribute__((always_inline)) {
    butterfly<T, Vec<T, W>, 4>([&](int j) __attribute__((always_inline)) { return v[2 * j + h]; },
                               [&](int k, Vec<T, W> re, Vec<T, W> im)
                                   __attribute__((always_inline)) {
                                     u[2 * k + h] = {re, im};
                                     if (k > 0) u[2 * k + h] = twist(u[2 * k + h], 3 * h + k - 1);
                                   });
  });
  exchange_rows<T, W, 8, 0, 2>(u);
  exchange_rows<T, W, 8, 1, 4>(u);
  Pair<Vec<T, W>> out[8];
  butterfly<T, Vec<T, W>, 8>(
      [&](int j) __attribute__((always_inline)) { return u[j / 4 + j / 2 % 2 * 2 + j % 2 * 4]; },
      [&](int k, Vec<T, W> re, Vec<T, W> im) __attribute__((always_inline)) {
        out[k] = {re, im};
        if (k > 0) out[k] = twist(out[k], 5 + k);
      });
  exchange_rows<T, W, 8, 2, 1>(out);
  exchange_rows<T, W, 8, 3, 2>(out);
  unroll<8>([&](auto j)
                __attribute__((always_inline)) { v[j] = out[j / 4 + j / 2 % 2 * 2 + j % 2 * 4]; });
}

// The last step joins the rows h, h + H, ... of H = R / 4 sets, or the two there are.
template <class T, int W, int R, bool swap, bool scaled>
FLIPSHIFT_INLINE void in_rows(const T* x, T* y, const T* tw, T scale) {
  using V = Vec<T, W>;
  Pair<V> v[R];
  unroll<R>([&](auto j)
                __attribute__((always_inline)) { v[j] = load_pair<T, W, swap>(x + 2 * W * j); });
  columns_of_full_rows<T, W>(v, [&](Pair<V> a, int row) __attribute__((always_inline)) {
    const T* w = tw + 2 * W * row;
    return times<V>(a.re, a.im, load<T, W>(w), load<T, W>(w + W));
  });
  constexpr int last = R == 2 ? 2 : 4, sets = R / last;
  const V s = broadcast<T, W>(scale);
  unroll<sets>([&](auto h) __attribute__((always_inline)) {
    butterfly<T, V, last>([&](int j) __attribute__((always_inline)) { return v[sets * j + h]; },
                          [&](int k, V re, V im) __attribute__((always_inline)) {
                            store_pair<T, W, swap>(y + 2 * W * (sets * k + h), scaled ? re * s : re,
                                                   scaled ? im * s : im);
                          });
  });
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
