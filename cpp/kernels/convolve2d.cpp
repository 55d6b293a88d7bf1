// Direct 2-D convolution: tiles of outputs in registers.
//
// A tile is R rows of V vectors of outputs. For one column of the kernel, Q taps at a time stand in
// registers; each vector of the R + Q - 1 input rows is loaded once and multiplied into every
// output row that it belongs to. That makes about Q products of one load, where a plain loop over
// taps has one, and the load port would be the limit there: nearly all of these loads are
// unaligned. Tall kernels are cut into chunks of at most Qmax rows, of nearly equal size.
//
// Complex sums are two real ones over the stream of real and imaginary parts, one with the real
// parts of the taps and one with the imaginary parts; i times the second is added at the end.
#include "kernels/convolve2d.hpp"

#include "kernels/complex_sums.hpp"
#include "kernels/convolve2d_stream.hpp"
#include "kernels/shuffle.hpp"
#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

// The shapes of tiles for P = 1 (real) and 2 (complex): P R V accumulators, P Q taps and one sample
// have to fit into the registers, and R + Q - 1 rows into the ways of the cache, as rows a power of
// two apart compete for them: 8 x 3 vectors take two thirds longer at a distance of 4096 bytes.
// Compiled with a sanitizer, unrolled tiles of this size would take minutes; small ones run through
// the same text.
template <class T, int P>
struct Shape {
  static constexpr bool floating = T(0.5) != T(0);
#if defined(__SANITIZE_ADDRESS__)
  static constexpr bool small = true;
#else
  static constexpr bool small = !floating;
#endif
  static constexpr bool many = FLIPSHIFT_VECTOR_REGISTERS == 32;
  static constexpr bool fma = FLIPSHIFT_VECTOR_BYTES > 16 || many;
  static constexpr int R = P == 2 ? (small ? 2 : 4) : small ? 4 : fma ? 6 : 4;
  static constexpr int V = P == 2 ? (small ? 2 : many ? 3 : 1) : many && !small ? 4 : 2;
  static constexpr int Q = P == 2 ? (fma && !small ? 3 : 2) : many && !small ? 7 : 3;
};

#define FLIPSHIFT_STEP(i) [&](auto i) __attribute__((always_inline))

// An area in real numbers (complex: those of both parts, the kernel apart).
template <class T>
using Area = Convolve2dArea<T>;

template <class T, int P, int R, int V>
struct Tile {
  static constexpr int W = max_width<T>;
  using Vector = Vec<T, W>;
  using Sums = Vector[P][R][V];

  // Adds Q rows of taps.
  template <int Q>
  static FLIPSHIFT_INLINE void add_rows(const T* x, const T* taps, const Area<T>& area, Sums& sum) {
    const ptrdiff_t x_stride = area.x_stride, step = area.step, tap_stride = area.tap_stride;
#pragma GCC unroll 1
    for (size_t b = area.kernel_cols; b > 0; --b) {
      Vector tap[P * Q];
      unroll<P * Q>(FLIPSHIFT_STEP(q) {
        constexpr int k = q;
        tap[k] = broadcast<T, W>(taps[k]);
        keep(tap[k]);
      });
      const T* row = x;
      unroll<R + Q - 1>(FLIPSHIFT_STEP(u) {
        constexpr int r = u;
        unroll<V>(FLIPSHIFT_STEP(v) {
          constexpr int j = v;
          Vector sample = loadu<T, W>(row + j * W);
          keep(sample);
          unroll<Q>(FLIPSHIFT_STEP(q) {
            constexpr int k = q;
            if constexpr (r - k >= 0 && r - k < R)
              unroll<P>(FLIPSHIFT_STEP(part) {
                constexpr int p = part;
                sum[p][r - k][j] += tap[P * k + p] * sample;
              });
          });
        });
        row += x_stride;
      });
      x += step;
      taps += tap_stride;
    }
  }

  template <int Q>
  static FLIPSHIFT_INLINE void add_chunk(size_t q, const T* x, const T* taps, const Area<T>& area,
                                         Sums& sum) {
    if (q == Q) {
      add_rows<Q>(x, taps, area, sum);
    } else if constexpr (Q > 1) {
      add_chunk<Q - 1>(q, x, taps, area, sum);
    }
  }

