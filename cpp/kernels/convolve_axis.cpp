// Direct convolution along the rows of a matrix: a vector holds neighbouring columns.
//
// A tile of R rows by V vectors of outputs stays in registers while rows of x pass by. A loaded
// vector is multiplied by Q taps, held in registers, for as many output rows. Nothing is
// transposed.
//
// Where a row is shorter than a vector, vectors run over the ends of rows, as convolution along the
// rows is convolution of the memory in one line, with taps `cols` apart. Then output "rows" of the
// tile are p true rows apart, so far that vectors do not overlap, and each of the p residues of the
// tap's index makes a sum of its own.
#include "kernels/convolve_axis.hpp"

#include <type_traits>

#include "kernels/complex_sums.hpp"
#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

template <class T>
constexpr bool floating = std::is_floating_point_v<T>;

// Rows of the largest tile for C sums (2: complex), and taps held in registers.
template <class T, int C>
constexpr int tile_rows = (FLIPSHIFT_VECTOR_REGISTERS == 32 && floating<T> ? 8 : 4) / C;
template <class T, int C>
constexpr int tile_taps = (floating<T> ? 4 : 2) / C;

template <class T, class V>
FLIPSHIFT_INLINE V mul_add(V a, V b, V acc) {
  if constexpr (std::is_same_v<T, V> && !floating<T>) {
    return static_cast<T>(acc + std::uint64_t{a} * b);  // uint16_t would become int and overflow
  } else {
    return a * b + acc;
  }
}

// Where a tile finds its samples and taps.
template <class T, int C>
struct Source {
  const T* taps[C];
  size_t m;
  size_t step;    // from the sample of a tap to that of the next
  size_t phases;  // p
  size_t row;     // of x, from an output row of the tile to the next
  size_t y_row;   // of y
  bool grouped;   // more than one tap of a phase at a time: row == p * step
};

template <class T, int W, int V, int R, int C>
struct Tile {
  using X = Vec<T, W>;

  // Q taps of one phase; rows of x outside of [from, to) do not exist.
  template <int Q, bool edge>
  static FLIPSHIFT_INLINE void taps(const Source<T, C>& s, const T* x, size_t k, ptrdiff_t from,
                                    ptrdiff_t to, X (&acc)[C][R][V]) {
    X h[C][Q];
#pragma GCC unroll 8
    for (int j = 0; j < C * Q; ++j) {
      h[j / Q][j % Q] = broadcast<T, W>(s.taps[j / Q][k + size_t(j % Q) * s.phases]);
      if constexpr (W * sizeof(T) >= 16) keep(h[j / Q][j % Q]);
    }
#pragma GCC unroll 16
    for (int u = 0; u < R + Q - 1; ++u) {
      if (edge && (u < from || u >= to)) continue;
      X now[V];
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) {
        now[v] = loadu<T, W>(x + size_t(u) * s.row + v * W);
        if constexpr (W * sizeof(T) >= 16) keep(now[v]);
      }
#pragma GCC unroll 4
      for (int q = 0; q < Q; ++q) {
        if (u < q || u - q >= R) continue;
#pragma GCC unroll 4
        for (int j = 0; j < C * V; ++j) {
          X& a = acc[j / V][u - q][j % V];
          a = mul_add<T>(h[j / V][q], now[j % V], a);
        }
      }
    }
  }

  // Rows y, y + y_row, ...; x is where the first tap of the first of them stands.
  template <bool edge>
  static __attribute__((noinline)) void run(const Source<T, C>& s, const T* x, ptrdiff_t from,
                                            ptrdiff_t to, T* y) {
    X acc[C][R][V];
#pragma GCC unroll 32
    for (int a = 0; a < C * R * V; ++a) acc[a / (R * V)][a / V % R][a % V] = X{};
    constexpr int most = tile_taps<T, C>;
    for (size_t p = 0; p < s.phases; ++p) {
      const T* xp = x + p * s.step;
      ptrdiff_t passed = 0;
      size_t k = p;
      for (size_t left = (s.m + s.phases - 1 - p) / s.phases; left > 0;) {
        const size_t q = !s.grouped                ? 1
                         : left <= size_t(most)    ? left
                         : left < size_t(2 * most) ? (left + 1) / 2
                                                   : size_t(most);
        switch (q) {
          case 1:
            taps<1, edge>(s, xp, k, from - passed, to - passed, acc);
            break;
          case 2:
            if constexpr (most >= 2) taps<2, edge>(s, xp, k, from - passed, to - passed, acc);
            break;
          case 3:
            if constexpr (most >= 3) taps<3, edge>(s, xp, k, from - passed, to - passed, acc);
            break;
          case 4:
            if constexpr (most >= 4) taps<4, edge>(s, xp, k, from - passed, to - passed, acc);
            break;
        }
        left -= q;
        passed += static_cast<ptrdiff_t>(q);
        k += q * s.phases;
        xp += q * s.row;
      }
    }
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) {
        X sum = acc[0][r][v];
        if constexpr (C == 2) sum = plus_i_times<T, W>(sum, acc[1][r][v]);
        storeu<T, W>(y + size_t(r) * s.y_row + v * W, sum);
      }
    }
  }
};

