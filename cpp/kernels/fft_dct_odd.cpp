// What each function does is said in kernels/fft_dct_odd.hpp.
#include "kernels/fft_dct_odd.hpp"

#include "kernels/natural_order.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using Size = std::size_t;

// Sums and differences of numbers q and r - q meet cosines and sines alone.
template <class T, int W>
struct Folded {
  Vec<T, W> first, sum[fft_dct_odd_max_radix / 2], difference[fft_dct_odd_max_radix / 2];
};

// Of the sums k .. k + K - 1, the parts that meet cosines and sines. Two partial sums of each halve
// the error.
template <class T, int W, int K>
FLIPSHIFT_INLINE void folded_sums(const Folded<T, W>& f, Size h, Size k, const T* roots,
                                  Vec<T, W> (&even)[2 * K], Vec<T, W> (&odd)[2 * K]) {
  using V = Vec<T, W>;
  const T* const base = roots + 2 * h * (k - 1);
  const auto add = [&](auto part, Size j) __attribute__((always_inline)) {
    const V a = f.sum[j], b = f.difference[j];
    unroll<K>([&](auto i) __attribute__((always_inline)) {
      const T* const z = base + 2 * (h * i + j);
      even[K * part + i] += broadcast<T, W>(z[0]) * a;
      odd[K * part + i] += broadcast<T, W>(z[1]) * b;
    });
  };
  Size j = 0;
  for (; j + 2 <= h; j += 2) {
    add(std::integral_constant<int, 0>{}, j);
    add(std::integral_constant<int, 1>{}, j + 1);
  }
  if (j < h) add(std::integral_constant<int, 0>{}, j);
  unroll<K>([&](auto i) __attribute__((always_inline)) {
    even[i] += even[K + i] + f.first;
    odd[i] += odd[K + i];
  });
}

// K results k .. k + K - 1 of the split of one column.
template <class T, int W, int K>
FLIPSHIFT_INLINE void split_results(const Folded<T, W>& f, Size h, Size k, const T* roots,
                                    const T* tw, T* row, Size m) {
  using V = Vec<T, W>;
  V re[2 * K] = {}, minus_im[2 * K] = {};
  folded_sums<T, W, K>(f, h, k, roots, re, minus_im);
  unroll<K>([&](auto i) __attribute__((always_inline)) {
    const V c = broadcast<T, W>(tw[2 * (k + i - 1)]), s = broadcast<T, W>(tw[2 * (k + i - 1) + 1]);
    store_row<T, W>(row + 2 * W * m * (k + i), re[i] * c + minus_im[i] * s,
                    re[i] * s - minus_im[i] * c);
  });
}

// H = h if it is known, which unrolls all, else 0.
template <class T, int W, int H>
FLIPSHIFT_INLINE void split_column(const T* x, Size m, Size h, const T* roots, const T* tw,
                                   T* row) {
  using V = Vec<T, W>;
  Folded<T, W> f;
  f.first = load<T, W>(x);
  V all = f.first;
  const auto fold = [&](Size j) __attribute__((always_inline)) {
    const V a = load<T, W>(x + W * m * (j + 1)), b = load<T, W>(x + W * m * (2 * h - j));
    f.sum[j] = a + b;
    f.difference[j] = a - b;
    all += f.sum[j];
  };
  if constexpr (H > 0) {
    unroll<H>([&](auto j) __attribute__((always_inline)) { fold(j); });
    store_row<T, W>(row, all, V{});
    unroll<H>([&](auto k) __attribute__((always_inline)) {
      V re = f.first, im{};
      unroll<H>([&](auto j) __attribute__((always_inline)) {
        const T* const z = roots + 2 * (H * k + j);
        re += broadcast<T, W>(z[0]) * f.sum[j];
        im -= broadcast<T, W>(z[1]) * f.difference[j];
      });
      const V c = broadcast<T, W>(tw[2 * k]), s = broadcast<T, W>(tw[2 * k + 1]);
      store_row<T, W>(row + 2 * W * m * (k + 1), re * c - im * s, re * s + im * c);
    });
  } else {
    for (Size j = 0; j < h; ++j) fold(j);
    store_row<T, W>(row, all, V{});
    constexpr int K = FLIPSHIFT_VECTOR_REGISTERS == 32 ? 4 : 2;
    Size k = 1;
    for (; k + K <= h + 1; k += K) split_results<T, W, K>(f, h, k, roots, tw, row, m);
    for (; k + 2 <= h + 1; k += 2) split_results<T, W, 2>(f, h, k, roots, tw, row, m);
    for (; k <= h; ++k) split_results<T, W, 1>(f, h, k, roots, tw, row, m);
  }
}

