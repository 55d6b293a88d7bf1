// Sums of pixels in single and double precision: tiles of outputs in registers, as in convolve2d.
//
// Samples are widened as they are loaded, which costs less than it would to keep a wider copy: a
// vector that is loaded once takes part in as many products as there are kernel rows in a chunk.
#include "kernels/convolve2d_pixels.hpp"

#include <type_traits>

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

// Where all samples under an output are equal, its sum is near an integer if the weights sum up to
// one, and in pictures that is common: such outputs are kept by the sample.
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

// The outputs of one vector in double precision, of which those in the bits of `lanes` are wanted.
// Returns whether that took sums.
template <class X, class Y>
__attribute__((noinline)) bool again(const PixelRectangle<X>& p, const X* x, const double* taps,
                                     Flat<Y>& flat, unsigned lanes, Y* y) {
  Vec<X, FW> differences{};
  const Vec<X, FW> first = loadu<X, FW>(x);
  for (size_t a = 0; a < p.kernel_rows; ++a)
    for (size_t b = 0; b < p.kernel_cols; ++b)
      differences |= loadu<X, FW>(x + static_cast<ptrdiff_t>(a) * p.x_stride +
                                  static_cast<ptrdiff_t>(b) * p.step) ^
                     first;
  X different[FW];
  storeu<X, FW>(different, differences);
  for (; lanes != 0; lanes &= lanes - 1) {
    const int l = __builtin_ctz(lanes);
    if (different[l] != 0) break;
    y[l] = flat_output(p, taps, flat, x[l]);
  }
  if (lanes == 0) return false;
  constexpr int W = max_width<double>, N = FW / W;
  Vec<double, W> sum[N] = {};
  for (size_t a = 0; a < p.kernel_rows; ++a) {
    const X* sample = x;
    for (size_t b = 0; b < p.kernel_cols; ++b) {
      const auto tap = broadcast<double, W>(*taps++);
      unroll<N>(FLIPSHIFT_STEP(v) {
        auto product = tap * to_double<X, W>(sample + v * W);
        keep(product);  // no fused multiply-add
        sum[v] += product;
      });
      sample += p.step;
    }
    x += p.x_stride;
  }
  double sums[FW];
  unroll<N>(FLIPSHIFT_STEP(v) { storeu<double, W>(sums + v * W, sum[v]); });
  for (int i = 0; i < FW; ++i) y[i] = static_cast<Y>(whole(sums[i]));
  return true;
}

// The integer next to s, of at most 22 bits.
FLIPSHIFT_INLINE F nearest(F s) {
  F shifted = s + 12582912.0f;  // 1.5 2^23: no fraction bits are left
  keep(shifted);
  return shifted - 12582912.0f;
}
FLIPSHIFT_INLINE F distance(F a, F b) { return (F)((Vec<std::int32_t, FW>)(a - b) & 0x7fffffff); }

// A bit for each lane of d up to the limit.
FLIPSHIFT_INLINE unsigned at_most(F d, F limit) {
#if defined(__AVX512F__)
  return _mm512_cmp_ps_mask(d, limit, _CMP_LE_OQ);
#elif defined(__AVX2__)
  return static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(d, limit, _CMP_LE_OQ)));
#elif defined(__SSE2__)
  return static_cast<unsigned>(_mm_movemask_ps(_mm_cmple_ps(d, limit)));
#else
  unsigned bits = 0;
  for (int i = 0; i < FW; ++i) bits |= static_cast<unsigned>(d[i] <= limit[i]) << i;
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

// From other sums. Returns how many vectors were computed again.
template <class X, class Y>
FLIPSHIFT_INLINE size_t doubtful_outputs(const PixelRectangle<X>& p, const PixelSingleTaps& k,
                                         Flat<Y>& flat, const float* sums, const X* x, Y* y,
                                         size_t cols) {
  const F doubt = broadcast<float, FW>(k.doubt);
  size_t count = 0;
  for (size_t j = 0; j < cols; j += FW) {
    const F s = loadu<float, FW>(sums + j);
    const F n = nearest(s);
    const F d = distance(s, n);
    store_narrowed<Y, FW>(y + j, truncated<FW>(s));
    unsigned lanes = at_most(d, doubt);
    if (lanes == 0) continue;
    // Truncation reaches 0 from both sides.
    lanes = at_most(n == 0.0f ? F{} + 1.0f : d, doubt);
    if (lanes != 0) count += again(p, x + j, k.exact, flat, lanes, y + j);
  }
  return count;
}

// ---- Double precision

constexpr int DW = max_width<double>;
constexpr int DR = small ? 4 : many ? 8 : 4;
constexpr int DV = 2;
constexpr int DQ = small ? 2 : many ? 5 : 3;
using D = Vec<double, DW>;

