// Sums over a sliding window, as the end of one block and the beginning of another (van Herk 1992,
// Gil and Werman 1993).
//
// Of rows of several columns, vectors hold neighbouring columns and the sums run down the rows. A
// single column, or one of complex numbers, is summed within vectors: log2 W shifts and additions,
// off the chain from vector to vector, which is one addition.
#include "kernels/running_sum.hpp"

#include <type_traits>
#include <utility>

#include "kernels/over_columns.hpp"
#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::size_t;

// Division by one number. With fused multiply-add it is a product and a correction, which rounds as
// the division does (Markstein 1990) and takes a quarter of its time.
template <class T>
struct Divisor {
  T d, inverse;
  explicit Divisor(T d) : d(d), inverse(T(1) / d) {}

  template <class V>
  FLIPSHIFT_INLINE V operator()(V v) const {
#if defined(__FMA__) || defined(__aarch64__)
    const V q = v * inverse;
    const V rest = v - q * d;
    return rest == rest ? V(q + rest * inverse) : q;  // infinity leaves infinity minus infinity
#else
    return v / d;
#endif
  }
};

// ---- Short windows

template <class T, int W, int R>
FLIPSHIFT_INLINE void direct_tile(const T* x, size_t cols, size_t n, T* y, Divisor<T> divide) {
  Vec<T, W> sum[R];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) sum[r] = loadu<T, W>(x + r * W);
  for (size_t k = 1; k < n; ++k) {
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) sum[r] += loadu<T, W>(x + k * cols + r * W);
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) storeu<T, W>(y + r * W, divide(sum[r]));
}

template <class T>
void direct(const T* x, size_t cols, size_t n, T* y, size_t count, T divisor) {
  constexpr int W = max_width<T>, R = 4;
  const Divisor<T> divide(divisor);
  size_t f = 0;
  for (; count - f >= R * W; f += R * W) direct_tile<T, W, R>(x + f, cols, n, y + f, divide);
  if (count >= size_t(W)) {
    // The last vector is moved back: what is made twice comes out the same.
    for (; f < count; f += W) {
      const size_t at = f + W <= count ? f : count - W;
      direct_tile<T, W, 1>(x + at, cols, n, y + at, divide);
    }
  } else {
    for (; f < count; ++f) direct_tile<T, 1, 1>(x + f, cols, n, y + f, divide);
  }
}

// ---- Several columns

template <class T, int W, int V>
void suffix_columns(const T* x, size_t x_row, size_t rows, T* s, size_t s_row) {
  Vec<T, W> sum[V] = {};
  for (size_t j = rows; j-- > 0;) {
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) {
      sum[v] += loadu<T, W>(x + j * x_row + v * W);
      storeu<T, W>(s + j * s_row + v * W, sum[v]);
    }
  }
}

template <class T, int W, int V>
void slide_columns(const T* s, size_t s_row, const T* x, size_t x_row, size_t rows, const T* middle,
                   T* carry, T* y, size_t y_row, Divisor<T> divide) {
  Vec<T, W> mid[V] = {}, sum[V] = {};
  if (carry) {
    for (int v = 0; v < V; ++v) {
      mid[v] = loadu<T, W>(middle + v * W);
      sum[v] = loadu<T, W>(carry + v * W);
    }
  }
  for (size_t j = 0; j < rows; ++j) {
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) {
      storeu<T, W>(y + j * y_row + v * W,
                   divide(loadu<T, W>(s + j * s_row + v * W) + (mid[v] + sum[v])));
      sum[v] += loadu<T, W>(x + j * x_row + v * W);
    }
  }
  if (carry)
    for (int v = 0; v < V; ++v) storeu<T, W>(carry + v * W, sum[v]);
}

// ---- One column of numbers (C = 1) or complex numbers (C = 2)

template <class T, int W, int C>
struct Scan {
  using V = Vec<T, W>;
  using I = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

  // Lane l of the result is lane l + K, zero beyond the end; with K < 0, towards the end.
  template <int K>
  static FLIPSHIFT_INLINE V shift(V v) {
    return [&]<int... L>(std::integer_sequence<int, L...>) __attribute__((always_inline)) {
      return __builtin_shufflevector(v, V{}, (L + K >= 0 && L + K < W ? L + K : W + L)...);
    }(std::make_integer_sequence<int, W>{});
  }
  // Lanes From ... From + C - 1, over and over.
  template <int From>
  static FLIPSHIFT_INLINE V repeat(V v) {
    return [&]<int... L>(std::integer_sequence<int, L...>) __attribute__((always_inline)) {
      return __builtin_shufflevector(v, v, (From + L % C)...);
    }(std::make_integer_sequence<int, W>{});
  }
  // Lane l becomes the sum of lanes l, l + C, ...
  template <int K = C>
  static FLIPSHIFT_INLINE V to_end(V v) {
    if constexpr (K < W) {
      return to_end<2 * K>(v + shift<K>(v));
    } else {
      return v;
    }
  }
  // Lane l becomes the sum of lanes l, l - C, ...
  template <int K = C>
  static FLIPSHIFT_INLINE V from_start(V v) {
    if constexpr (K < W) {
      return from_start<2 * K>(v + shift<-K>(v));
    } else {
      return v;
    }
  }
  // Whether a lane is one of the first n.
  static FLIPSHIFT_INLINE auto first(size_t n) {
    Vec<I, W> lane;
    for (int l = 0; l < W; ++l) lane[l] = l;
    return lane < broadcast<I, W>(static_cast<I>(n));
  }

