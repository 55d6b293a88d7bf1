// Sums of pixels in single and double precision: tiles of outputs in registers, as in convolve2d.
//
// Samples are widened as they are loaded, which costs less than it would to keep a wider copy: a
// vector that is loaded once takes part in as many products as there are kernel rows in a chunk.
#include "kernels/convolve2d_pixels.hpp"

#include <type_traits>

#include "kernels/convolve2d_pixels_again.hpp"
#include "kernels/convolve2d_pixels_double.hpp"
#include "kernels/convolve2d_pixels_spread.hpp"
#include "kernels/pixel_lanes.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

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

constexpr int DR = FR, DV = many && !small ? 3 : 2;  // of tiles in double precision

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

// Whether all samples under a tile are equal. A search within tiles, output by output, takes as
// long as the sums of all of them in double precision.
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

// A bit for each lane in which two vectors differ.
FLIPSHIFT_INLINE std::uint32_t differing(Vec<std::int32_t, FW> a, Vec<std::int32_t, FW> b) {
#if defined(__AVX512F__)
  return _mm512_cmpneq_epi32_mask((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return ~static_cast<std::uint32_t>(_mm256_movemask_ps((__m256)(a == b))) & 0xff;
#elif defined(__SSE2__)
  return ~static_cast<std::uint32_t>(_mm_movemask_ps((__m128)(a == b))) & 0xf;
#else
  std::uint32_t bits = 0;
  for (int i = 0; i < FW; ++i) bits |= std::uint32_t{a[i] != b[i]} << i;
  return bits;
#endif
}

template <class X, int R, int V, int Qmax>
__attribute__((noinline)) void single_tile(const PixelRectangle<X>& p, const float* taps,
                                           float start, const X* x, float* y, ptrdiff_t y_stride) {
  F sum[R][V];
  const F first = broadcast<float, FW>(start);
  unroll<R>(FLIPSHIFT_STEP(i) { unroll<V>(FLIPSHIFT_STEP(v) { sum[i][v] = first; }); });
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

// ---- Where single precision is not enough

// Blocks of tiles below one with many doubtful sums are likely to have many too, and are made in
// double precision at once: a few, then more of them.
struct Doubtful {
  static constexpr size_t blocks = 256, cols = 192;
  std::uint8_t done[blocks] = {}, next[blocks] = {};
};

static_assert(FW == 2 * DW);

template <class X, class Y, int V>
__attribute__((noinline)) void tile_again(const PixelRectangle<X>& p, const double* taps,
                                          const X* x, Y* y) {
  constexpr int parts = V == 1 ? 1 : 2, N = 2 * V / parts, cols = N * DW;
  alignas(FLIPSHIFT_VECTOR_BYTES) double sums[parts * FR * cols];
  widened_sums<X, FR, N, parts>(p, taps, x, sums);
  const double* sum = sums;
  for (int part = 0; part < parts; ++part)
    for (int i = 0; i < FR; ++i, sum += cols) {
      // They are small where single precision is tried.
      Y* const to = y + i * p.y_stride + part * cols;
      int c = 0;
      for (; c + FW <= cols; c += FW)
        store_narrowed<Y, FW>(
            to + c, truncated<DW>(loadu<double, DW>(sum + c), loadu<double, DW>(sum + c + DW)));
      if constexpr (N % 2) store_narrowed<Y, DW>(to + c, truncated<DW>(loadu<double, DW>(sum + c)));
    }
}

// From the sums of a tile of V vectors, which begin with -doubt; (row, col) is its place. Returns
// how many were doubtful.
template <class X, class Y, int V>
FLIPSHIFT_INLINE size_t doubtful_outputs(const PixelRectangle<X>& p, const PixelSingleTaps& k,
                                         const float* sums, ptrdiff_t row, ptrdiff_t col,
                                         Again<X, Y>& again) {
  constexpr int slots = Again<X, Y>::tile_cols / FW;
  static_assert(FR * slots <= 32 && V <= slots);
  const F range = broadcast<float, FW>(2 * k.doubt);
  Y* const y = static_cast<Y*>(p.y) + row * p.y_stride + col;
  std::uint32_t doubts = 0;  // a bit for each vector: a branch could not be foreseen
  std::uint32_t lanes[FR * slots];
  for (int i = 0; i < FR; ++i)
    unroll<V>(FLIPSHIFT_STEP(v) {
      const F s = loadu<float, FW>(sums + (i * V + v) * FW);
      const auto least = truncated<FW>(s);
      store_narrowed<Y, FW>(y + i * p.y_stride + v * FW, least);
      const std::uint32_t some = differing(least, truncated<FW>(s + range));
      lanes[i * slots + v] = some;
      doubts |= std::uint32_t{some != 0} << (i * slots + v);
    });
  if (doubts == 0) return 0;
  constexpr size_t all = size_t{FR} * V * FW;
  std::uint32_t places[all + FW];
  size_t n = 0;
  for (; doubts != 0; doubts &= doubts - 1) {
    const int slot = __builtin_ctz(doubts);
    n += put_places(places + n, lanes[slot], static_cast<std::uint32_t>(slot * FW));
  }
  if (n * 16 <= all && again.takes_tiles(FR))
    again.append(places, n, row, col);
  else
    tile_again<X, Y, V>(p, k.exact, p.x + row * p.x_stride + col, y);
  return n;
}

// ---- Rectangles of tiles

// Covers `rows` rows from `top` on and columns first .. end - 1 with tiles, f(i, j) being one. The
// last ones are moved back to fit, so that some outputs are computed twice, with equal results.
template <int R, int Width, class Tile>
FLIPSHIFT_INLINE void cover(size_t top, size_t rows, size_t first, size_t end, Tile tile) {
  for (size_t i = 0; i < rows; i += R) {
    const size_t row = top + (i + R <= rows ? i : rows - R);
    for (size_t j = first; j < end; j += Width)
      tile(static_cast<ptrdiff_t>(row), static_cast<ptrdiff_t>(j + Width <= end ? j : end - Width));
  }
}

// Tiles of V vectors, and of one at the right end, where a narrow rest would waste most of a tile.
template <int R, int W, int V, class Wide, class Narrow>
FLIPSHIFT_INLINE void cover_all(size_t top, size_t rows, size_t first, size_t end, Wide wide,
                                Narrow narrow) {
  const size_t rest = first + (end - first) / (W * V) * (W * V);
  cover<R, W * V>(top, rows, first, rest, wide);
  if (rest < end) cover<R, W>(top, rows, end - rest < W ? end - W : rest, end, narrow);
}

// Returns whether one sum in `most` or more was doubtful.
template <class X, class Y, int V>
FLIPSHIFT_INLINE bool whole_tile(const PixelRectangle<X>& p, const PixelSingleTaps& k,
                                 Flat<Y>& flat, Again<X, Y>& again, size_t most, ptrdiff_t row,
                                 ptrdiff_t col) {
  constexpr size_t width = size_t{V} * FW;
  const X* x = p.x + row * p.x_stride + col;
  Y* y = static_cast<Y*>(p.y) + row * p.y_stride + col;
  if (k.doubt >= 0 && is_flat(p, x, width)) {
    const Y output = flat_output(p, k.exact, flat, *x);
    for (int i = 0; i < FR; ++i, y += p.y_stride)
      for (size_t j = 0; j < width; ++j) y[j] = output;
    return false;
  }
  alignas(FLIPSHIFT_VECTOR_BYTES) float sums[FR * width];
  if (k.doubt >= 0) {
    single_tile<X, FR, V, FQ>(p, k.single, -k.doubt, x, sums, width);
    return doubtful_outputs<X, Y, V>(p, k, sums, row, col, again) * most > FR * width;
  }
  single_tile<X, FR, V, FQ>(p, k.single, 0, x, sums, width);
  for (int i = 0; i < FR; ++i, y += p.y_stride)
    exact_outputs(k, sums + static_cast<size_t>(i) * width, y, width);
  return false;
}

template <class X, class Y>
constexpr bool spreads = sizeof(X) == sizeof(Y) && sizeof(X) < 4;

// By way of a buffer: code for every kind of output within a tile would spill its registers.
template <class X, class Y>
void run_whole(const PixelRectangle<X>& p, const PixelSingleTaps& k) {
  Flat<Y> flat;
  Again<X, Y> again(p, k.exact);
  Doubtful doubtful;
  const Spread<X> spread(p);
  const bool can_spread = spreads<X, Y> && k.doubt >= 0 && spread.fits();
  // Tiles with one doubtful sum in `most` are slow, and blocks if one in `part` of their columns is
  // in such tiles.
  const bool fast = can_spread && spread.in_registers();
  const size_t most = fast ? 96 : p.step == 1 ? 24 : 16, part = fast ? 12 : 2;
  const std::uint8_t longest = fast ? 63 : 15;
  for (size_t i = 0; i < p.rows; i += FR) {
    const size_t row = i + FR <= p.rows ? i : p.rows - FR;
    for (size_t j = 0, block = 0; j < p.cols; j += Doubtful::cols, ++block) {
      const size_t end = j + Doubtful::cols < p.cols ? j + Doubtful::cols : p.cols;
      std::uint8_t &done = doubtful.done[block % Doubtful::blocks],
                   &next = doubtful.next[block % Doubtful::blocks];
      if (done > 0) {
        --done;
        continue;
      }
      const bool can = can_spread && end - j >= Spread<X>::least_cols;
      const size_t enough = can ? (end - j) / part : SIZE_MAX;
      size_t slow = 0;
      const auto tile = [&]<int V>(ptrdiff_t r, ptrdiff_t c, std::integral_constant<int, V>) {
        if (slow <= enough && whole_tile<X, Y, V>(p, k, flat, again, most, r, c)) slow += V * FW;
      };
      cover_all<FR, FW, FV>(
          row, FR, j, end,
          [&](ptrdiff_t r, ptrdiff_t c) { tile(r, c, std::integral_constant<int, FV>{}); },
          [&](ptrdiff_t r, ptrdiff_t c) { tile(r, c, std::integral_constant<int, 1>{}); });
      if (slow <= enough) {
        next = 0;
        continue;
      }
      if constexpr (spreads<X, Y>) {
        done = next = next ? longest : 3;
        const size_t some = (done + size_t{1}) * FR, rest = p.rows - row;
        spread.run(k.exact, row, some < rest ? some : rest, j, end);
      }
    }
  }
  again.finish();
}

template <class X>
void run_floating(const PixelRectangle<X>& p, const float* taps) {
  float* y = static_cast<float*>(p.y);
  cover_all<FR, FW, FV>(
      0, p.rows, 0, p.cols,
      [&](ptrdiff_t i, ptrdiff_t j) {
        single_tile<X, FR, FV, FQ>(p, taps, 0, p.x + i * p.x_stride + j, y + i * p.y_stride + j,
                                   p.y_stride);
      },
      [&](ptrdiff_t i, ptrdiff_t j) {
        single_tile<X, FR, 1, FQ>(p, taps, 0, p.x + i * p.x_stride + j, y + i * p.y_stride + j,
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

// ---- Double precision

template <class Y, class Convert>
FLIPSHIFT_INLINE void store_sums(const double* sums, void* y, ptrdiff_t y_stride, size_t cols,
                                 Convert convert) {
  Y* row = static_cast<Y*>(y);
  for (int i = 0; i < DR; ++i, row += y_stride, sums += cols)
    for (size_t j = 0; j < cols; ++j) row[j] = static_cast<Y>(convert(sums[j]));
}
template <class Y>
FLIPSHIFT_INLINE void store_integers(const double* sums, void* y, ptrdiff_t y_stride, size_t cols,
                                     bool small) {
  if (!small) return store_sums<Y>(sums, y, y_stride, cols, [](double v) { return whole(v); });
  Y* row = static_cast<Y*>(y);
  for (int i = 0; i < DR; ++i, row += y_stride, sums += cols)
    for (size_t j = 0; j < cols; j += DW)
      store_narrowed<Y, DW>(row + j, truncated<DW>(loadu<double, DW>(sums + j)));
}

template <class X, int V>
FLIPSHIFT_INLINE void double_tile(const PixelRectangle<X>& p, const double* taps, double divisor,
                                  bool small, const X* x, char* y) {
  constexpr size_t cols = size_t{V} * DW;
  alignas(FLIPSHIFT_VECTOR_BYTES) double sums[DR * cols];
  widened_sums<X, DR, V, 1>(p, taps, x, sums);
  if (p.out == PixelOut::float32 || p.out == PixelOut::float64)
    for (double& sum : sums) sum += 0.0;  // -0 to 0
  if (divisor != 1)
    for (double& sum : sums) sum /= divisor;
  if (item_size(p.out) <= 4 && p.out != PixelOut::float32) {
    if (p.out == PixelOut::bits8)
      return store_integers<std::uint8_t>(sums, y, p.y_stride, cols, small);
    if (p.out == PixelOut::bits16)
      return store_integers<std::uint16_t>(sums, y, p.y_stride, cols, small);
    return store_integers<std::uint32_t>(sums, y, p.y_stride, cols, small);
  }
  const auto same = [](double v) { return v; };
  if (p.out == PixelOut::int64)
    return store_sums<std::int64_t>(sums, y, p.y_stride, cols, [](double v) { return whole(v); });
  if (p.out == PixelOut::uint64)
    return store_sums<std::uint64_t>(sums, y, p.y_stride, cols,
                                     [](double v) { return whole_unsigned(v); });
  if (p.out == PixelOut::float32) return store_sums<float>(sums, y, p.y_stride, cols, same);
  store_sums<double>(sums, y, p.y_stride, cols, same);
}

template <class X>
void run_double(const PixelRectangle<X>& p, const double* taps, double divisor, bool small) {
  char* y = static_cast<char*>(p.y);
  const auto size = static_cast<ptrdiff_t>(item_size(p.out));
  const auto tile = [&]<int V>(ptrdiff_t i, ptrdiff_t j, std::integral_constant<int, V>) {
    double_tile<X, V>(p, taps, divisor, small, p.x + i * p.x_stride + j,
                      y + (i * p.y_stride + j) * size);
  };
  const size_t end = p.cols / (DV * DW) * (DV * DW);
  cover<DR, DV * DW>(0, p.rows, 0, end, [&](ptrdiff_t i, ptrdiff_t j) {
    tile(i, j, std::integral_constant<int, DV>{});
  });
  if (end == p.cols) return;
  cover<DR, 2 * DW>(
      0, p.rows, p.cols - end < 2 * DW ? p.cols - 2 * DW : end, p.cols,
      [&](ptrdiff_t i, ptrdiff_t j) { tile(i, j, std::integral_constant<int, 2>{}); });
}

template <class X>
void fill_table(PixelTable<X>& table) {
  table.min_rows = FR;
  table.min_cols = FW;
  table.most_rows = FQ;
  if constexpr (sizeof(X) < 4) table.run = run_single<X>;
  table.run_double = run_double<X>;
}

}  // namespace

void fill(PixelTable<std::uint8_t>& table) { fill_table(table); }
void fill(PixelTable<std::int8_t>& table) { fill_table(table); }
void fill(PixelTable<std::uint16_t>& table) { fill_table(table); }
void fill(PixelTable<std::int16_t>& table) { fill_table(table); }
void fill(PixelTable<std::uint32_t>& table) { fill_table(table); }
void fill(PixelTable<std::int32_t>& table) { fill_table(table); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
