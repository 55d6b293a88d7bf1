// Means over boxes, down the rows.
//
// A block of B results is made at once for each vector of columns: the sums from each row to the
// end of the first block stay in registers, and meet those of whole blocks and of the rows that
// follow (van Herk 1992, Gil and Werman 1993, with a block shorter than the window).
#include "kernels/box.hpp"

#include "kernels/box_sums.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T>
struct AddRows {
  static constexpr bool repeats = true;
  const T* const* rows;
  size_t count;
  T* y;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    Vec<T, W> sum[V] = {};
    for (size_t k = 0; k < count; ++k)
      for (int v = 0; v < V; ++v) sum[v] += loadu<T, W>(rows[k] + c + v * W);
    for (int v = 0; v < V; ++v) storeu<T, W>(y + c + v * W, sum[v]);
  }
};
template <class T>
void add_rows(const T* const* rows, size_t count, size_t cols, T* y) {
  over_columns<max_width<T>, 4>(0, cols, AddRows<T>{rows, count, y});
}

// Asks for B rows, into the second-level cache.
template <class T, int W, int V, int B>
FLIPSHIFT_INLINE void ask(const T* const* rows, size_t c) {
#pragma GCC unroll 16
  for (int j = 0; j < B; ++j) {
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) __builtin_prefetch(rows[j] + c + v * W, 0, 2);
  }
}

template <class T, int B>
struct Columns {
  static constexpr bool repeats = true;
  const T* const* rows;
  size_t n;
  const T* const* middle;
  size_t n_middle;
  T* total;
  T* y;
  size_t y_row;
  Quotient<T> divide;
  bool far;

  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    using X = Vec<T, W>;
    const size_t q = n_middle + 1, rest = n - q * B;
    X sum[B][V];
    const auto at = [&](const T* p, int v)
                        __attribute__((always_inline)) { return loadu<T, W>(p + c + v * W); };
    if constexpr (W == max_width<T>) {
      if (far) ask<T, W, V, B>(rows + n + B - 1, c);
    }
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sum[B - 1][v] = at(rows[B - 1], v);
    for (size_t k = 0; k < n_middle; ++k) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sum[B - 1][v] += at(middle[k], v);
    }
#pragma GCC unroll 16
    for (int j = B - 2; j >= 0; --j) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sum[j][v] = sum[j + 1][v] + at(rows[j], v);
    }
    const T* const* next = rows + q * B;
    X end[V] = {};
    for (size_t k = 0; k < rest; ++k) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) end[v] += at(next[k], v);
    }
    next += rest;
    const size_t whole = total ? B - rest : B + 1;  // results until a block is complete
#pragma GCC unroll 16
    for (int j = 0; j < B; ++j) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) {
        storeu<T, W>(y + j * y_row + c + v * W, divide(X(sum[j][v] + end[v])));
        if (j + 1 < B) end[v] += at(next[j], v);
        if (j + 1 == B && whole == B) end[v] += at(next[j], v);
      }
      if (whole == size_t(j + 1)) {
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) storeu<T, W>(total + c + v * W, end[v]);
      }
    }
  }
};

// The same for windows of N rows, N >= B or N + 1 = B.
template <class T, int B, int N>
struct ShortColumns {
  static constexpr bool repeats = true;
  const T* row[N + B - 1];
  const T* const* ahead;  // the rows after them, or null
  T* y;
  size_t y_row;
  Quotient<T> divide;

  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    using X = Vec<T, W>;
    const auto at = [&](int j, int v)
                        __attribute__((always_inline)) { return loadu<T, W>(row[j] + c + v * W); };
    const auto put = [&](int j, int v, X sum) __attribute__((always_inline)) {
      storeu<T, W>(y + j * y_row + c + v * W, divide(sum));
    };
    if constexpr (W == max_width<T>) {
      if (ahead) ask<T, W, V, B>(ahead, c);
    }
    if constexpr (N == 3 && B == 4) {  // sums of two rows serve two results
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) {
        const X b = at(1, v), c2 = at(2, v), d = at(3, v);
        X first = b + c2, second = d + at(4, v);
        put(0, v, first + at(0, v));
        put(1, v, first + d);
        put(2, v, second + c2);
        put(3, v, second + at(5, v));
      }
    } else {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) {
        X sum[B];
        sum[B - 1] = at(B - 1, v);
#pragma GCC unroll 16
        for (int j = B - 2; j >= 0; --j) sum[j] = sum[j + 1] + at(j, v);
        X end{};
#pragma GCC unroll 16
        for (int k = B; k < N; ++k) end = k == B ? at(k, v) : X(end + at(k, v));
        put(0, v, N > B ? X(sum[0] + end) : sum[0]);
#pragma GCC unroll 16
        for (int j = 1; j < B; ++j) {
          end = N == B && j == 1 ? at(N, v) : X(end + at(N + j - 1, v));
          put(j, v, sum[j] + end);
        }
      }
    }
  }
};

