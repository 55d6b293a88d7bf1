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

// N is n, or 0 if that is not known beforehand.
template <class T, int B, int N>
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
  bool rows_far, y_far;

  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    using X = Vec<T, W>;
    const size_t q = N ? N / B : n_middle + 1, rest = (N ? N : n) - q * B;
    const bool totals = N ? N >= 2 * B : total != nullptr;
    X sum[B][V];
    const auto at = [&](const T* p, int v)
                        __attribute__((always_inline)) { return loadu<T, W>(p + c + v * W); };
    if constexpr (W == max_width<T>) {
      if (rows_far) {
        const T* const* rows_ahead = rows + (N ? N : n) + B - 1;
#pragma GCC unroll 16
        for (int j = 0; j < B; ++j) {
#pragma GCC unroll 4
          for (int v = 0; v < V; ++v) __builtin_prefetch(rows_ahead[j] + c + v * W);
        }
      }
      if (y_far) {
#pragma GCC unroll 16
        for (int j = 0; j < B; ++j) {
#pragma GCC unroll 4
          for (int v = 0; v < V; ++v) __builtin_prefetch(y + (B + j) * y_row + c + v * W, 1);
        }
      }
    }
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sum[B - 1][v] = at(rows[B - 1], v);
    if (totals) {
      for (size_t k = 0; k < n_middle; ++k) {
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) sum[B - 1][v] += at(middle[k], v);
      }
    }
#pragma GCC unroll 16
    for (int j = B - 2; j >= 0; --j) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sum[j][v] = sum[j + 1][v] + at(rows[j], v);
    }
    const T* const* next = rows + q * B;
    X end[V] = {};
#pragma GCC unroll 8
    for (size_t k = 0; k < rest; ++k) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) end[v] += at(next[k], v);
    }
    next += rest;
    const size_t whole = totals ? B - rest : B + 1;  // results until a block is complete
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

constexpr int largest_block = FLIPSHIFT_VECTOR_REGISTERS / 2;

template <class T>
size_t block(size_t n) {
  // Of longer windows there are more whole blocks to be added.
  return n < 4 ? 2 : n < 8 ? 4 : n < 48 ? 8 : largest_block;
}

template <class T, int B, int N = 0>
void columns_of(const T* const* rows, size_t n, size_t blocks, size_t cols,
                const BoxTotals<T>& totals, T* y, size_t y_row, T divisor, bool rows_far,
                bool y_far) {
  constexpr int V = std::clamp(largest_block / B, 1, 4);
  const size_t q = n / B;
  Columns<T, B, N> f{rows, n,     totals.pointers,      q - 1,    nullptr,
                     y,    y_row, Quotient<T>(divisor), rows_far, y_far};
  for (size_t b = totals.first; blocks > 0; --blocks, ++b) {
    if (q > 1) {
      for (size_t k = 1; k < q; ++k)
        totals.pointers[k - 1] = totals.sums + (b + k) % q * totals.row;
      f.total = totals.sums + b % q * totals.row;
    }
    over_columns<max_width<T>, V>(0, cols, f);
    f.rows += B;
    f.y += B * y_row;
  }
}
template <class T>
void columns(const T* const* rows, size_t n, size_t blocks, size_t cols, const BoxTotals<T>& totals,
             T* y, size_t y_row, T divisor, bool rows_far, bool y_far) {
  if (n == 3)
    return columns_of<T, 2, 3>(rows, n, blocks, cols, totals, y, y_row, divisor, rows_far, y_far);
  if (n == 5)
    return columns_of<T, 4, 5>(rows, n, blocks, cols, totals, y, y_row, divisor, rows_far, y_far);
  switch (block<T>(n)) {
    case 2:
      return columns_of<T, 2>(rows, n, blocks, cols, totals, y, y_row, divisor, rows_far, y_far);
    case 4:
      return columns_of<T, 4>(rows, n, blocks, cols, totals, y, y_row, divisor, rows_far, y_far);
    case 8:
      return columns_of<T, 8>(rows, n, blocks, cols, totals, y, y_row, divisor, rows_far, y_far);
    case 16:
      return columns_of<T, 16>(rows, n, blocks, cols, totals, y, y_row, divisor, rows_far, y_far);
  }
}

template <class T>
struct OneRow {  // with whole vectors past the caches
  static constexpr bool repeats = false;
  const T* const* rows;
  size_t n;
  T* y;
  Quotient<T> divide;
  bool streamed;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    Vec<T, W> sum[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sum[v] = loadu<T, W>(rows[0] + c + v * W);
    for (size_t k = 1; k < n; ++k) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sum[v] += loadu<T, W>(rows[k] + c + v * W);
    }
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) {
      const Vec<T, W> mean = divide(sum[v]);
      if (W == max_width<T> && streamed)
        stream<T, W>(y + c + v * W, mean);
      else
        storeu<T, W>(y + c + v * W, mean);
    }
  }
};
template <class T>
void stream_columns(const T* const* rows, size_t n, size_t count, size_t cols, T* y, size_t y_row,
                    T divisor) {
  constexpr int W = max_width<T>;
  OneRow<T> f{rows, n, y, Quotient<T>(divisor), false};
  for (; count > 0; --count, ++f.rows, f.y += y_row) {
    const size_t head = unaligned_head(f.y, cols);
    f.streamed = false;
    over_columns<W / 2, 1>(0, head, f);
    f.streamed = true;
    over_columns<W, 2>(head, cols, f);
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

#define FLIPSHIFT_FILL(T)                     \
  void fill(BoxTable<T>& table) {             \
    table.block = block<T>;                   \
    table.add_rows = add_rows<T>;             \
    table.columns = columns<T>;               \
    table.stream_columns = stream_columns<T>; \
    table.truncate = truncate<T>;             \
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
