// Sums of pixels in single and double precision: tiles of outputs in registers, as in convolve2d.
//
// Samples are widened as they are loaded, which costs less than it would to keep a wider copy: a
// vector that is loaded once takes part in as many products as there are kernel rows in a chunk.
#include "kernels/convolve2d_pixels.hpp"

#include <type_traits>

#include "kernels/convolve2d_pixels_again.hpp"
#include "kernels/pixel_lanes.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

#define FLIPSHIFT_STEP(i) [&](auto i) __attribute__((always_inline))

constexpr bool many = FLIPSHIFT_VECTOR_REGISTERS == 32;
#if defined(__SANITIZE_ADDRESS__)
constexpr bool small = true;  // unrolled tiles would take minutes to compile
#else
constexpr bool small = false;
#endif

// ---- Single precision

constexpr int FW = max_width<float>;
constexpr int FR = small ? 4 : many ? 8 : FLIPSHIFT_VECTOR_BYTES > 16 ? 6 : 4;
constexpr int FV = many && !small ? 3 : 2;
constexpr int FQ = many && !small ? 7 : 3;
using F = Vec<float, FW>;

template <class X, int R, int V, int Q>
FLIPSHIFT_INLINE void add_single(const X* x, ptrdiff_t x_stride, ptrdiff_t step, const float* taps,
                                 size_t kernel_rows, size_t kernel_cols, F (&sum)[R][V]) {
#pragma GCC unroll 1
  for (size_t b = 0; b < kernel_cols; ++b) {
    F tap[Q];
    unroll<Q>(FLIPSHIFT_STEP(q) {
      tap[q] = broadcast<float, FW>(taps[q]);
      keep(tap[q]);
    });
    const X* row = x;
    unroll<R + Q - 1>(FLIPSHIFT_STEP(u) {
      unroll<V>(FLIPSHIFT_STEP(v) {
        F sample = to_single<X, FW>(row + v * FW);
        keep(sample);
        unroll<Q>(FLIPSHIFT_STEP(q) {
          if constexpr (u - q >= 0 && u - q < R) sum[u - q][v] += tap[q] * sample;
        });
      });
      row += x_stride;
    });
    x += step;
    taps += kernel_rows;
  }
}

template <class X, int R, int V, int Q>
FLIPSHIFT_INLINE void add_single_chunk(size_t q, const X* x, ptrdiff_t x_stride, ptrdiff_t step,
                                       const float* taps, size_t kernel_rows, size_t kernel_cols,
                                       F (&sum)[R][V]) {
  if (q == Q) {
    add_single<X, R, V, Q>(x, x_stride, step, taps, kernel_rows, kernel_cols, sum);
  } else if constexpr (Q > 1) {
    add_single_chunk<X, R, V, Q - 1>(q, x, x_stride, step, taps, kernel_rows, kernel_cols, sum);
  }
}

// Where all samples under a tile are equal, sums are next to integers if the weights sum up to one,
// and in pictures that is common: such outputs are kept by the sample.
template <class Y>
struct Flat {
  std::int32_t sample[256];
  Y output[256];
  Flat() {
    for (int i = 0; i < 256; ++i) sample[i] = INT32_MIN;
  }
};
template <class X, class Y>
Y flat_output(const PixelRectangle<X>& p, const double* taps, Flat<Y>& flat, X sample) {
  const auto i = static_cast<std::uint8_t>(sample);
  if (flat.sample[i] != sample) {
    double sum = 0;
    for (size_t n = p.kernel_rows * p.kernel_cols; n > 0; --n) {
      double product = *taps++ * sample;
      keep(product);  // no fused multiply-add
      sum += product;
    }
    flat.sample[i] = sample;
    flat.output[i] = static_cast<Y>(whole(sum));
  }
  return flat.output[i];
}

// Whether all samples under a tile are equal.
template <class X>
FLIPSHIFT_INLINE bool is_flat(const PixelRectangle<X>& p, const X* x, size_t cols) {
  const size_t rows = FR + p.kernel_rows - 1;
  const size_t n = cols + (p.kernel_cols - 1) * static_cast<size_t>(p.step);
  const X* last = x + static_cast<ptrdiff_t>(rows - 1) * p.x_stride;
  if (*x != x[n - 1] || *x != *last || *x != last[n - 1]) return false;
  using V = Vec<X, FW>;
  const V first = V{} + *x;
  for (size_t i = 0; i < rows; ++i, x += p.x_stride) {
    V differences = loadu<X, FW>(x + n - FW) ^ first;
    for (size_t j = 0; j + FW <= n; j += FW) differences |= loadu<X, FW>(x + j) ^ first;
    std::uint64_t words[sizeof(V) / 8 + 1] = {}, any = 0;
    std::memcpy(words, &differences, sizeof(V));
    for (const std::uint64_t word : words) any |= word;
    if (any != 0) return false;
  }
  return true;
}

