// Direct 2-D convolution: tiles of outputs in registers.
//
// A tile is R rows of V vectors of outputs. For one column of the kernel, Q taps at a time stand in
// registers; each vector of the R + Q - 1 input rows is loaded once and multiplied into every
// output row that it belongs to. That makes about Q products of one load, where a plain loop over
// taps has one, and the load port would be the limit there: nearly all of these loads are
// unaligned. Tall kernels are cut into chunks of at most Qmax rows, of nearly equal size.
#include "kernels/convolve2d.hpp"

#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

// The shapes of tiles: R V accumulators, Q taps and one sample have to fit into the registers
// (complex: 2 R V accumulators and 2 Q taps). Compiled with a sanitizer, unrolled tiles of this
// size would take minutes; small ones run through the same text.
template <class T>
struct Tile {
  static constexpr bool floating = T(0.5) != T(0);
#if defined(__SANITIZE_ADDRESS__)
  static constexpr bool small = true;
#else
  static constexpr bool small = !floating;
#endif
  static constexpr bool many = FLIPSHIFT_VECTOR_REGISTERS == 32;
  static constexpr bool fma = FLIPSHIFT_VECTOR_BYTES > 16 || many;
  static constexpr int W = max_width<T>;
  static constexpr int R = small ? 4 : many ? 8 : fma ? 6 : 4;
  static constexpr int V = many && !small ? 3 : 2;
  static constexpr int Q = many && !small ? 7 : 3;
  static constexpr int complex_R = small ? 2 : 4;
  static constexpr int complex_V = small ? 2 : many ? 3 : 1;
  static constexpr int complex_Q = fma && !small ? 3 : 2;
};

// f(Int<0>), ..., f(Int<N - 1>): a loop that is unrolled for certain.
template <int N>
struct Int {
  static constexpr int value = N;
};
template <int Begin, int N, class F>
FLIPSHIFT_INLINE void unroll_from(F& f) {
  if constexpr (Begin < N) {
    f(Int<Begin>{});
    unroll_from<Begin + 1, N>(f);
  }
}
template <int N, class F>
FLIPSHIFT_INLINE void unroll(F f) {
  unroll_from<0, N>(f);
}
#define FLIPSHIFT_STEP(i) [&](auto i) __attribute__((always_inline))

// Adds Q rows of taps to a tile.
template <class T, int R, int V, int Q>
FLIPSHIFT_INLINE void add_rows(const T* x, ptrdiff_t x_stride, const T* taps, ptrdiff_t tap_stride,
                               size_t kernel_cols, Vec<T, max_width<T>> (&sum)[R][V]) {
  constexpr int W = max_width<T>;
#pragma GCC unroll 1
  for (size_t b = 0; b < kernel_cols; ++b) {
    Vec<T, W> tap[Q];
    unroll<Q>(FLIPSHIFT_STEP(q) {
      constexpr int k = q.value;
      tap[k] = broadcast<T, W>(taps[k]);
      keep(tap[k]);
    });
    const T* row = x;
    unroll<R + Q - 1>(FLIPSHIFT_STEP(u) {
      constexpr int r = u.value;
      unroll<V>(FLIPSHIFT_STEP(v) {
        constexpr int j = v.value;
        Vec<T, W> sample = loadu<T, W>(row + j * W);
        keep(sample);
        unroll<Q>(FLIPSHIFT_STEP(q) {
          constexpr int k = q.value;
          if constexpr (r - k >= 0 && r - k < R) sum[r - k][j] += tap[k] * sample;
        });
      });
      row += x_stride;
    });
    ++x;
    taps += tap_stride;
  }
}

template <class T, int R, int V, int Q>
FLIPSHIFT_INLINE void add_chunk(size_t q, const T* x, ptrdiff_t x_stride, const T* taps,
                                ptrdiff_t tap_stride, size_t kernel_cols,
                                Vec<T, max_width<T>> (&sum)[R][V]) {
  if (q == Q) {
    add_rows<T, R, V, Q>(x, x_stride, taps, tap_stride, kernel_cols, sum);
  } else if constexpr (Q > 1) {
    add_chunk<T, R, V, Q - 1>(q, x, x_stride, taps, tap_stride, kernel_cols, sum);
  }
}