template <class T, int W, int H>
void split_columns(const T* x, Size m, Size h, const T* roots, const T* tw, T* rows) {
  for (Size j = 0; j < m; ++j, x += W, tw += 2 * h, rows += 2 * W)
    split_column<T, W, H>(x, m, H > 0 ? Size{H} : h, roots, tw, rows);
}

template <class T, int W, int K>
FLIPSHIFT_INLINE void join_results(const Folded<T, W>& f, Size h, Size k, const T* roots, T* x,
                                   Size m) {
  using V = Vec<T, W>;
  V even[2 * K] = {}, odd[2 * K] = {};
  folded_sums<T, W, K>(f, h, k, roots, even, odd);
  unroll<K>([&](auto i) __attribute__((always_inline)) {
    store<T, W>(x + W * m * (k + i), even[i] + odd[i]);
    store<T, W>(x + W * m * (2 * h + 1 - k - i), even[i] - odd[i]);
  });
}

template <class T, int W, int H>
FLIPSHIFT_INLINE void join_column(const T* row, Size m, Size h, const T* roots, const T* tw, T* x) {
  using V = Vec<T, W>;
  Folded<T, W> f;
  f.first = load<T, W>(row);
  V all = f.first;
  const auto turn = [&](Size j) __attribute__((always_inline)) {
    const Complex<T, W> z = load_row<T, W>(row + 2 * W * m * (j + 1));
    const V c = broadcast<T, W>(tw[2 * j]), s = broadcast<T, W>(tw[2 * j + 1]);
    f.sum[j] = z.re * c - z.im * s;
    f.difference[j] = z.re * s + z.im * c;
    all += f.sum[j];
  };
  if constexpr (H > 0) {
    unroll<H>([&](auto j) __attribute__((always_inline)) { turn(j); });
    store<T, W>(x, all);
    unroll<H>([&](auto k) __attribute__((always_inline)) {
      V re = f.first, im{};
      unroll<H>([&](auto j) __attribute__((always_inline)) {
        const T* const z = roots + 2 * (H * k + j);
        re += broadcast<T, W>(z[0]) * f.sum[j];
        im += broadcast<T, W>(z[1]) * f.difference[j];
      });
      store<T, W>(x + W * m * (k + 1), re + im);
      store<T, W>(x + W * m * (2 * H - k), re - im);
    });
  } else {
    for (Size j = 0; j < h; ++j) turn(j);
    store<T, W>(x, all);
    constexpr int K = FLIPSHIFT_VECTOR_REGISTERS == 32 ? 4 : 2;
    Size k = 1;
    for (; k + K <= h + 1; k += K) join_results<T, W, K>(f, h, k, roots, x, m);
    for (; k + 2 <= h + 1; k += 2) join_results<T, W, 2>(f, h, k, roots, x, m);
    for (; k <= h; ++k) join_results<T, W, 1>(f, h, k, roots, x, m);
  }
}

template <class T, int W, int H>
void join_columns(const T* rows, const std::uint32_t* order, Size m, Size h, const T* roots,
                  const T* tw, T* x) {
  for (Size j = 0; j < m; ++j, x += W, tw += 2 * h)
    join_column<T, W, H>(rows + Size{2 * W} * order[j], m, H > 0 ? Size{H} : h, roots, tw, x);
}

