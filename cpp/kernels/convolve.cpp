// Direct 1-D convolution: windows anywhere over the signal, real and complex.
#include "kernels/convolve.hpp"

#include "kernels/convolve_interior.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Signed integers as wide as T.
template <int bytes>
using Signed = std::conditional_t<
    bytes == 1, std::int8_t,
    std::conditional_t<bytes == 2, std::int16_t,
                       std::conditional_t<bytes == 4, std::int32_t, std::int64_t>>>;

template <class T>
bool finite(const T* x, size_t n) {
  if constexpr (floating<T>) {
    using I = Signed<sizeof(T)>;
    constexpr I exponent = sizeof(T) == 4 ? I(0x7f800000) : I(0x7ff0000000000000);
    I found = 0;
    for (size_t i = 0; i < n; ++i) {
      I bits;
      std::memcpy(&bits, x + i, sizeof(T));
      found |= (bits & exponent) == exponent;
    }
    return found == 0;
  } else {
    return true;
  }
}

// Windows of many taps, or of some that are not finite, that hang over an end of x: a rectangle of
// taps that all outputs have in common, then triangles, halved down to blocks of outputs that take
// their samples from a padded copy of the end of x. The zeros change no sum unless a tap is
// infinite or NaN; then the blocks are single vectors and the products outside of x are masked out.
template <class T, int S>
struct Edges {
  static constexpr int W = max_width<T>;
  static constexpr int P = W / S;
  static constexpr ptrdiff_t largest = 4 * P;
  using V = Vec<T, W>;
  using L = Signed<sizeof(T)>;

  const T* x;
  ptrdiff_t n;
  const T* taps;
  ptrdiff_t m;
  T* y;               // of window 0
  bool padded;        // worth it, and all taps are finite
  ptrdiff_t block;    // outputs that are made at once
  T ends[2][12 * W];  // [block zeros][first 2 blocks of samples], [last 2 blocks][block zeros]

  Edges(const T* x, ptrdiff_t n, const T* taps, ptrdiff_t m, T* y, bool left, bool right)
      : x(x),
        n(n),
        taps(taps),
        m(m),
        y(y),
        padded(m > P && finite(taps, size_t(m))),
        block(padded ? largest : P) {
    // Windows over an end of x reach m - 1 samples to either side of it.
    const size_t edge = size_t(block) * S;
    const size_t zeros = size_t(m - 1 < block ? m - 1 : block) * S;
    const size_t samples = size_t(m - 1 < 2 * block ? m - 1 : 2 * block) * S;
    if (left) {
      std::memset(ends[0] + edge - zeros, 0, zeros * sizeof(T));
      std::memcpy(ends[0] + edge, x, samples * sizeof(T));
    }
    if (right) {
      std::memcpy(ends[1] + 2 * edge - samples, x + n * S - samples, samples * sizeof(T));
      std::memset(ends[1] + 2 * edge, 0, zeros * sizeof(T));
    }
  }

  // Windows [a, b), all of whose taps [t0, t1) lie within x.
  void rectangle(ptrdiff_t a, ptrdiff_t b, ptrdiff_t t0, ptrdiff_t t1, bool add) {
    Interior<T, W, S>::run(x + (a + t0) * S, taps + t0, size_t(t1 - t0), y + a * S,
                           size_t(b - a) * S, add);
  }

