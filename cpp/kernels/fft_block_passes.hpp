// Short powers of two in two passes over rows on the stack, and one that turns them on the way out.
#pragma once

#include "kernels/fft_block_registers.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Both passes run at their bound on Zen 5, where a store of 64 bytes and the third operand of two
// FMAs want the same port of the registers: stores + FMAs / 2 cycles.
template <class T, int W, int RA, int RB, bool swap>
FLIPSHIFT_INLINE void in_passes(const T* x, T* rows, const T* step_tw, const T* lane_tw) {
  using V = Vec<T, W>;
  for (int b = 0; b < RB; ++b, x += 2 * W, step_tw += 2 * (RA - 1)) {
    T* to = rows + 2 * W * b;
    butterfly<T, V, RA>(
        [&](int k)
            __attribute__((always_inline)) { return load_pair<T, W, swap>(x + 2 * W * RB * k); },
        [&](int k, V re, V im) __attribute__((always_inline)) {
          T* row = to + 2 * W * RB * k;
          if (k == 0) return store_row<T, W>(row, re, im);
          const Pair<V> v = times<V>(re, im, broadcast<T, W>(step_tw[2 * k - 2]),
                                     broadcast<T, W>(step_tw[2 * k - 1]));
          store_row<T, W>(row, v.re, v.im);
        });
  }
  for (int a = 0; a < RA; ++a, rows += 2 * W * RB, lane_tw += 2 * W * RB) {
    butterfly<T, V, RB>(
        [&](int k) __attribute__((always_inline)) {
          Pair<V> v = {load<T, W>(rows + 2 * W * k), load<T, W>(rows + 2 * W * k + W)};
          keep(v.re);
          keep(v.im);
          return v;
        },
        [&](int k, V re, V im) __attribute__((always_inline)) {
          const Pair<V> v = times<V>(re, im, load<T, W>(lane_tw + 2 * W * k),
                                     load<T, W>(lane_tw + 2 * W * k + W));
          store_row<T, W>(rows + 2 * W * k, v.re, v.im);
        });
  }
}

template <class T, int W, int RA, int RB, bool swap, bool scaled>
FLIPSHIFT_INLINE void out_of_rows_in_turn(const T* rows, T* y, T scale) {
  using V = Vec<T, W>;
  // W frequencies a + RA b at a time.
  constexpr int step_b = RA < W ? W / RA : 1, tiles = RA < W ? 1 : RA / W;
  for (int b = 0; b < RB; b += step_b) {
    for (int t = 0; t < tiles; ++t, y += 2 * W) {
      const T* from = rows + 2 * W * (b + t * W * RB);
      V re[W], im[W];
      unroll<W>([&](auto i) __attribute__((always_inline)) {
        constexpr int f = split_order<T, W>(i), row = f % RA * RB + f / RA;
        re[i] = load<T, W>(from + 2 * W * row);
        im[i] = load<T, W>(from + 2 * W * row + W);
      });
      across<T, W, swap, scaled>(re, im, y, RA * RB, scale);
    }
  }
}