constexpr int largest_block = FLIPSHIFT_VECTOR_REGISTERS / 2;

template <class T>
size_t block(size_t n) {
  // Of longer windows there are more whole blocks to be added.
  return n < 3 ? 2 : n < 8 ? 4 : n < 48 ? 8 : largest_block;
}

// Rows that lie alike are read in whole cache lines: those of two vectors may be evicted between
// them.
template <int V, class T, class F>
FLIPSHIFT_INLINE void over_rows(const T* const* rows, size_t cols, const F& f) {
  constexpr int W = max_width<T>;
  const size_t head =
      cols < 16 * W || (rows[1] - rows[0]) % W != 0 ? 0 : unaligned_head(rows[0], W);
  if (head > 0) f.template run<W, 1>(0);
  over_columns<W, V>(head, cols, f);
}

template <class T, int B>
void columns_of(const T* const* rows, size_t n, size_t blocks, size_t cols,
                const BoxTotals<T>& totals, T* y, size_t y_row, T divisor, bool far) {
  constexpr int V = std::clamp(largest_block / B, 1, 4);
  const size_t q = n / B;
  Columns<T, B> f{rows, n, totals.pointers, q - 1, nullptr, y, y_row, Quotient<T>(divisor), far};
  for (size_t b = totals.first; blocks > 0; --blocks, ++b) {
    if (q > 1) {
      for (size_t k = 1; k < q; ++k)
        totals.pointers[k - 1] = totals.sums + (b + k) % q * totals.row;
      f.total = totals.sums + b % q * totals.row;
    }
    over_rows<V>(f.rows, cols, f);
    f.rows += B;
    f.y += B * y_row;
  }
}
template <class T, int B, int N>
void short_columns(const T* const* rows, size_t blocks, size_t cols, T* y, size_t y_row, T divisor,
                   bool far) {
  ShortColumns<T, B, N> f{{}, nullptr, y, y_row, Quotient<T>(divisor)};
  for (; blocks > 0; --blocks, rows += B, f.y += B * y_row) {
    for (int k = 0; k < N + B - 1; ++k) f.row[k] = rows[k];
    f.ahead = far ? rows + N + B - 1 : nullptr;
    over_rows<2>(rows, cols, f);
  }
}
template <class T>
void columns(const T* const* rows, size_t n, size_t blocks, size_t cols, const BoxTotals<T>& totals,
             T* y, size_t y_row, T divisor, bool far) {
  switch (n) {
    case 2:
      return short_columns<T, 2, 2>(rows, blocks, cols, y, y_row, divisor, far);
    case 3:
      return short_columns<T, 4, 3>(rows, blocks, cols, y, y_row, divisor, far);
    case 4:
      return short_columns<T, 4, 4>(rows, blocks, cols, y, y_row, divisor, far);
    case 5:
      return short_columns<T, 4, 5>(rows, blocks, cols, y, y_row, divisor, far);
    case 6:
      return short_columns<T, 4, 6>(rows, blocks, cols, y, y_row, divisor, far);
    case 7:
      return short_columns<T, 4, 7>(rows, blocks, cols, y, y_row, divisor, far);
  }
  if (block<T>(n) == 8)
    columns_of<T, 8>(rows, n, blocks, cols, totals, y, y_row, divisor, far);
  else
    columns_of<T, largest_block>(rows, n, blocks, cols, totals, y, y_row, divisor, far);
}