// The integer next to s, of at most 22 bits.
FLIPSHIFT_INLINE F nearest(F s) {
  F shifted = s + 12582912.0f;  // 1.5 2^23: no fraction bits are left
  keep(shifted);
  return shifted - 12582912.0f;
}
FLIPSHIFT_INLINE F distance(F a, F b) { return (F)((Vec<std::int32_t, FW>)(a - b) & 0x7fffffff); }

// A bit for each lane of d that is at most the limit.
FLIPSHIFT_INLINE std::uint32_t at_most(F d, F limit) {
#if defined(__AVX512F__)
  return _mm512_cmp_ps_mask(d, limit, _CMP_LE_OQ);
#elif defined(__AVX2__)
  return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(d, limit, _CMP_LE_OQ)));
#elif defined(__SSE2__)
  return static_cast<std::uint32_t>(_mm_movemask_ps(_mm_cmple_ps(d, limit)));
#else
  std::uint32_t bits = 0;
  for (int i = 0; i < FW; ++i) bits |= std::uint32_t{d[i] <= limit[i]} << i;
  return bits;
#endif
}

template <class X, int R, int V, int Qmax>
__attribute__((noinline)) void single_tile(const PixelRectangle<X>& p, const float* taps,
                                           const X* x, float* y, ptrdiff_t y_stride) {
  F sum[R][V];
  unroll<R>(FLIPSHIFT_STEP(i) { unroll<V>(FLIPSHIFT_STEP(v) { sum[i][v] = F{}; }); });
  for (size_t left = p.kernel_rows; left > 0;) {
    const size_t q = chunk_rows(left, Qmax);
    add_single_chunk<X, R, V, Qmax>(q, x, p.x_stride, p.step, taps, p.kernel_rows, p.kernel_cols,
                                    sum);
    x += static_cast<ptrdiff_t>(q) * p.x_stride;
    taps += q;
    left -= q;
  }
  unroll<R>(FLIPSHIFT_STEP(i) {
    unroll<V>(FLIPSHIFT_STEP(v) { storeu<float, FW>(y + v * FW, sum[i][v]); });
    y += y_stride;
  });
}

// From exact sums in a buffer to integers.
template <class Y>
FLIPSHIFT_INLINE void exact_outputs(const PixelSingleTaps& k, const float* sums, Y* y,
                                    size_t cols) {
  const F inverse = broadcast<float, FW>(k.inverse);
  if (k.inverse == 1) {
    for (size_t j = 0; j < cols; j += FW)
      store_narrowed<Y, FW>(y + j, truncated<FW>(loadu<float, FW>(sums + j)));
    return;
  }
  // An exact sum is an integer: half of a unit more keeps its quotient clear of the next integer.
  const F half = 0.5f * inverse;
  for (size_t j = 0; j < cols; j += FW) {
    const F s = loadu<float, FW>(sums + j);
    store_narrowed<Y, FW>(y + j, truncated<FW>(s * inverse + (s < 0.0f ? -half : half)));
  }
}

// ---- Double precision

constexpr int DW = max_width<double>;
constexpr int DR = small ? 4 : many ? 8 : 4;
constexpr int DV = 2;
constexpr int DQ = small ? 2 : many ? 5 : 3;
constexpr int AR = small ? 4 : many ? 8 : FR / 2;  // rows of a tile that is made again
using D = Vec<double, DW>;