// ---- Rows at least as long as a vector

template <class T, int C>
struct Wide {
  static constexpr int W = max_width<T>;
  Source<T, C> s;
  const T* x;
  ptrdiff_t n, first;
  T* y;

  template <int R, int V>
  void tile(ptrdiff_t r, size_t c) const {
    const ptrdiff_t top = first + r, m = static_cast<ptrdiff_t>(s.m);
    // x may begin before its first row here: rows outside are not touched.
    const T* at = x + top * static_cast<ptrdiff_t>(s.row) + static_cast<ptrdiff_t>(c);
    T* to = y + size_t(r) * s.y_row + c;
    if constexpr (R == tile_rows<T, C>)
      if (top >= 0 && top + R + m - 1 <= n)
        return Tile<T, W, V, R, C>::template run<false>(s, at, 0, 0, to);
    // Taps that meet no row of x are passed over.
    const ptrdiff_t t0 = top + R > 0 ? 0 : 1 - R - top, t1 = n - top < m ? n - top : m;
    const ptrdiff_t skip = t0 < t1 ? t0 : 0;
    Source<T, C> some = s;
    for (int j = 0; j < C; ++j) some.taps[j] += skip;
    some.m = t0 < t1 ? size_t(t1 - t0) : 0;
    Tile<T, W, V, R, C>::template run<true>(some, at + skip * static_cast<ptrdiff_t>(s.row),
                                            -top - skip, n - top - skip, to);
  }
  // Rows from r on, in tiles of R and then fewer.
  template <int R, int V>
  void down(ptrdiff_t r, ptrdiff_t rows, size_t c) const {
    for (; rows - r >= R; r += R) tile<R, V>(r, c);
    if constexpr (R > 1)
      if (r < rows) down<R / 2, V>(r, rows, c);
  }
  void run(size_t rows, size_t cols) const {
    constexpr int R = tile_rows<T, C>;
    const auto height = static_cast<ptrdiff_t>(rows);
    size_t c = 0;
    for (; c + 2 * W <= cols; c += 2 * W) down<R, 2>(0, height, c);
    if (c == cols) return;
    // The last vectors are moved back to end with the row: what is made twice comes out the same.
    if (cols - c > size_t(W) && cols >= size_t(2 * W)) {
      down<R, 2>(0, height, cols - 2 * W);
    } else {
      for (; c < cols; c += W) down<R, 1>(0, height, c + W <= cols ? c : cols - W);
    }
  }
};

template <class T>
void real(const T* x, size_t n, size_t x_row, const T* taps, size_t m, ptrdiff_t first, T* y,
          size_t y_row, size_t rows, size_t cols) {
  const Source<T, 1> s{{taps}, m, x_row, 1, x_row, y_row, true};
  Wide<T, 1>{s, x, static_cast<ptrdiff_t>(n), first, y}.run(rows, cols);
}

template <class T>
void complex(const T* x, size_t n, size_t x_row, const T* re, const T* im, size_t m,
             ptrdiff_t first, T* y, size_t y_row, size_t rows, size_t cols) {
  const Source<T, 2> s{{re, im}, m, x_row, 1, x_row, y_row, true};
  Wide<T, 2>{s, x, static_cast<ptrdiff_t>(n), first, y}.run(rows, cols);
}