  // n numbers, at least W.
  static void suffix(const T* x, size_t n, T* s) {
    V carry{};
    size_t i = n;
    for (; i >= size_t(W); i -= W) {
      const V sums = to_end(loadu<T, W>(x + i - W));
      storeu<T, W>(s + i - W, sums + carry);
      carry += repeat<0>(sums);
    }
    if (i > 0) {
      const auto new_ones = first(i);
      const V sums = to_end(V(new_ones ? loadu<T, W>(x) : V{}));
      storeu<T, W>(s, new_ones ? V(sums + carry) : loadu<T, W>(s));
    }
  }

  static void slide(const T* s, const T* x, size_t n, const T* middle, T* carry, T* y,
                    Divisor<T> divide) {
    V mid{}, sum{};
    if (carry) {
      for (int l = 0; l < W; ++l) {
        mid[l] = middle[l % C];
        sum[l] = carry[l % C];
      }
    }
    size_t i = 0;
    for (; i + W <= n; i += W) {
      const V sums = from_start(loadu<T, W>(x + i));
      storeu<T, W>(y + i, divide(loadu<T, W>(s + i) + (mid + (sum + shift<-C>(sums)))));
      sum += repeat<W - C>(sums);
    }
    if (i < n) {
      const size_t at = n - W;
      const auto old_ones = first(i - at);
      const V sums = from_start(V(old_ones ? V{} : loadu<T, W>(x + at)));
      const V now = divide(loadu<T, W>(s + at) + (mid + (sum + shift<-C>(sums))));
      storeu<T, W>(y + at, old_ones ? loadu<T, W>(y + at) : now);
      sum += repeat<W - C>(sums);
    }
    if (carry)
      for (int c = 0; c < C; ++c) carry[c] = sum[c];
  }
};

// ---- The table

template <class T>
struct SuffixOf {
  const T* x;
  size_t x_row, rows, cols;
  T* s;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    suffix_columns<T, W, V>(x + c, x_row, rows, s + c, cols);
  }
};
template <class T>
void suffix(const T* x, size_t x_row, size_t rows, size_t cols, size_t blocks, T* s) {
  constexpr int W = max_width<T>;
  const bool line = x_row == cols && rows * cols >= size_t(W);
  for (size_t b = 0; b < blocks; ++b, x += rows * x_row, s += rows * cols) {
    if (line && cols == 1) {
      Scan<T, W, 1>::suffix(x, rows, s);
      continue;
    }
    if constexpr (W > 2) {
      if (line && cols == 2) {
        Scan<T, W, 2>::suffix(x, 2 * rows, s);
        continue;
      }
    }
    over_columns<W, 4>(0, cols, SuffixOf<T>{x, x_row, rows, cols, s});
  }
}

template <class T>
struct SlideOf {
  const T *s, *x;
  size_t x_row, rows, cols;
  const T* middle;
  T *carry, *y;
  size_t y_row;
  Divisor<T> divide;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    slide_columns<T, W, V>(s + c, cols, x + c, x_row, rows, middle + (carry ? c : 0),
                           carry ? carry + c : nullptr, y + c, y_row, divide);
  }
};
template <class T>
FLIPSHIFT_INLINE void slide_block(const T* s, const T* x, size_t x_row, size_t rows, size_t cols,
                                  const T* middle, T* carry, T* y, size_t y_row,
                                  Divisor<T> divide) {
  constexpr int W = max_width<T>;
  if (x_row == cols && y_row == cols && rows * cols >= size_t(W)) {
    if (cols == 1) return Scan<T, W, 1>::slide(s, x, rows, middle, carry, y, divide);
    if constexpr (W > 2)
      if (cols == 2) return Scan<T, W, 2>::slide(s, x, 2 * rows, middle, carry, y, divide);
  }
  over_columns<W, 4>(0, cols, SlideOf<T>{s, x, x_row, rows, cols, middle, carry, y, y_row, divide});
}
template <class T>
void slide(const T* s, const T* x, size_t x_row, size_t rows, size_t cols, const T* middle,
           T* carry, T* y, size_t y_row, T divisor) {
  slide_block(s, x, x_row, rows, cols, middle, carry, y, y_row, Divisor<T>(divisor));
}
template <class T>
void slides(const T* s, const T* x, size_t x_row, size_t rows, size_t cols, size_t blocks, T* y,
            size_t y_row, T divisor) {
  const Divisor<T> divide(divisor);
  for (size_t b = 0; b < blocks; ++b)
    slide_block<T>(s + b * rows * cols, x + b * rows * x_row, x_row, rows, cols, nullptr, nullptr,
                   y + b * rows * y_row, y_row, divide);
}

template <class T>
size_t lanes() {
  return max_width<T>;
}

}  // namespace

#define FLIPSHIFT_FILL(T)                \
  void fill(RunningSumTable<T>& table) { \
    table.direct = direct<T>;            \
    table.suffix = suffix<T>;            \
    table.slide = slide<T>;              \
    table.slides = slides<T>;            \
    table.lanes = lanes<T>;              \
  }

FLIPSHIFT_FILL(float)
FLIPSHIFT_FILL(double)

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