template <class T, int W>
void split(const T* x, Size m, Size r, const T* roots, const T* tw, T* rows) {
  const Size h = r / 2;
  switch (r) {
    case 3:
      return split_columns<T, W, 1>(x, m, h, roots, tw, rows);
    case 5:
      return split_columns<T, W, 2>(x, m, h, roots, tw, rows);
    case 7:
      return split_columns<T, W, 3>(x, m, h, roots, tw, rows);
    case 9:
      return split_columns<T, W, 4>(x, m, h, roots, tw, rows);
    case 11:
      return split_columns<T, W, 5>(x, m, h, roots, tw, rows);
    case 13:
      return split_columns<T, W, 6>(x, m, h, roots, tw, rows);
    case 15:
      return split_columns<T, W, 7>(x, m, h, roots, tw, rows);
    default:
      return split_columns<T, W, 0>(x, m, h, roots, tw, rows);
  }
}

template <class T, int W>
void join(const T* rows, const std::uint32_t* order, Size m, Size r, const T* roots, const T* tw,
          T* x) {
  const Size h = r / 2;
  switch (r) {
    case 3:
      return join_columns<T, W, 1>(rows, order, m, h, roots, tw, x);
    case 5:
      return join_columns<T, W, 2>(rows, order, m, h, roots, tw, x);
    case 7:
      return join_columns<T, W, 3>(rows, order, m, h, roots, tw, x);
    case 9:
      return join_columns<T, W, 4>(rows, order, m, h, roots, tw, x);
    case 11:
      return join_columns<T, W, 5>(rows, order, m, h, roots, tw, x);
    case 13:
      return join_columns<T, W, 6>(rows, order, m, h, roots, tw, x);
    case 15:
      return join_columns<T, W, 7>(rows, order, m, h, roots, tw, x);
    default:
      return join_columns<T, W, 0>(rows, order, m, h, roots, tw, x);
  }
}

template <class T, int W>
void leave_two(const T* rows, const std::uint32_t* order, Size m, Size r, const T* t, T* y,
               std::ptrdiff_t step, T scale, T first) {
  using V = Vec<T, W>;
  const Size n = m * r;
  const V f = broadcast<T, W>(scale);
  const auto at = [&](Size k) { return y + step * static_cast<std::ptrdiff_t>(k); };
  storeu<T, W>(y, load<T, W>(rows + Size{2 * W} * order[0]) * broadcast<T, W>(scale * first));
  for (Size b = 0; b <= r / 2; ++b, rows += 2 * W * m) {
    for (Size q = b == 0; q < (b == 0 ? (m + 1) / 2 : m); ++q) {
      const Size k = b + r * q;
      const Complex<T, W> z = load_row<T, W>(rows + Size{2 * W} * order[q]);
      const V c = broadcast<T, W>(t[2 * (b * m + q)]), s = broadcast<T, W>(t[2 * (b * m + q) + 1]);
      storeu<T, W>(at(k), (z.re * c - z.im * s) * f);
      storeu<T, W>(at(n - k), (z.re * s + z.im * c) * -f);
    }
  }
}

template <class T, int W>
void enter_three(const T* x, std::ptrdiff_t step, Size m, Size r, const T* t, T* rows, T first) {
  using V = Vec<T, W>;
  const Size n = m * r;
  const auto at = [&](Size k) { return loadu<T, W>(x + step * static_cast<std::ptrdiff_t>(k)); };
  store_row<T, W>(rows, at(0) * broadcast<T, W>(first), V{});
  for (Size b = 0, i = 1; b <= r / 2; ++b) {
    for (Size k = b ? b : r; k < n; k += r, ++i) {
      const V p = at(k), q = at(n - k);
      const V c = broadcast<T, W>(t[2 * i]), s = broadcast<T, W>(t[2 * i + 1]);
      store_row<T, W>(rows + 2 * W * i, p * c - q * s, p * s + q * c);
    }
  }
}

template <class T, int W, int H>
FLIPSHIFT_INLINE void split_line_at(const T* x, Size m, const T* roots, const T* tw, T* zero,
                                    T* blocks) {
  using V = Vec<T, W>;
  const V first = loadu<T, W>(x);
  V all = first, sum[H], difference[H];
  unroll<H>([&](auto j) __attribute__((always_inline)) {
    const V a = loadu<T, W>(x + m * (j + 1)), b = loadu<T, W>(x + m * (2 * H - j));
    sum[j] = a + b;
    difference[j] = a - b;
    all += sum[j];
  });
  storeu<T, W>(zero, all);
  unroll<H>([&](auto k) __attribute__((always_inline)) {
    V re = first, im{};
    unroll<H>([&](auto j) __attribute__((always_inline)) {
      const T* const z = roots + 2 * (H * k + j);
      re += broadcast<T, W>(z[0]) * sum[j];
      im -= broadcast<T, W>(z[1]) * difference[j];
    });
    const V c = loadu<T, W>(tw + 2 * m * k), s = loadu<T, W>(tw + m * (2 * k + 1));
    zip<T, W>(blocks + 2 * m * k, re * c - im * s, re * s + im * c);
  });
}

