// Products with several columns and of several matrices: register tiles as in a matrix product,
// whose left side is read from the few numbers that a Toeplitz matrix has.
#include "kernels/toeplitz.hpp"

#include <type_traits>

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

template <int N>
using Int = std::integral_constant<int, N>;

struct SwapMap {
  static constexpr int of(int i) { return i ^ 1; }
};

// A vector of numbers times a broadcast number, summed; the parts of a complex one meet at the end.
template <class T, int W, bool complex>
struct Sum {
  using V = Vec<T, W>;
  V re{}, im{};

  FLIPSHIFT_INLINE void add(V x, V r, V i) {
    re += r * x;
    if constexpr (complex) im += i * x;
  }
  FLIPSHIFT_INLINE void put(T* out) const {
    if constexpr (complex) {
      static_assert(W > 1);
      V sign;
      for (int i = 0; i < W; ++i) sign[i] = i % 2 ? T(1) : T(-1);
      storeu<T, W>(out, re + sign * shuffle<T, W, SwapMap>(im, im));
    } else {
      storeu<T, W>(out, re);
    }
  }
};

// A broadcast number.
template <class T, int W, bool complex>
struct Factor {
  Vec<T, W> re, im{};
  FLIPSHIFT_INLINE explicit Factor(const T* p) : re(broadcast<T, W>(p[0])) {
    keep(re);
    if constexpr (complex) {
      im = broadcast<T, W>(p[1]);
      keep(im);
    }
  }
};

// ---- columns -----------------------------------------------------------------------------------

// R rows and N vectors of columns, which begin at the elements at[0 .. N) of a row of x and out.
// With unit steps between rows, U of the sums' terms are taken at once: they share the diagonals.
template <class T, int W, bool complex, int R, int N, int U>
FLIPSHIFT_INLINE void tile(const T* d, size_t step, const T* x, size_t ldx, size_t from, size_t to,
                           T* out, const size_t* at) {
  constexpr ptrdiff_t parts = complex ? 2 : 1;
  using V = Vec<T, W>;
  Sum<T, W, complex> sums[R][N];
  size_t p = from;
  if constexpr (U > 1) {
    for (; p + U <= to; p += U) {
      V v[U][N];
      unroll<U>([&](auto u) __attribute__((always_inline)) {
        unroll<N>([&](auto j) __attribute__((always_inline)) {
          v[u][j] = loadu<T, W>(x + (p + u) * ldx + at[j]);
          keep(v[u][j]);
        });
      });
      const T* first = d - parts * static_cast<ptrdiff_t>(p + U - 1);
      unroll<R + U - 1>([&](auto e) __attribute__((always_inline)) {
        const Factor<T, W, complex> f(first + e * parts);
        unroll<U>([&](auto u) __attribute__((always_inline)) {
          constexpr int r = e - (U - 1) + u;
          if constexpr (r >= 0 && r < R)
            unroll<N>([&](auto j)
                          __attribute__((always_inline)) { sums[r][j].add(v[u][j], f.re, f.im); });
        });
      });
    }
  }
  const auto rows = static_cast<ptrdiff_t>(step) * parts;
  for (; p < to; ++p) {
    V v[N];
    unroll<N>([&](auto j) __attribute__((always_inline)) {
      v[j] = loadu<T, W>(x + p * ldx + at[j]);
      keep(v[j]);
    });
    const T* first = d - parts * static_cast<ptrdiff_t>(p);
    unroll<R>([&](auto r) __attribute__((always_inline)) {
      const Factor<T, W, complex> f(first + r * rows);
      unroll<N>([&](auto j) __attribute__((always_inline)) { sums[r][j].add(v[j], f.re, f.im); });
    });
  }
  unroll<R>([&](auto r) __attribute__((always_inline)) {
    unroll<N>([&](auto j)
                  __attribute__((always_inline)) { sums[r][j].put(out + r * ldx + at[j]); });
  });
}

template <class T, bool complex>
struct Columns {
  static constexpr ptrdiff_t parts = complex ? 2 : 1;
  const T* d;
  size_t lo, hi, step;
  const T* x;
  size_t cols, k;
  T* out;
  size_t rows;