  // The outputs from number `at` of x and y on.
  static __attribute__((noinline)) void run(const Area<T>& area, const T* x, T* y) {
    constexpr int Qmax = Shape<T, P>::Q;
    Sums sum;
    unroll<P * R * V>(FLIPSHIFT_STEP(i) { (&sum[0][0][0])[i] = Vector{}; });
    const T* taps = area.taps;
    size_t chunks = (area.kernel_rows + Qmax - 1) / Qmax;
    for (size_t left = area.kernel_rows; left > 0; --chunks) {
      const size_t q = (left + chunks - 1) / chunks;
      add_chunk<Qmax>(q, x, taps, area, sum);
      x += static_cast<ptrdiff_t>(q) * area.x_stride;
      taps += P * q;
      left -= q;
    }
    unroll<R>(FLIPSHIFT_STEP(i) {
      unroll<V>(FLIPSHIFT_STEP(v) {
        Vector result = sum[0][i][v];
        if constexpr (P == 2) result = plus_i_times<T, W>(result, sum[1][i][v]);
        storeu<T, W>(y + v * W, result);
      });
      y += area.y_stride;
    });
  }
};

// Tiles of R x V from column j on, as many as fit.
template <class T, int P, int R, int V>
FLIPSHIFT_INLINE size_t tiles(const Area<T>& area, const T* x, T* y, size_t j) {
  constexpr size_t width = V * max_width<T>;
  for (; j + width <= area.cols; j += width) {
    if (area.far) {
      // What the next row of tiles reads first.
      const T* below = x + static_cast<ptrdiff_t>(R + area.kernel_rows - 1) * area.x_stride;
      unroll<R>(FLIPSHIFT_STEP(r) {
        unroll<V>(FLIPSHIFT_STEP(v) {
          __builtin_prefetch(below + r * area.x_stride + static_cast<ptrdiff_t>(j) +
                             v * max_width<T>);
        });
      });
    }
    Tile<T, P, R, V>::run(area, x + j, y + j);
  }
  return j;
}

// A row of tiles. The last one is moved back to end with the row: some outputs are computed twice,
// with equal results.
template <class T, int P, int R>
void row_of_tiles(const Area<T>& area, size_t row) {
  constexpr size_t W = max_width<T>;
  const T* x = area.x + static_cast<ptrdiff_t>(row) * area.x_stride;
  T* y = area.y + static_cast<ptrdiff_t>(row) * area.y_stride;
  size_t j = 0;
  if constexpr (R == Shape<T, P>::R) {
    j = tiles<T, P, R, Shape<T, P>::V>(area, x, y, j);
    if constexpr (Shape<T, P>::V > 2) j = tiles<T, P, R, 2>(area, x, y, j);
  }
  j = tiles<T, P, R, 1>(area, x, y, j);
  if (j < area.cols) Tile<T, P, R, 1>::run(area, x + area.cols - W, y + area.cols - W);
}

// Rows from `row` on, by tiles of R rows, the rest by lower ones.
template <class T, int P, int R>
FLIPSHIFT_INLINE void cover(const Area<T>& area, size_t row) {
  for (; row + R <= area.rows; row += R) row_of_tiles<T, P, R>(area, row);
  if (row == area.rows) return;
  if constexpr (R > 1) {
    constexpr int half = R / 2;
    if (area.rows - row > half && area.rows >= R) {
      row_of_tiles<T, P, R>(area, area.rows - R);
    } else if (area.rows - row < half && area.rows >= half) {
      row_of_tiles<T, P, half>(area, area.rows - half);
    } else {
      cover<T, P, half>(area, row);
    }
  }
}

template <class T>
void real(const Area<T>& area) {
  if constexpr (streams<T>) {
    if (stream_small_kernel(area)) return;
  }
  cover<T, 1, Shape<T, 1>::R>(area, 0);
}

template <class T>
void complex(const Area<T>& area) {
  Area<T> numbers = area;
  numbers.x_stride *= 2;
  numbers.step *= 2;
  numbers.tap_stride *= 2;
  numbers.y_stride *= 2;
  numbers.cols *= 2;
  cover<T, 2, Shape<T, 2>::R>(numbers, 0);
}

template <class T>
void fill_table(Convolve2dTable<T>& table) {
  table.min_cols = max_width<T>;
  table.tile_rows = Shape<T, 1>::R;
  table.complex_tile_rows = Shape<T, 2>::R;
  table.real = real<T>;
  if constexpr (Shape<T, 1>::floating) table.complex = complex<T>;
}

}  // namespace

void fill(Convolve2dTable<float>& table) { fill_table(table); }
void fill(Convolve2dTable<double>& table) { fill_table(table); }
void fill(Convolve2dTable<std::uint16_t>& table) { fill_table(table); }
void fill(Convolve2dTable<std::uint32_t>& table) { fill_table(table); }
void fill(Convolve2dTable<std::uint64_t>& table) { fill_table(table); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