// Row by row of samples, so that each sum meets its products in the order of the rows.
template <int R, int V, int Q>
FLIPSHIFT_INLINE void add_double(const double* x, ptrdiff_t x_stride, ptrdiff_t step,
                                 const double* taps, size_t kernel_cols, D (&sum)[R][V]) {
  unroll<R + Q - 1>(FLIPSHIFT_STEP(u) {
    const double* sample = x;
    const double* tap = taps;
#pragma GCC unroll 1
    for (size_t b = 0; b < kernel_cols; ++b) {
      D s[V];
      unroll<V>(FLIPSHIFT_STEP(v) {
        s[v] = loadu<double, DW>(sample + v * DW);
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

template <int R, int V, int Q>
FLIPSHIFT_INLINE void add_double_chunk(size_t q, const double* x, ptrdiff_t x_stride,
                                       ptrdiff_t step, const double* taps, size_t kernel_cols,
                                       D (&sum)[R][V]) {
  if (q == Q) {
    add_double<R, V, Q>(x, x_stride, step, taps, kernel_cols, sum);
  } else if constexpr (Q > 1) {
    add_double_chunk<R, V, Q - 1>(q, x, x_stride, step, taps, kernel_cols, sum);
  }
}

template <class Y, class Convert>
FLIPSHIFT_INLINE void store_sums(const double* sums, char* y, ptrdiff_t y_stride, size_t rows,
                                 size_t cols, Convert convert) {
  Y* row = reinterpret_cast<Y*>(y);
  for (size_t i = 0; i < rows; ++i, row += y_stride, sums += cols)
    for (size_t j = 0; j < cols; ++j) row[j] = static_cast<Y>(convert(sums[j]));
}

template <int R, int V, int Qmax>
__attribute__((noinline)) void double_tile(const PixelRectangle<double>& p, const double* taps,
                                           double divisor, const double* x, char* y) {
  D sum[R][V];
  unroll<R>(FLIPSHIFT_STEP(i) { unroll<V>(FLIPSHIFT_STEP(v) { sum[i][v] = D{}; }); });
  for (size_t left = p.kernel_rows; left > 0;) {
    const size_t q = chunk_rows(left, Qmax);
    add_double_chunk<R, V, Qmax>(q, x, p.x_stride, p.step, taps, p.kernel_cols, sum);
    x += static_cast<ptrdiff_t>(q) * p.x_stride;
    taps += q * p.kernel_cols;
    left -= q;
  }
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
FLIPSHIFT_INLINE size_t whole_tile(const PixelRectangle<X>& p, const PixelSingleTaps& k,
                                   Flat<Y>& flat, const X* x, Y* y) {
  constexpr size_t width = size_t{V} * FW;
  if (k.doubt >= 0 && is_flat(p, x, width)) {
    const Y output = flat_output(p, k.exact, flat, *x);
    for (int i = 0; i < FR; ++i, y += p.y_stride)
      for (size_t j = 0; j < width; ++j) y[j] = output;
    return 0;
  }
  alignas(FLIPSHIFT_VECTOR_BYTES) float sums[FR * width];
  single_tile<X, FR, V, FQ>(p, k.single, x, sums, width);
  size_t count = 0;
  for (int i = 0; i < FR; ++i, x += p.x_stride, y += p.y_stride) {
    if (k.doubt < 0)
      exact_outputs(k, sums + i * static_cast<ptrdiff_t>(width), y, width);
    else
      count += doubtful_outputs(p, k, flat, sums + i * static_cast<ptrdiff_t>(width), x, y, width);
  }
  return count;
}

// By way of a buffer: code for every kind of output within a tile would spill its registers.
template <class X, class Y>
size_t run_whole(const PixelRectangle<X>& p, const PixelSingleTaps& k) {
  Flat<Y> flat;
  size_t count = 0;
  Y* y = static_cast<Y*>(p.y);
  cover_all<FR, FW, FV>(
      p.rows, p.cols,
      [&](ptrdiff_t i, ptrdiff_t j) {
        count += whole_tile<X, Y, FV>(p, k, flat, p.x + i * p.x_stride + j, y + i * p.y_stride + j);
      },
      [&](ptrdiff_t i, ptrdiff_t j) {
        count += whole_tile<X, Y, 1>(p, k, flat, p.x + i * p.x_stride + j, y + i * p.y_stride + j);
      });
  return count;
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
size_t run_single(const PixelRectangle<X>& p, const PixelSingleTaps& k) {
  switch (p.out) {
    case PixelOut::bits8:
      return run_whole<X, std::uint8_t>(p, k);
    case PixelOut::bits16:
      return run_whole<X, std::uint16_t>(p, k);
    case PixelOut::bits32:
      return run_whole<X, std::uint32_t>(p, k);
    default:
      run_floating(p, k.single);
      return 0;
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
