// Whole transforms of short power-of-two lengths; what each does is said in kernels/fft_block.hpp.
#include "kernels/fft_block.hpp"

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
    transpose_lanes<T, W, step>(v + r);
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

// out_of_rows for 8 numbers in four lanes. Whole lanes are moved by two of the four pipes, and slowly:
// a tile that is first turned and then transformed waits for a third of its time. So the imaginary
// parts are turned between the first additions of the real ones, and the real parts of the next
// tile between the last additions of this one.
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
  const auto end = [](V(&v)[W], int i) __attribute__((always_inline)) {
    exchange_lanes<T, W>(v[i], v[i + 4]);
  };
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

template <class T, int W, int R, bool swap, bool scaled>
FLIPSHIFT_INLINE void single(const T* x, T* y, const T* tw, T scale) {
  if constexpr (2 * R == W) {
    in_halves<T, W, swap, scaled>(x, y, tw, scale);
  } else if constexpr (4 * R == W) {
    in_quarters<T, W, swap, scaled>(x, y, tw, scale);
  } else {
    in_registers<T, W, R, swap, scaled>(x, y, tw, scale);
  }
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

template <class T, int W, int RA, int RB>
void block(const T* x, T* y, const T* step_tw, const T* lane_tw, bool swap, T scale) {
  if constexpr (W == 1) {
    if (swap) {
      in_scalars<T, RA, true>(x, y, scale);
    } else {
      in_scalars<T, RA, false>(x, y, scale);
    }
  } else if constexpr (RB == 1) {
    if (swap) {
      single<T, W, RA, true, true>(x, y, lane_tw, scale);
    } else if (scale == T(1)) {
      single<T, W, RA, false, false>(x, y, lane_tw, scale);
    } else {
      single<T, W, RA, false, true>(x, y, lane_tw, scale);
    }
  } else {
    alignas(64) T rows[2 * W * RA * RB];
    if (swap) {
      in_passes<T, W, RA, RB, true>(x, rows, step_tw, lane_tw);
      out_of_rows<T, W, RA, RB, true, true>(rows, y, scale);
    } else {
      in_passes<T, W, RA, RB, false>(x, rows, step_tw, lane_tw);
      if (scale == T(1)) {
        out_of_rows<T, W, RA, RB, false, false>(rows, y, scale);
      } else {
        out_of_rows<T, W, RA, RB, false, true>(rows, y, scale);
      }
    }
  }
}

template <class T, int W, int RA, int RB>
void set(FftBlockTable<T>& t) {
  int bits = 0;
  while (1 << bits < W * RA * RB) ++bits;
  FftBlock<T>& b = t.blocks[bits];
  b.width = W;
  b.ra = RA;
  b.rb = RB;
  for (int i = 0; i < W; ++i) {
    const bool quarters = 4 * RA * RB == W;
    const int group = i / RA, e = per_lane<T>;
    b.column[i] = static_cast<std::uint8_t>(quarters ? i : split_order<T, W>(i));
    b.frequency[i] = static_cast<std::uint8_t>(!quarters        ? i % e / (e / 2)
                                               : group % 3 != 0 ? 3 - group
                                                                : group);
  }
  b.run = block<T, W, RA, RB>;
}

// The best of the shapes that were timed (Zen 5, 2026-11), for each width of the widest vectors.
template <class T>
void fill_table(FftBlockTable<T>& t) {
  constexpr int W = max_width<T>;
  set<T, 1, 2, 1>(t);
  if constexpr (sizeof(T) == 8) {
    set<T, 2, 2, 1>(t);
  } else {
    set<T, 1, 4, 1>(t);
    set<T, 4, 2, 1>(t);
  }
  if constexpr (W == 2) {
    set<T, 2, 4, 1>(t);
    set<T, 2, 8, 1>(t);
    set<T, 2, 16, 1>(t);
    set<T, 2, 4, 8>(t);
    set<T, 2, 8, 8>(t);
  } else if constexpr (W == 4) {
    if constexpr (sizeof(T) == 8) set<T, 4, 2, 1>(t);
    set<T, 4, 4, 1>(t);
    set<T, 4, 8, 1>(t);
    set<T, 4, 16, 1>(t);
    set<T, 4, 4, 8>(t);
    set<T, 4, 8, 8>(t);
    set<T, 4, 16, 8>(t);
    set<T, 4, 16, 16>(t);
  } else {
    if constexpr (sizeof(T) == 8) {
      set<T, 4, 2, 1>(t);
      set<T, 8, 2, 1>(t);
    } else {
      set<T, 4, 4, 1>(t);
    }
    set<T, 8, 4, 1>(t);
    if constexpr (W == 8) {
      if constexpr (sizeof(T) == 4) set<T, 8, 16, 1>(t);
      set<T, 8, 8, 1>(t);
      set<T, 8, 4, 4>(t);
      set<T, 8, 4, 8>(t);
      set<T, 8, 8, 8>(t);
      set<T, 8, 8, 16>(t);
      set<T, 8, 16, 16>(t);
    } else {
      set<T, 16, 4, 1>(t);
      set<T, 16, 8, 1>(t);
      set<T, 16, 4, 4>(t);
      set<T, 16, 4, 8>(t);
      set<T, 16, 8, 8>(t);
      set<T, 16, 8, 16>(t);
      set<T, 16, 16, 16>(t);
    }
  }
}

}  // namespace

void fill(FftBlockTable<float>& t) { fill_table(t); }
void fill(FftBlockTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
