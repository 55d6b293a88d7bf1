// Separable convolution of images: the sums along the columns, then those along the rows.
//
// Columns: a vector holds neighbouring columns, a tile of R rows by V vectors of sums stays in
// registers while rows of x pass by; a loaded vector is multiplied by Q taps, held in registers,
// for as many rows of sums. Rows: as a 1-D convolution.
#include "kernels/separable2d.hpp"

#include <cstdint>

#include "kernels/complex_sums.hpp"
#include "kernels/convolve_interior.hpp"
#include "kernels/shuffle.hpp"
#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// A step of a loop that is unrolled for certain: its index is a constant expression.
#define FLIPSHIFT_STEP(i) [&](auto i) __attribute__((always_inline))

// Compiled with a sanitizer, large tiles would take minutes; small ones run through the same text.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool large = false;
#else
constexpr bool large = FLIPSHIFT_VECTOR_REGISTERS == 32;
#endif
// Rows of the largest tile of C sums for each number (2: complex), and taps held in registers.
template <int C>
constexpr int column_rows = (large ? 12 : 4) / C;
template <int C>
constexpr int column_taps = 4 / C;

template <class T, int C>
struct Columns {
  static constexpr int W = max_width<T>;
  static constexpr int most = column_taps<C>;
  using X = Vec<T, W>;

  const T* const* x;
  const T* taps[C];
  size_t m;
  T* y;
  size_t y_row;

  template <int R, int V, int Q>
  FLIPSHIFT_INLINE void some_taps(size_t r, size_t c, size_t k, X (&acc)[C][R][V]) const {
    const T* const* row = x + r + k;
    // What the cases of a switch have in common GCC would put before it: all loads.
    asm volatile("" : "+r"(row));
    X h[C][Q];
    unroll<C * Q>(FLIPSHIFT_STEP(j) {
      X& tap = h[j / Q][j % Q];
      tap = broadcast<T, W>(taps[j / Q][k + size_t(j % Q)]);
      keep(tap);
    });
    unroll<R + Q - 1>(FLIPSHIFT_STEP(u) {
      const T* at = row[u] + c;
      unroll<V>(FLIPSHIFT_STEP(v) {
        X now = loadu<T, W>(at + v * W);
        keep(now);
        unroll<C * Q>(FLIPSHIFT_STEP(j) {
          constexpr int i = u - j % Q;
          if constexpr (i >= 0 && i < R) acc[j / Q][i][v] += h[j / Q][j % Q] * now;
        });
      });
    });
  }

  template <int R, int V>
  __attribute__((noinline)) void tile(size_t r, size_t c) const {
    X acc[C][R][V];
    unroll<C * R * V>(FLIPSHIFT_STEP(a) { acc[a / (R * V)][a / V % R][a % V] = X{}; });
    size_t k = 0;
    while (k < m) {
      const size_t left = m - k;
      // Two short groups of taps rather than a full one and a single tap.
      const size_t q = left <= size_t(most)      ? left
                       : left < size_t(2 * most) ? (left + 1) / 2
                                                 : size_t(most);
      switch (q) {
        case 1:
          some_taps<R, V, 1>(r, c, k, acc);
          break;
        case 2:
          some_taps<R, V, 2>(r, c, k, acc);
          break;
        case 3:
          if constexpr (most >= 3) some_taps<R, V, 3>(r, c, k, acc);
          break;
        case 4:
          if constexpr (most >= 4) some_taps<R, V, 4>(r, c, k, acc);
          break;
      }
      k += q;
    }
    T* to = y + r * y_row + c;
    unroll<R>(FLIPSHIFT_STEP(i) {
      unroll<V>(FLIPSHIFT_STEP(v) {
        X sum = acc[0][i][v];
        if constexpr (C == 2) sum = plus_i_times<T, W>(sum, acc[1][i][v]);
        storeu<T, W>(to + v * W, sum);
      });
      to += y_row;
    });
  }

  // Rows from r on, in tiles of R and then fewer.
  template <int R, int V>
  void down(size_t r, size_t rows, size_t c) const {
    for (; rows - r >= size_t(R); r += R) tile<R, V>(r, c);
    if constexpr (R > 1) {
      constexpr int next = R == 12 ? 8 : R == 6 ? 4 : R / 2;
      if (r < rows) down<next, V>(r, rows, c);
    }
  }
  // Numbers of a row before the first whole vector.
  size_t unaligned(size_t row) const {
    const auto address = reinterpret_cast<std::uintptr_t>(x[row]) / sizeof(T);
    return (size_t(W) - address % W) % W;
  }
  void run(size_t rows, size_t cols) const {
    constexpr int R = column_rows<C>;
    size_t c = 0;
    // Loads that cross cache lines take longer than a vector that is made twice.
    if (const size_t lead = unaligned(0);
        lead > 0 && lead % C == 0 && cols >= size_t(8 * W) && unaligned((rows + m) / 2) == lead) {
      down<R, 1>(0, rows, 0);
      c = lead;
    }
    for (; c + 2 * W <= cols; c += 2 * W) down<R, 2>(0, rows, c);
    if (c == cols) return;
    // The last vectors are moved back to end with the row: what is made twice comes out the same.
    if (cols - c > size_t(W) && cols >= size_t(2 * W)) {
      down<R, 2>(0, rows, cols - 2 * W);
    } else {
      for (; c < cols; c += W) down<R, 1>(0, rows, c + W <= cols ? c : cols - W);
    }
  }
};

template <class T>
void columns(const T* const* x, const T* taps, size_t m, T* y, size_t y_row, size_t rows,
             size_t cols) {
  Columns<T, 1>{x, {taps}, m, y, y_row}.run(rows, cols);
}

template <class T>
void columns_complex(const T* const* x, const T* re, const T* im, size_t m, T* y, size_t y_row,
                     size_t rows, size_t cols) {
  Columns<T, 2>{x, {re, im}, m, y, y_row}.run(rows, cols);
}

template <class T>
void along_rows(const T* x, size_t x_row, const T* taps, size_t m, T* y, size_t y_row, size_t rows,
                size_t count, bool add) {
  for (size_t r = 0; r < rows; ++r)
    Interior<T, max_width<T>, 1>::run(x + r * x_row, taps, m, y + r * y_row, count, add);
}

template <class T>
size_t lanes() {
  return max_width<T>;
}
size_t tile_height() { return column_rows<1>; }

}  // namespace

#define FLIPSHIFT_FILL(T)                       \
  void fill(Separable2dTable<T>& table) {       \
    table.columns = columns<T>;                 \
    table.columns_complex = columns_complex<T>; \
    table.rows = along_rows<T>;                 \
    table.lanes = lanes<T>;                     \
    table.tile = tile_height;                   \
  }

FLIPSHIFT_FILL(float)
FLIPSHIFT_FILL(double)

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