template <class T, int R, int V, int Qmax>
__attribute__((noinline)) void tile(const T* x, ptrdiff_t x_stride, const T* taps,
                                    ptrdiff_t tap_stride, size_t kernel_rows, size_t kernel_cols,
                                    T* y, ptrdiff_t y_stride) {
  constexpr int W = max_width<T>;
  Vec<T, W> sum[R][V];
  unroll<R>(
      FLIPSHIFT_STEP(i) { unroll<V>(FLIPSHIFT_STEP(v) { sum[i.value][v.value] = Vec<T, W>{}; }); });
  size_t chunks = (kernel_rows + Qmax - 1) / Qmax;
  for (size_t left = kernel_rows; left > 0; --chunks) {
    const size_t q = (left + chunks - 1) / chunks;
    add_chunk<T, R, V, Qmax>(q, x, x_stride, taps, tap_stride, kernel_cols, sum);
    x += static_cast<ptrdiff_t>(q) * x_stride;
    taps += q;
    left -= q;
  }
  unroll<R>(FLIPSHIFT_STEP(i) {
    unroll<V>(FLIPSHIFT_STEP(v) { storeu<T, W>(y + v.value * W, sum[i.value][v.value]); });
    y += y_stride;
  });
}

// The complex sums are two real ones over the stream of real and imaginary parts, one with the real
// parts of the taps and one with the imaginary parts; i times the second is added at the end.
template <class T, int R, int V, int Q>
FLIPSHIFT_INLINE void add_rows_complex(const T* x, ptrdiff_t x_stride, const T* taps,
                                       ptrdiff_t tap_stride, size_t kernel_cols,
                                       Vec<T, max_width<T>> (&re)[R][V],
                                       Vec<T, max_width<T>> (&im)[R][V]) {
  constexpr int W = max_width<T>;
#pragma GCC unroll 1
  for (size_t b = 0; b < kernel_cols; ++b) {
    Vec<T, W> tap[2 * Q];
    unroll<2 * Q>(FLIPSHIFT_STEP(q) {
      constexpr int k = q.value;
      tap[k] = broadcast<T, W>(taps[k]);
      keep(tap[k]);
    });
    const T* row = x;
    unroll<R + Q - 1>(FLIPSHIFT_STEP(u) {
      constexpr int r = u.value;
      unroll<V>(FLIPSHIFT_STEP(v) {
        constexpr int j = v.value;
        Vec<T, W> sample = loadu<T, W>(row + j * W);
        keep(sample);
        unroll<Q>(FLIPSHIFT_STEP(q) {
          constexpr int k = q.value;
          if constexpr (r - k >= 0 && r - k < R) {
            re[r - k][j] += tap[2 * k] * sample;
            im[r - k][j] += tap[2 * k + 1] * sample;
          }
        });
      });
      row += x_stride;
    });
    x += 2;
    taps += tap_stride;
  }
}

template <class T, int R, int V, int Q>
FLIPSHIFT_INLINE void add_chunk_complex(size_t q, const T* x, ptrdiff_t x_stride, const T* taps,
                                        ptrdiff_t tap_stride, size_t kernel_cols,
                                        Vec<T, max_width<T>> (&re)[R][V],
                                        Vec<T, max_width<T>> (&im)[R][V]) {
  if (q == Q) {
    add_rows_complex<T, R, V, Q>(x, x_stride, taps, tap_stride, kernel_cols, re, im);
  } else if constexpr (Q > 1) {
    add_chunk_complex<T, R, V, Q - 1>(q, x, x_stride, taps, tap_stride, kernel_cols, re, im);
  }
}

// i a: (re, im) -> (-im, re) in each pair of lanes.
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> times_i(Vec<T, W> a) {
  Vec<T, W> r;
  unroll<W / 2>(FLIPSHIFT_STEP(k) {
    r[2 * k.value] = -a[2 * k.value + 1];
    r[2 * k.value + 1] = a[2 * k.value];
  });
  return r;
}

// Strides in real numbers here.
template <class T, int R, int V, int Qmax>
__attribute__((noinline)) void tile_complex(const T* x, ptrdiff_t x_stride, const T* taps,
                                            ptrdiff_t tap_stride, size_t kernel_rows,
                                            size_t kernel_cols, T* y, ptrdiff_t y_stride) {
  constexpr int W = max_width<T>;
  Vec<T, W> re[R][V], im[R][V];
  unroll<R>(FLIPSHIFT_STEP(i) {
    unroll<V>(FLIPSHIFT_STEP(v) { re[i.value][v.value] = im[i.value][v.value] = Vec<T, W>{}; });
  });
  size_t chunks = (kernel_rows + Qmax - 1) / Qmax;
  for (size_t left = kernel_rows; left > 0; --chunks) {
    const size_t q = (left + chunks - 1) / chunks;
    add_chunk_complex<T, R, V, Qmax>(q, x, x_stride, taps, tap_stride, kernel_cols, re, im);
    x += static_cast<ptrdiff_t>(q) * x_stride;
    taps += 2 * q;
    left -= q;
  }
  unroll<R>(FLIPSHIFT_STEP(i) {
    unroll<V>(FLIPSHIFT_STEP(v) {
      storeu<T, W>(y + v.value * W, re[i.value][v.value] + times_i<T, W>(im[i.value][v.value]));
    });
    y += y_stride;
  });
}