  // All rows of N vectors of columns.
  template <int W, int R, int N, int U>
  void panel(const size_t* at) const {
    size_t i = 0;
    for (; i + R <= rows; i += R) run<W, R, N, U>(i, at);
    if (i == rows) return;
    if (rows >= R) return run<W, R, N, U>(rows - R, at);  // some rows again
    for (; i < rows; ++i) run<W, 1, N, 1>(i, at);
  }
  template <int W, int R, int N, int U>
  void run(size_t i, const size_t* at) const {
    // Of a row whose main diagonal is d[main] in the first column, the terms with d[lo .. hi).
    const auto main = static_cast<ptrdiff_t>(cols - 1 + i * step);
    const auto last = main + static_cast<ptrdiff_t>((R - 1) * step);
    const auto n = static_cast<ptrdiff_t>(cols);
    ptrdiff_t from = main - static_cast<ptrdiff_t>(hi) + 1,
              to = last - static_cast<ptrdiff_t>(lo) + 1;
    from = from < 0 ? 0 : from;
    to = to > n ? n : to;
    const T* at_main = d + main * parts;
    const size_t ldx = k * parts;
    const auto call = [&](auto u) __attribute__((always_inline)) {
      tile<T, W, complex, R, N, u>(at_main, step, x, ldx, static_cast<size_t>(from),
                                   static_cast<size_t>(to < from ? from : to), out + i * ldx, at);
    };
    if constexpr (U > 1) {
      if (step == 1) return call(Int<U>{});
    }
    call(Int<1>{});
  }

  // Rows of x have `width` elements, at least one vector of W: the last one overlaps its neighbour.
  template <int W>
  void all(size_t width) const {
    constexpr bool many = FLIPSHIFT_VECTOR_REGISTERS == 32;
    constexpr int sums = complex ? 2 : 1;
    size_t vectors = (width + W - 1) / W, first = 0;
    while (vectors > 0) {
      const size_t n = vectors == 1 ? 1 : 2;  // three share no diagonals, which is slower
      size_t at[2];
      for (size_t j = 0; j < n; ++j, first += W) at[j] = first + W <= width ? first : width - W;
      if (n == 1) panel<W, (many ? 16 : 8) / 2 / sums, 1, many ? 4 : 3>(at);
      if (n == 2) panel<W, (many ? 16 : 8) / 2 / sums, 2, many && !complex ? 3 : 2>(at);
      vectors -= n;
    }
  }
  void run() const {
    constexpr int W = max_width<T>;
    const size_t width = k * parts;
    if constexpr (W >= 16)
      if (width >= 16) return all<16>(width);
    if constexpr (W >= 8)
      if (width >= 8) return all<8>(width);
    if constexpr (W >= 4)
      if (width >= 4) return all<4>(width);
    all<2>(width);
  }
};

template <class T, bool complex>
void columns(const T* d, size_t lo, size_t hi, size_t step, const T* x, size_t cols, size_t k,
             T* out, size_t rows) {
  Columns<T, complex>{d, lo, hi, step, x, cols, k, out, rows}.run();
}

// ---- layers ------------------------------------------------------------------------------------

// R layers at N vectors of outputs, which begin at the elements at[0 .. N).
template <class T, int W, bool complex, int R, int N>
FLIPSHIFT_INLINE void layers_at(const T* x, const size_t* offset, size_t m, const T* taps, T* out,
                                size_t ld, const size_t* at) {
  constexpr size_t parts = complex ? 2 : 1;
  Sum<T, W, complex> sums[R][N];
  for (size_t t = 0; t < m; ++t) {
    const T* from = x + offset[t] * parts;
    Vec<T, W> v[N];
    unroll<N>([&](auto j) __attribute__((always_inline)) {
      v[j] = loadu<T, W>(from + at[j]);
      keep(v[j]);
    });
    unroll<R>([&](auto r) __attribute__((always_inline)) {
      const Factor<T, W, complex> f(taps + (r * m + t) * parts);
      unroll<N>([&](auto j) __attribute__((always_inline)) { sums[r][j].add(v[j], f.re, f.im); });
    });
  }
  unroll<R>([&](auto r) __attribute__((always_inline)) {
    unroll<N>([&](auto j)
                  __attribute__((always_inline)) { sums[r][j].put(out + r * ld * parts + at[j]); });
  });
}

template <class T, bool complex>
struct Layers {
  static constexpr size_t parts = complex ? 2 : 1;
  const T* x;
  const size_t* offset;
  size_t m;
  const T* taps;
  size_t layers;
  T* out;
  size_t ld, width;