// out_of_rows for 8 numbers in four lanes. Whole lanes are moved by two of the four pipes, and
// slowly: a tile that is first turned and then transformed waits for a third of its time. So the
// imaginary parts are turned between the first additions of the real ones, and the real parts of
// the next tile between the last additions of this one.
template <class T, int W, int RA, int RB, bool swap, bool scaled>
FLIPSHIFT_INLINE void out_of_rows_overlapped(const T* rows, T* y, T scale) {
  using V = Vec<T, W>;
  static_assert(W == 8 && per_lane<T> == 2);
  constexpr T cosine = static_cast<T>(0.70710678118654752440);  // of pi/4
  constexpr int step = RA < W ? W / RA : 1, in_turn = RB / step, tiles = RA * RB / W;
  const V s = broadcast<T, W>(scale);
  const auto tile = [&](int i) __attribute__((always_inline)) {
    return rows + 2 * W * (i % in_turn * step + i / in_turn * (W * RB));
  };
  // The transpose in steps, of which each has four parts. Column j + 4 h goes to v[2 j + h].
  const auto take = [](V(&v)[W], const T* from, int i) __attribute__((always_inline)) {
    v[2 * i] = load<T, W>(from + 2 * W * (i % RA * RB + i / RA));
    v[2 * i + 1] = load<T, W>(from + 2 * W * ((i + 4) % RA * RB + (i + 4) / RA));
    keep(v[2 * i]);
    transpose_in_lanes<T, W>(v + 2 * i);
  };
  const auto turn = [](V(&v)[W], int i) __attribute__((always_inline)) {
    exchange_lanes<T, W>(v[i / 2 + i % 2 * 4], v[i / 2 + i % 2 * 4 + 2]);
  };
  const auto end = [](V(&v)[W], int i)
                       __attribute__((always_inline)) { exchange_lanes<T, W>(v[i], v[i + 4]); };
  V re[W], im[W], next[W];
  for (int i = 0; i < 4; ++i) take(next, tile(0), i);
  for (int i = 0; i < 4; ++i) turn(next, i);
  for (int i = 0; i < 4; ++i) end(next, i);
  for (int i = 0; i < tiles; ++i) {
    const T* const parts = tile(i) + W;
    const T* const others = tile(i + 1 < tiles ? i + 1 : i);
    T* const to = y + 2 * (i % in_turn * step * RA + i / in_turn * W);
    const auto put = [&](int l, V a, V b) __attribute__((always_inline)) {
      store_pair<T, W, swap>(to + 2 * l * (RA * RB), scaled ? a * s : a, scaled ? b * s : b);
    };
    unroll<W>([&](auto j) __attribute__((always_inline)) { re[j] = next[j]; });
    Pair<V> a[4], b[4];
    const auto sum_re = [&](int j) __attribute__((always_inline)) {
      a[j].re = re[2 * j] + re[2 * j + 1];
      b[j].re = re[2 * j] - re[2 * j + 1];
    };
    const auto sum_im = [&](int j) __attribute__((always_inline)) {
      a[j].im = im[2 * j] + im[2 * j + 1];
      b[j].im = im[2 * j] - im[2 * j + 1];
    };
    take(im, parts, 0);
    take(im, parts, 1);
    sum_re(0);
    take(im, parts, 2);
    take(im, parts, 3);
    sum_re(2);
    turn(im, 0);
    sum_re(1);
    turn(im, 1);
    sum_re(3);
    turn(im, 2);
    const V s_re = a[0].re + a[2].re, u_re = a[0].re - a[2].re;
    turn(im, 3);
    const V t_re = a[1].re + a[3].re, v_re = a[1].re - a[3].re;
    end(im, 0);
    end(im, 1);
    sum_im(0);
    sum_im(2);
    const V y0 = s_re + t_re, y4 = s_re - t_re;
    end(im, 2);
    end(im, 3);
    sum_im(1);
    sum_im(3);
    const V s_im = a[0].im + a[2].im, u_im = a[0].im - a[2].im;
    take(next, others, 0);
    const V t_im = a[1].im + a[3].im, v_im = a[1].im - a[3].im;
    take(next, others, 1);
    turn(next, 0);
    put(0, y0, s_im + t_im);
    take(next, others, 2);
    put(4, y4, s_im - t_im);
    take(next, others, 3);
    turn(next, 1);
    put(2, u_re + v_im, u_im - v_re);
    const Pair<V> p1 = {b[1].re + b[1].im, b[1].im - b[1].re};  // sqrt(2) w8 b1
    turn(next, 2);
    put(6, u_re - v_im, u_im + v_re);
    const Pair<V> p3 = {b[3].im - b[3].re, -(b[3].re + b[3].im)};  // sqrt(2) w8^3 b3
    turn(next, 3);
    const Pair<V> b2 = minus_i(b[2]), sum = b[0] + b2, difference = b[0] - b2;
    end(next, 0);
    const Pair<V> p = p1 + p3, q = p1 - p3;
    end(next, 2);
    put(1, sum.re + cosine * p.re, sum.im + cosine * p.im);
    end(next, 1);
    put(5, sum.re - cosine * p.re, sum.im - cosine * p.im);
    end(next, 3);
    put(3, difference.re + cosine * q.im, difference.im - cosine * q.re);
    put(7, difference.re - cosine * q.im, difference.im + cosine * q.re);
  }
}

template <class T, int W, int RA, int RB, bool swap, bool scaled>
FLIPSHIFT_INLINE void out_of_rows(const T* rows, T* y, T scale) {
  if constexpr (W == 8 && per_lane<T> == 2) {
    out_of_rows_overlapped<T, W, RA, RB, swap, scaled>(rows, y, scale);
  } else {
    out_of_rows_in_turn<T, W, RA, RB, swap, scaled>(rows, y, scale);
  }
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