template <class T, int W, int H>
FLIPSHIFT_INLINE void join_line_at(const T* zero, const T* blocks, Size m, const T* roots,
                                   const T* tw, T* x) {
  using V = Vec<T, W>;
  const V first = loadu<T, W>(zero);
  V all = first, sum[H], difference[H];
  unroll<H>([&](auto j) __attribute__((always_inline)) {
    const Complex<T, W> z = unzip<T, W>(blocks + 2 * m * j);
    const V c = loadu<T, W>(tw + 2 * m * j), s = loadu<T, W>(tw + m * (2 * j + 1));
    const V re = z.re * c + z.im * s, im = z.im * c - z.re * s;
    sum[j] = re + re;
    difference[j] = im + im;
    all += sum[j];
  });
  storeu<T, W>(x, all);
  unroll<H>([&](auto k) __attribute__((always_inline)) {
    V re = first, im{};
    unroll<H>([&](auto j) __attribute__((always_inline)) {
      const T* const z = roots + 2 * (H * k + j);
      re += broadcast<T, W>(z[0]) * sum[j];
      im += broadcast<T, W>(z[1]) * difference[j];
    });
    storeu<T, W>(x + m * (k + 1), re - im);
    storeu<T, W>(x + m * (2 * H - k), re + im);
  });
}

// Calls at(width, j) so that j .. j + width - 1 cover 0 .. m, in whole vectors.
template <int W, class At>
FLIPSHIFT_INLINE void cover(Size m, At&& at) {
  Size j = 0;
  for (; j + W <= m; j += W) at(std::integral_constant<int, W>{}, j);
  for (; j < m; ++j) at(std::integral_constant<int, 1>{}, j);
}

// Calls f(h) for a constant h = r / 2.
template <class F>
FLIPSHIFT_INLINE void with_pairs(Size r, F&& f) {
  switch (r) {
    case 3:
      return f(std::integral_constant<int, 1>{});
    case 5:
      return f(std::integral_constant<int, 2>{});
    case 7:
      return f(std::integral_constant<int, 3>{});
    case 9:
      return f(std::integral_constant<int, 4>{});
    case 11:
      return f(std::integral_constant<int, 5>{});
    default:
      return f(std::integral_constant<int, 6>{});
  }
}

template <class T, int W>
void split_line(const T* x, Size m, Size r, const T* roots, const T* tw, T* zero, T* blocks) {
  with_pairs(r, [&](auto h) __attribute__((always_inline)) {
    cover<W>(m, [&](auto w, Size j) __attribute__((always_inline)) {
      split_line_at<T, w, h>(x + j, m, roots, tw + j, zero + j, blocks + 2 * j);
    });
  });
}

template <class T, int W>
void join_line(const T* zero, const T* blocks, Size m, Size r, const T* roots, const T* tw, T* x) {
  with_pairs(r, [&](auto h) __attribute__((always_inline)) {
    cover<W>(m, [&](auto w, Size j) __attribute__((always_inline)) {
      join_line_at<T, w, h>(zero + j, blocks + 2 * j, m, roots, tw + j, x + j);
    });
  });
}

template <class T>
void fill_table(FftDctOddTable<T>& t) {
  constexpr int W = max_width<T>;
  t.split = split<T, W>;
  t.join = join<T, W>;
  t.leave_two = leave_two<T, W>;
  t.enter_three = enter_three<T, W>;
  t.split_line = split_line<T, W>;
  t.join_line = join_line<T, W>;
}

}  // namespace

void fill(FftDctOddTable<float>& t) { fill_table(t); }
void fill(FftDctOddTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