// Row by row of samples, so that each sum meets its products in the order of the rows.
template <class X, int R, int V, int Q>
FLIPSHIFT_INLINE void add_double(const X* x, ptrdiff_t x_stride, ptrdiff_t step, const double* taps,
                                 size_t kernel_cols, D (&sum)[R][V]) {
  unroll<R + Q - 1>(FLIPSHIFT_STEP(u) {
    const X* sample = x;
    const double* tap = taps;
#pragma GCC unroll 1
    for (size_t b = 0; b < kernel_cols; ++b) {
      D s[V];
      unroll<V>(FLIPSHIFT_STEP(v) {
        s[v] = to_double<X, DW>(sample + v * DW);
        keep(s[v]);
      });
      unroll<Q>(FLIPSHIFT_STEP(q) {
        if constexpr (u - q >= 0 && u - q < R) {
          const D t = broadcast<double, DW>(tap[static_cast<size_t>(q) * kernel_cols]);
          unroll<V>(FLIPSHIFT_STEP(v) {
            D product = t * s[v];
            keep(product);  // no fused multiply-add
            sum[u - q][v] += product;
          });
        }
      });
      sample += step;
      ++tap;
    }
    x += x_stride;
  });
}

template <class X, int R, int V, int Q>
FLIPSHIFT_INLINE void add_double_chunk(size_t q, const X* x, ptrdiff_t x_stride, ptrdiff_t step,
                                       const double* taps, size_t kernel_cols, D (&sum)[R][V]) {
  if (q == Q) {
    add_double<X, R, V, Q>(x, x_stride, step, taps, kernel_cols, sum);
  } else if constexpr (Q > 1) {
    add_double_chunk<X, R, V, Q - 1>(q, x, x_stride, step, taps, kernel_cols, sum);
  }
}

template <class Y, class Convert>
FLIPSHIFT_INLINE void store_sums(const double* sums, char* y, ptrdiff_t y_stride, size_t rows,
                                 size_t cols, Convert convert) {
  Y* row = reinterpret_cast<Y*>(y);
  for (size_t i = 0; i < rows; ++i, row += y_stride, sums += cols)
    for (size_t j = 0; j < cols; ++j) row[j] = static_cast<Y>(convert(sums[j]));
}

template <class X, int R, int V, int Qmax>
FLIPSHIFT_INLINE void add_doubles(const PixelRectangle<X>& p, const double* taps, const X* x,
                                  D (&sum)[R][V]) {
  unroll<R>(FLIPSHIFT_STEP(i) { unroll<V>(FLIPSHIFT_STEP(v) { sum[i][v] = D{}; }); });
  for (size_t left = p.kernel_rows; left > 0;) {
    const size_t q = chunk_rows(left, Qmax);
    add_double_chunk<X, R, V, Qmax>(q, x, p.x_stride, p.step, taps, p.kernel_cols, sum);
    x += static_cast<ptrdiff_t>(q) * p.x_stride;
    taps += q * p.kernel_cols;
    left -= q;
  }
}

template <int R, int V, int Qmax>
__attribute__((noinline)) void double_tile(const PixelRectangle<double>& p, const double* taps,
                                           double divisor, const double* x, char* y) {
  D sum[R][V];
  add_doubles<double, R, V, Qmax>(p, taps, x, sum);
  if (divisor != 1)
    unroll<R>(FLIPSHIFT_STEP(i) { unroll<V>(FLIPSHIFT_STEP(v) { sum[i][v] /= divisor; }); });
  constexpr size_t cols = size_t{V} * DW;
  double sums[R * cols];
  unroll<R>(FLIPSHIFT_STEP(i) {
    unroll<V>(FLIPSHIFT_STEP(v) { storeu<double, DW>(sums + (i * V + v) * DW, sum[i][v]); });
  });
  const auto integer = [](double v) { return whole(v); };
  const auto same = [](double v) { return v; };
  switch (p.out) {
    case PixelOut::bits8:
      return store_sums<std::uint8_t>(sums, y, p.y_stride, R, cols, integer);
    case PixelOut::bits16:
      return store_sums<std::uint16_t>(sums, y, p.y_stride, R, cols, integer);
    case PixelOut::bits32:
      return store_sums<std::uint32_t>(sums, y, p.y_stride, R, cols, integer);
    case PixelOut::int64:
      return store_sums<std::int64_t>(sums, y, p.y_stride, R, cols, integer);
    case PixelOut::uint64:
      return store_sums<std::uint64_t>(sums, y, p.y_stride, R, cols,
                                       [](double v) { return whole_unsigned(v); });
    case PixelOut::float32:
      return store_sums<float>(sums, y, p.y_stride, R, cols, same);
    case PixelOut::float64:
      return store_sums<double>(sums, y, p.y_stride, R, cols, same);
  }
}

// ---- Where single precision is not enough