  // Windows [a, b), at most a block, taps [t0, t1), samples before (left) or after x being left
  // out. Counted from that end of x, a + t0 > -block and a + t1 <= block.
  template <bool left>
  void base(ptrdiff_t a, ptrdiff_t b, ptrdiff_t t0, ptrdiff_t t1, bool add) {
    const T* samples = left ? ends[0] + (block + a) * S : ends[1] + (2 * block + a - n) * S;
    if (padded)
      return Interior<T, W, S>::run(samples + t0 * S, taps + t0, size_t(t1 - t0), y + a * S,
                                    size_t(b - a) * S, add);
    const size_t bytes = size_t(b - a) * S * sizeof(T);
    alignas(64) T out[W] = {};
    if (add) std::memcpy(out, y + a * S, bytes);
    Vec<L, W> lane;
    for (int l = 0; l < W; ++l) lane[l] = static_cast<L>(l / S);
    V acc = load<T, W>(out);
    for (ptrdiff_t t = t0; t < t1; ++t) {
      const V sum = mul_add<T>(broadcast<T, W>(taps[t]), loadu<T, W>(samples + t * S), acc);
      const L edge = static_cast<L>(left ? -(a + t) : n - a - t);
      acc = (left ? lane >= edge : lane < edge) ? sum : acc;
    }
    store<T, W>(out, acc);
    std::memcpy(y + a * S, out, bytes);
  }

  // About half of the way from a to b, whole blocks away from a.
  ptrdiff_t middle(ptrdiff_t a, ptrdiff_t b) const {
    return a + (b - a + block - 1) / block / 2 * block;
  }

  // Window q of [a, b) takes the taps from -q to -a.
  void left_triangle(ptrdiff_t a, ptrdiff_t b) {
    if (b - a <= block) return base<true>(a, b, 1 - b, -a, true);
    const ptrdiff_t mid = middle(a, b);
    left_triangle(a, mid);
    rectangle(mid, b, -mid, -a, true);
    left_triangle(mid, b);
  }
  void left(ptrdiff_t a, ptrdiff_t b, bool add) {
    if (b - a <= block && a + m <= block) return base<true>(a, b, 1 - b, m, add);
    rectangle(a, b, -a, m, add);
    left_triangle(a, b);
  }

  // Window q of [a, b) takes the taps from n - b + 1 to n - q.
  void right_triangle(ptrdiff_t a, ptrdiff_t b) {
    if (b - a <= block) return base<false>(a, b, n - b + 1, n - a, true);
    const ptrdiff_t mid = middle(a, b);
    right_triangle(mid, b);
    rectangle(a, mid, n - b + 1, n - mid + 1, true);
    right_triangle(a, mid);
  }
  void right(ptrdiff_t a, ptrdiff_t b, bool add) {
    if (b - a <= block && n - a <= block) return base<false>(a, b, 0, n - a, add);
    rectangle(a, b, 0, n - b + 1, add);
    right_triangle(a, b);
  }
};