// ---- Rows of any length, as one line

template <class T, int C>
struct Flat {
  static constexpr int W = max_width<T>;
  static constexpr ptrdiff_t everything = PTRDIFF_MAX;
  Source<T, C> s;

  // R lines of `row` numbers each, in vectors, the last of which is moved back.
  template <int R>
  void lines(const T* x, T* y) const {
    for (size_t c = 0; c < s.row; c += W) {
      const size_t at = c + W <= s.row ? c : s.row - W;
      constexpr bool checked = R != tile_rows<T, C>;  // a copy of small tiles would gain little
      Tile<T, W, 1, R, C>::template run<checked>(s, x + at, 0, everything, y + at);
    }
  }
  template <int R>
  void run(const T* x, T* y, size_t f, size_t count) const {
    for (; count - f >= R * s.row; f += R * s.row) lines<R>(x + f, y + f);
    if constexpr (R > 1) {
      run<R / 2>(x, y, f, count);
    } else {
      for (; f < count; f += W) {
        if (count < size_t(W)) {
          for (; f < count; f += C) scalar(x + f, y + f);
          return;
        }
        const size_t at = f + W <= count ? f : count - W;
        Tile<T, W, 1, 1, C>::template run<true>(s, x + at, 0, everything, y + at);
      }
    }
  }
  // In the order of the vectors.
  void scalar(const T* x, T* y) const {
    T sum[C][C] = {};
    for (size_t p = 0; p < s.phases; ++p)
      for (size_t k = p; k < s.m; k += s.phases)
        for (int c = 0; c < C; ++c)
          for (int i = 0; i < C; ++i)
            sum[c][i] = mul_add<T>(s.taps[c][k], x[k * s.step + size_t(i)], sum[c][i]);
    y[0] = sum[0][0];
    if constexpr (C == 2) {
      y[0] -= sum[1][1];
      y[1] = sum[0][1] + sum[1][0];
    }
  }
};

// Rows of the tile apart by p true rows and with several taps for each load, if p can be such that
// vectors fill such a distance nearly, with taps enough; otherwise by a vector, one tap a load.
template <class T, int C>
Source<T, C> flat_source(const T* const (&taps)[C], size_t m, size_t cols) {
  constexpr size_t W = max_width<T>;
  Source<T, C> s{{}, m, cols, m, W, W, false};
  for (int c = 0; c < C; ++c) s.taps[c] = taps[c];
  double best = 0.6;
  for (size_t p = (W + cols - 1) / cols; p <= W && 2 * p <= m; ++p) {
    const size_t row = p * cols;
    const double filled = double(row) / double((row + W - 1) / W * W);
    if (filled > best + 0.05) {
      best = filled;
      s.phases = p;
      s.row = s.y_row = row;
      s.grouped = true;
    }
  }
  return s;
}

template <class T>
void flat(const T* x, size_t cols, const T* taps, size_t m, T* y, size_t count) {
  const Flat<T, 1> f{flat_source<T, 1>({taps}, m, cols)};
  f.template run<tile_rows<T, 1>>(x, y, 0, count);
}

template <class T>
void flat_complex(const T* x, size_t cols, const T* re, const T* im, size_t m, T* y, size_t count) {
  const Flat<T, 2> f{flat_source<T, 2>({re, im}, m, cols)};
  f.template run<tile_rows<T, 2>>(x, y, 0, count);
}

template <class T>
size_t lanes() {
  return max_width<T>;
}

}  // namespace

#define FLIPSHIFT_FILL(T)                   \
  void fill(ConvolveAxisTable<T>& table) {  \
    table.real = real<T>;                   \
    table.flat = flat<T>;                   \
    table.lanes = lanes<T>;                 \
    if constexpr (floating<T>) {            \
      table.complex = complex<T>;           \
      table.flat_complex = flat_complex<T>; \
    }                                       \
  }

FLIPSHIFT_FILL(float)
FLIPSHIFT_FILL(double)
FLIPSHIFT_FILL(std::uint8_t)
FLIPSHIFT_FILL(std::uint16_t)
FLIPSHIFT_FILL(std::uint32_t)
FLIPSHIFT_FILL(std::uint64_t)

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