// The outputs of a tile of FR rows and one vector, all in double precision.
template <class X, class Y>
__attribute__((noinline)) void tile_again(const PixelRectangle<X>& p, const double* taps,
                                          const X* x, Y* y) {
  constexpr int V = 2;
  static_assert(FR % AR == 0 && V * DW == FW);
  for (int i = 0; i < FR; i += AR, x += AR * p.x_stride) {
    D sum[AR][V];
    add_doubles<X, AR, V, DQ>(p, taps, x, sum);
    unroll<AR>(FLIPSHIFT_STEP(r) {
      // Sums are small where single precision is tried.
      store_narrowed<Y, FW>(y, truncated<DW>(sum[r][0], sum[r][1]));
      y += p.y_stride;
    });
  }
}

// From the sums of a tile of V vectors that are not exact; (row, col) is its place.
template <class X, class Y, int V>
FLIPSHIFT_INLINE void doubtful_outputs(const PixelRectangle<X>& p, const PixelSingleTaps& k,
                                       const float* sums, ptrdiff_t row, ptrdiff_t col,
                                       Again<X, Y>& again) {
  constexpr int slots = Again<X, Y>::tile_cols / FW;
  static_assert(FR * slots <= 32 && V <= slots);
  const F doubt = broadcast<float, FW>(k.doubt);
  Y* const y = static_cast<Y*>(p.y) + row * p.y_stride + col;
  std::uint32_t doubts = 0;  // a bit for each vector: a branch could not be foreseen
  std::uint32_t lanes[FR * slots];
  for (int i = 0; i < FR; ++i)
    unroll<V>(FLIPSHIFT_STEP(v) {
      const F s = loadu<float, FW>(sums + (i * V + v) * FW);
      const F n = nearest(s);
      // Truncation reaches 0 from both sides.
      const F d = n == 0.0f ? F{} + 1.0f : distance(s, n);
      store_narrowed<Y, FW>(y + i * p.y_stride + v * FW, truncated<FW>(s));
      const std::uint32_t some = at_most(d, doubt);
      lanes[i * slots + v] = some;
      doubts |= std::uint32_t{some != 0} << (i * slots + v);
    });
  if (doubts == 0) return;
  constexpr size_t all = size_t{FR} * V * FW;
  std::uint32_t places[all + FW];
  size_t n = 0;
  for (; doubts != 0; doubts &= doubts - 1) {
    const int slot = __builtin_ctz(doubts);
    n += put_places(places + n, lanes[slot], static_cast<std::uint32_t>(slot * FW));
  }
  if (n * 4 <= all && again.takes_tiles(FR)) {
    again.append(places, n, row, col);
    return;
  }
  const X* x = p.x + row * p.x_stride + col;
  for (int v = 0; v < V; ++v) tile_again<X, Y>(p, k.exact, x + v * FW, y + v * FW);
}

// ---- Rectangles of tiles

// Covers rows and columns first .. end - 1 with tiles, f(i, j) being one. The last ones are moved
// back to fit, so that some outputs are computed twice, with equal results.
template <int R, int Width, class Tile>
FLIPSHIFT_INLINE void cover(size_t rows, size_t first, size_t end, Tile tile) {
  for (size_t i = 0; i < rows; i += R) {
    const size_t row = i + R <= rows ? i : rows - R;
    for (size_t j = first; j < end; j += Width)
      tile(static_cast<ptrdiff_t>(row), static_cast<ptrdiff_t>(j + Width <= end ? j : end - Width));
  }
}

// Tiles of V vectors, and of one at the right end, where a narrow rest would waste most of a tile.
template <int R, int W, int V, class Wide, class Narrow>
FLIPSHIFT_INLINE void cover_all(size_t rows, size_t cols, Wide wide, Narrow narrow) {
  const size_t end = cols / (W * V) * (W * V);
  cover<R, W * V>(rows, 0, end, wide);
  if (end < cols) cover<R, W>(rows, cols - end < W ? cols - W : end, cols, narrow);
}