template <class T, int S>
void correlate(const T* x, size_t n_samples, const T* taps, size_t n_taps, ptrdiff_t first, T* out,
               size_t count, bool add) {
  const ptrdiff_t n = static_cast<ptrdiff_t>(n_samples);
  const ptrdiff_t m = static_cast<ptrdiff_t>(n_taps);
  const ptrdiff_t end = first + static_cast<ptrdiff_t>(count);
  // Windows from `first` to `end` by where they lie: before x, over its start, within, over its
  // end.
  const auto clip = [&](ptrdiff_t q) { return q < first ? first : q > end ? end : q; };
  const ptrdiff_t q0 = clip(1 - m), q1 = clip(0), q2 = clip(n - m + 1), q3 = clip(n);
  T* y = out - first * S;
  if (!add) {
    if (q0 > first) std::memset(out, 0, size_t(q0 - first) * S * sizeof(T));
    if (end > q3) std::memset(y + q3 * S, 0, size_t(end - q3) * S * sizeof(T));
  }
  const bool left = q0 < q1, right = q2 < q3;
  constexpr ptrdiff_t small = convolve_padded_bytes / sizeof(T);
  if ((left || right) && (n + 2 * m) * S <= small && finite(taps, n_taps)) {
    // A short signal is padded on both sides as a whole.
    T all[small];
    const size_t edge = size_t(m - 1) * S;
    std::memset(all, 0, edge * sizeof(T));
    std::memcpy(all + edge, x, n_samples * S * sizeof(T));
    std::memset(all + edge + n_samples * S, 0, edge * sizeof(T));
    if (q0 < q3)
      Interior<T, max_width<T>, S>::run(all + edge + q0 * S, taps, n_taps, y + q0 * S,
                                        size_t(q3 - q0) * S, add);
    return;
  }
  if (q1 < q2)
    Interior<T, max_width<T>, S>::run(x + q1 * S, taps, n_taps, y + q1 * S, size_t(q2 - q1) * S,
                                      add);
  constexpr ptrdiff_t few = convolve_padded_vectors * max_width<T>;
  if ((left || right) && m * S <= few && finite(taps, n_taps)) {
    // Tile by tile, from the side of whole windows on: what is left of them has the fewest taps.
    using Tiles = Interior<T, max_width<T>, S>;
    constexpr ptrdiff_t step = tile_rows<T> * max_width<T> / S;
    T end_of_x[2 * few];
    const ptrdiff_t edge = (m - 1) * S;
    if (left) {
      std::memset(end_of_x, 0, size_t(edge) * sizeof(T));
      std::memcpy(end_of_x + edge, x, size_t(edge) * sizeof(T));
      for (ptrdiff_t b = q1; b > q0; b -= step) {
        const ptrdiff_t a = b - q0 < step ? q0 : b - step, t = 1 - b;
        Tiles::run(end_of_x + edge + (a + t) * S, taps + t, size_t(m - t), y + a * S,
                   size_t(b - a) * S, add);
      }
    }
    if (right) {
      const ptrdiff_t from = n - m + 1;
      std::memcpy(end_of_x, x + from * S, size_t(edge) * sizeof(T));
      std::memset(end_of_x + edge, 0, size_t(edge) * sizeof(T));
      for (ptrdiff_t a = q2; a < q3; a += step)
        Tiles::run(end_of_x + (a - from) * S, taps, size_t(n - a), y + a * S,
                   size_t(q3 - a < step ? q3 - a : step) * S, add);
    }
    return;
  }
  if (left || right) {
    Edges<T, S> edges(x, n, taps, m, y, left, right);
    if (left) edges.left(q0, q1, add);
    if (right) edges.right(q2, q3, add);
  }
}

// (re + i im) x = re x + i (im x): two sums with real taps, a block of whole tiles of outputs at a
// time.
template <class T>
void correlate_complex(const T* x, size_t n, const T* re, const T* im, size_t m, ptrdiff_t first,
                       T* y, size_t count, bool add) {
  constexpr size_t tile = tile_rows<T> * max_width<T> / 2, block = 512 / tile * tile;
  alignas(64) T imaginary[2 * block];
  for (size_t i = 0; i < count; i += block) {
    const size_t k = count - i < block ? count - i : block;
    const ptrdiff_t q = first + static_cast<ptrdiff_t>(i);
    correlate<T, 2>(x, n, im, m, q, imaginary, k, false);
    correlate<T, 2>(x, n, re, m, q, y + 2 * i, k, add);
    for (size_t j = 0; j < k; ++j) {
      y[2 * (i + j)] -= imaginary[2 * j + 1];
      y[2 * (i + j) + 1] += imaginary[2 * j];
    }
  }
}

}  // namespace

#define FLIPSHIFT_FILL(T)                   \
  void fill(ConvolveTable<T>& table) {      \
    table.real = correlate<T, 1>;           \
    table.lanes = max_width<T>;             \
    table.tile = tile_rows<T>;              \
    if constexpr (floating<T>) {            \
      table.complex = correlate_complex<T>; \
      table.finite = finite<T>;             \
    }                                       \
  }

FLIPSHIFT_FILL(float)
FLIPSHIFT_FILL(double)
FLIPSHIFT_FILL(std::uint8_t)
FLIPSHIFT_FILL(std::uint16_t)
FLIPSHIFT_FILL(std::uint32_t)
FLIPSHIFT_FILL(std::uint64_t)

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