  template <int W, int R, int N>
  void run(size_t layer, const size_t* at) const {
    layers_at<T, W, complex, R, N>(x, offset, m, taps + layer * m * parts, out + layer * ld * parts,
                                   ld, at);
  }
  template <int W, int R>
  void row(size_t layer) const {
    constexpr int room = (FLIPSHIFT_VECTOR_REGISTERS == 32 ? 24 : 12) / (complex ? 2 : 1) / R;
    constexpr int N = room > 6 ? 6 : room < 1 ? 1 : room;
    size_t first = 0;
    if constexpr (W == max_width<T>)
      for (; first + N * W <= width; first += N * W) {
        size_t at[N];
        for (size_t j = 0; j < N; ++j) at[j] = first + j * W;
        run<W, R, N>(layer, at);
      }
    for (; first < width; first += W) {
      const size_t at = first + W <= width ? first : width - W;
      run<W, R, 1>(layer, &at);
    }
  }
  template <int W>
  void all() const {
    constexpr int most = FLIPSHIFT_VECTOR_REGISTERS == 32 && !complex ? 8 : 4;
    size_t layer = 0;
    for (; layer + most <= layers; layer += most) row<W, most>(layer);
    if (most == 8 && layer + 4 <= layers) {
      row<W, 4>(layer);
      layer += 4;
    }
    if (layer + 2 <= layers) {
      row<W, 2>(layer);
      layer += 2;
    }
    if (layer < layers) row<W, 1>(layer);
  }
  void run() const {
    constexpr int W = max_width<T>;
    if constexpr (W >= 16)
      if (width >= 16) return all<16>();
    if constexpr (W >= 8)
      if (width >= 8) return all<8>();
    if constexpr (W >= 4)
      if (width >= 4) return all<4>();
    if (complex || width >= 2) return all<2>();
    if constexpr (!complex) all<1>();
  }
};

template <class T, bool complex>
void layers(const T* x, const size_t* offset, size_t m, const T* taps, size_t layers, T* out,
            size_t ld, size_t count) {
  Layers<T, complex>{x, offset, m, taps, layers, out, ld, count * (complex ? 2 : 1)}.run();
}

// ---- transposition -----------------------------------------------------------------------------

// In squares of W, the last of which overlap those before them; rows >= W and cols >= W.
template <class T, int W>
void squares(const T* in, size_t ldi, size_t rows, size_t cols, T* out, size_t ldo) {
  for (size_t r = 0; r < rows; r += W) {
    const size_t row = r + W <= rows ? r : rows - W;
    for (size_t c = 0; c < cols; c += W) {
      const size_t col = c + W <= cols ? c : cols - W;
      Vec<T, W> v[W];
      unroll<W>([&](auto i) __attribute__((always_inline)) {
        v[i] = loadu<T, W>(in + (row + i) * ldi + col);
      });
      transpose<T, W>(v);
      unroll<W>([&](auto i) __attribute__((always_inline)) {
        storeu<T, W>(out + (col + i) * ldo + row, v[i]);
      });
    }
  }
}

template <class T>
void transpose_all(const T* in, size_t ldi, size_t rows, size_t cols, T* out, size_t ldo) {
  constexpr int W = max_width<T>;
  const size_t least = rows < cols ? rows : cols;
  if constexpr (W >= 16)
    if (least >= 16) return squares<T, 16>(in, ldi, rows, cols, out, ldo);
  if constexpr (W >= 8)
    if (least >= 8) return squares<T, 8>(in, ldi, rows, cols, out, ldo);
  if constexpr (W >= 4)
    if (least >= 4) return squares<T, 4>(in, ldi, rows, cols, out, ldo);
  for (size_t r = 0; r < rows; ++r)
    for (size_t c = 0; c < cols; ++c) out[c * ldo + r] = in[r * ldi + c];
}

template <class T>
void fill_table(ToeplitzTable<T>& t) {
  t.columns = columns<T, false>;
  t.complex_columns = columns<T, true>;
  t.layers = layers<T, false>;
  t.complex_layers = layers<T, true>;
  t.transpose = transpose_all<T>;
}

}  // namespace

void fill(ToeplitzTable<float>& t) { fill_table(t); }
void fill(ToeplitzTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