template <class X, class Y, int V>
FLIPSHIFT_INLINE void whole_tile(const PixelRectangle<X>& p, const PixelSingleTaps& k,
                                 Flat<Y>& flat, Again<X, Y>& again, ptrdiff_t row, ptrdiff_t col) {
  constexpr size_t width = size_t{V} * FW;
  const X* x = p.x + row * p.x_stride + col;
  Y* y = static_cast<Y*>(p.y) + row * p.y_stride + col;
  if (k.doubt >= 0 && is_flat(p, x, width)) {
    const Y output = flat_output(p, k.exact, flat, *x);
    for (int i = 0; i < FR; ++i, y += p.y_stride)
      for (size_t j = 0; j < width; ++j) y[j] = output;
    return;
  }
  alignas(FLIPSHIFT_VECTOR_BYTES) float sums[FR * width];
  single_tile<X, FR, V, FQ>(p, k.single, x, sums, width);
  if (k.doubt >= 0) return doubtful_outputs<X, Y, V>(p, k, sums, row, col, again);
  for (int i = 0; i < FR; ++i, y += p.y_stride)
    exact_outputs(k, sums + static_cast<size_t>(i) * width, y, width);
}

// By way of a buffer: code for every kind of output within a tile would spill its registers.
template <class X, class Y>
void run_whole(const PixelRectangle<X>& p, const PixelSingleTaps& k) {
  Flat<Y> flat;
  Again<X, Y> again(p, k.exact);
  cover_all<FR, FW, FV>(
      p.rows, p.cols,
      [&](ptrdiff_t i, ptrdiff_t j) { whole_tile<X, Y, FV>(p, k, flat, again, i, j); },
      [&](ptrdiff_t i, ptrdiff_t j) { whole_tile<X, Y, 1>(p, k, flat, again, i, j); });
  again.finish();
}

template <class X>
void run_floating(const PixelRectangle<X>& p, const float* taps) {
  float* y = static_cast<float*>(p.y);
  cover_all<FR, FW, FV>(
      p.rows, p.cols,
      [&](ptrdiff_t i, ptrdiff_t j) {
        single_tile<X, FR, FV, FQ>(p, taps, p.x + i * p.x_stride + j, y + i * p.y_stride + j,
                                   p.y_stride);
      },
      [&](ptrdiff_t i, ptrdiff_t j) {
        single_tile<X, FR, 1, FQ>(p, taps, p.x + i * p.x_stride + j, y + i * p.y_stride + j,
                                  p.y_stride);
      });
}

template <class X>
void run_single(const PixelRectangle<X>& p, const PixelSingleTaps& k) {
  switch (p.out) {
    case PixelOut::bits8:
      return run_whole<X, std::uint8_t>(p, k);
    case PixelOut::bits16:
      return run_whole<X, std::uint16_t>(p, k);
    case PixelOut::bits32:
      return run_whole<X, std::uint32_t>(p, k);
    default:
      return run_floating(p, k.single);
  }
}

void run_double(const PixelRectangle<double>& p, const double* taps, double divisor) {
  char* y = static_cast<char*>(p.y);
  const auto size = static_cast<ptrdiff_t>(item_size(p.out));
  cover_all<DR, DW, DV>(
      p.rows, p.cols,
      [&](ptrdiff_t i, ptrdiff_t j) {
        double_tile<DR, DV, DQ>(p, taps, divisor, p.x + i * p.x_stride + j,
                                y + (i * p.y_stride + j) * size);
      },
      [&](ptrdiff_t i, ptrdiff_t j) {
        double_tile<DR, 1, DQ>(p, taps, divisor, p.x + i * p.x_stride + j,
                               y + (i * p.y_stride + j) * size);
      });
}

template <class X>
void widen(const X* x, size_t n, double* y) {
  size_t i = 0;
  for (; i + DW <= n; i += DW) storeu<double, DW>(y + i, to_double<X, DW>(x + i));
  for (; i < n; ++i) y[i] = static_cast<double>(x[i]);
}

template <class X>
void fill_table(PixelSingleTable<X>& table) {
  table.min_rows = FR;
  table.min_cols = FW;
  table.most_rows = FQ;
  if constexpr (sizeof(X) < 4) table.run = run_single<X>;
  table.widen = widen<X>;
}

}  // namespace

void fill(PixelDoubleTable& table) {
  table.min_rows = DR;
  table.min_cols = DW;
  table.run = run_double;
}
void fill(PixelSingleTable<std::uint8_t>& table) { fill_table(table); }
void fill(PixelSingleTable<std::int8_t>& table) { fill_table(table); }
void fill(PixelSingleTable<std::uint16_t>& table) { fill_table(table); }
void fill(PixelSingleTable<std::int16_t>& table) { fill_table(table); }
void fill(PixelSingleTable<std::uint32_t>& table) { fill_table(table); }
void fill(PixelSingleTable<std::int32_t>& table) { fill_table(table); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