// One row of results, from rows and to memory that are far.
template <class T, int N, bool Streamed>
struct OneRow {
  static constexpr bool repeats = !Streamed;
  static constexpr size_t ahead = 1024 / sizeof(T);
  const T* row[N];
  T* y;
  Quotient<T> divide;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) {
      const size_t at = c + v * W;
      if constexpr (W == max_width<T>) {
        __builtin_prefetch(row[N - 1] + at + ahead);
        if constexpr (!Streamed) __builtin_prefetch(y + at + ahead, 1);
      }
      Vec<T, W> sum = loadu<T, W>(row[0] + at);
#pragma GCC unroll 8
      for (int k = 1; k < N; ++k) sum += loadu<T, W>(row[k] + at);
      if constexpr (W == max_width<T> && Streamed)
        stream<T, W>(y + at, divide(sum));
      else
        storeu<T, W>(y + at, divide(sum));
    }
  }
};
template <class T, int N>
void rows_of(const T* const* rows, size_t count, size_t cols, T* y, size_t y_row, T divisor,
             bool streamed) {
  constexpr int W = max_width<T>;
  OneRow<T, N, false> near{{}, y, Quotient<T>(divisor)};
  OneRow<T, N, true> past{{}, y, near.divide};
  for (; count > 0; --count, ++rows, near.y += y_row) {
    for (int k = 0; k < N; ++k) near.row[k] = past.row[k] = rows[k];
    if (!streamed) {
      over_rows<2>(rows, cols, near);
    } else {
      past.y = near.y;
      const size_t head = unaligned_head(past.y, cols);
      over_columns<W / 2, 1>(0, head, near);
      over_columns<W, 2>(head, cols, past);
    }
  }
}
template <class T>
void one_by_one(const T* const* rows, size_t n, size_t count, size_t cols, T* y, size_t y_row,
                T divisor, bool streamed) {
  switch (n) {
    case 2:
      return rows_of<T, 2>(rows, count, cols, y, y_row, divisor, streamed);
    case 3:
      return rows_of<T, 3>(rows, count, cols, y, y_row, divisor, streamed);
    case 4:
      return rows_of<T, 4>(rows, count, cols, y, y_row, divisor, streamed);
    case 5:
      return rows_of<T, 5>(rows, count, cols, y, y_row, divisor, streamed);
    case 6:
      return rows_of<T, 6>(rows, count, cols, y, y_row, divisor, streamed);
    case 7:
      return rows_of<T, 7>(rows, count, cols, y, y_row, divisor, streamed);
  }
}

// ---- Integers

template <class T>
void truncate(T* y, size_t count) {
  for (size_t i = 0; i < count; ++i) y[i] = T(std::int32_t(y[i]));
}
template <class X, class T>
void widen(const X* x, size_t count, T* y) {
  for (size_t i = 0; i < count; ++i) y[i] = T(x[i]);
}
template <class X, class T>
void narrow(const T* x, size_t count, X* y) {
  for (size_t i = 0; i < count; ++i) y[i] = X(std::int32_t(x[i]));
}

}  // namespace

#define FLIPSHIFT_FILL(T)             \
  void fill(BoxTable<T>& table) {     \
    table.block = block<T>;           \
    table.add_rows = add_rows<T>;     \
    table.columns = columns<T>;       \
    table.one_by_one = one_by_one<T>; \
    table.truncate = truncate<T>;     \
  }
FLIPSHIFT_FILL(float)
FLIPSHIFT_FILL(double)

#define FLIPSHIFT_FILL_PIXELS(X, T)   \
  void fill(BoxPixels<X, T>& table) { \
    table.widen = widen<X, T>;        \
    table.narrow = narrow<X, T>;      \
  }
FLIPSHIFT_FOR_BOX_PIXELS(FLIPSHIFT_FILL_PIXELS)

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