// Covers a rectangle with tiles. The last ones in each direction are moved back to fit, so that
// some outputs are computed twice, with equal results.
template <class T, int R, int V, class F>
FLIPSHIFT_INLINE void cover(size_t rows, size_t cols, F one_tile) {
  constexpr size_t width = static_cast<size_t>(V) * max_width<T>;
  for (size_t i = 0; i < rows; i += R) {
    const size_t row = i + R <= rows ? i : rows - R;
    for (size_t j = 0; j < cols; j += width)
      one_tile(static_cast<ptrdiff_t>(row),
               static_cast<ptrdiff_t>(j + width <= cols ? j : cols - width));
  }
}

template <class T, int V>
void cover_real(const T* x, ptrdiff_t x_stride, const T* taps, ptrdiff_t tap_stride,
                size_t kernel_rows, size_t kernel_cols, T* y, ptrdiff_t y_stride, size_t rows,
                size_t cols) {
  constexpr int R = Tile<T>::R;
  cover<T, R, V>(rows, cols, [=](ptrdiff_t i, ptrdiff_t j) __attribute__((always_inline)) {
    tile<T, R, V, Tile<T>::Q>(x + i * x_stride + j, x_stride, taps, tap_stride, kernel_rows,
                              kernel_cols, y + i * y_stride + j, y_stride);
  });
}

template <class T>
void real(const T* x, ptrdiff_t x_stride, const T* taps, ptrdiff_t tap_stride, size_t kernel_rows,
          size_t kernel_cols, T* y, ptrdiff_t y_stride, size_t rows, size_t cols) {
  // A narrow column at the right end would waste most of a wide tile.
  constexpr int V = Tile<T>::V;
  constexpr size_t width = static_cast<size_t>(V) * max_width<T>;
  const size_t wide = cols / width * width;
  if (wide > 0)
    cover_real<T, V>(x, x_stride, taps, tap_stride, kernel_rows, kernel_cols, y, y_stride, rows,
                     wide);
  if (wide < cols) {
    const size_t narrow = cols - wide < max_width<T> ? size_t{max_width<T>} : cols - wide;
    const ptrdiff_t j = static_cast<ptrdiff_t>(cols - narrow);
    cover_real<T, 1>(x + j, x_stride, taps, tap_stride, kernel_rows, kernel_cols, y + j, y_stride,
                     rows, narrow);
  }
}

template <class T, int V>
void cover_complex(const T* x, ptrdiff_t x_stride, const T* taps, ptrdiff_t tap_stride,
                   size_t kernel_rows, size_t kernel_cols, T* y, ptrdiff_t y_stride, size_t rows,
                   size_t cols) {
  constexpr int R = Tile<T>::complex_R;
  cover<T, R, V>(rows, 2 * cols, [=](ptrdiff_t i, ptrdiff_t j) __attribute__((always_inline)) {
    tile_complex<T, R, V, Tile<T>::complex_Q>(x + 2 * i * x_stride + j, 2 * x_stride, taps,
                                              2 * tap_stride, kernel_rows, kernel_cols,
                                              y + 2 * i * y_stride + j, 2 * y_stride);
  });
}

template <class T>
void complex(const T* x, ptrdiff_t x_stride, const T* taps, ptrdiff_t tap_stride,
             size_t kernel_rows, size_t kernel_cols, T* y, ptrdiff_t y_stride, size_t rows,
             size_t cols) {
  constexpr int V = Tile<T>::complex_V;
  if (2 * cols >= static_cast<size_t>(V) * max_width<T>) {
    cover_complex<T, V>(x, x_stride, taps, tap_stride, kernel_rows, kernel_cols, y, y_stride, rows,
                        cols);
  } else {
    cover_complex<T, 1>(x, x_stride, taps, tap_stride, kernel_rows, kernel_cols, y, y_stride, rows,
                        cols);
  }
}

template <class T>
void fill_table(Convolve2dTable<T>& table) {
  table.min_rows = Tile<T>::R;
  table.min_cols = max_width<T>;
  table.real = real<T>;
  if constexpr (Tile<T>::floating) table.complex = complex<T>;
}

}  // namespace

void fill(Convolve2dTable<float>& table) { fill_table(table); }
void fill(Convolve2dTable<double>& table) { fill_table(table); }
void fill(Convolve2dTable<std::uint8_t>& table) { fill_table(table); }
void fill(Convolve2dTable<std::uint16_t>& table) { fill_table(table); }
void fill(Convolve2dTable<std::uint32_t>& table) { fill_table(table); }
void fill(Convolve2dTable<std::uint64_t>& table) { fill_table(table); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
