// A tile's sums stay in registers while the spectra pass by. Real and imaginary parts of h are
// broadcast within their pairs and multiplied by whole pairs of x; the two sums are combined at the
// end: (re + i im) x = re x + im (i x).
#include "kernels/spectrum.hpp"

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::size_t;

template <int Part>
struct PairMap {  // the real (0) or imaginary (1) part in both places
  static constexpr int of(int i) { return i / 2 * 2 + Part; }
};
struct SwapMap {
  static constexpr int of(int i) { return i ^ 1; }
};

// U vectors of a tile.
template <class T, int W, int U>
struct Sums {
  Vec<T, W> re[U], im[U];  // sums of re(h) x and of im(h) x

  FLIPSHIFT_INLINE void clear() {
    unroll<U>([&](auto u) __attribute__((always_inline)) { re[u] = im[u] = Vec<T, W>{}; });
  }
  FLIPSHIFT_INLINE void take(const T* x, const T* h, size_t count) {
    constexpr size_t step = 2 * spectrum_tile<T>;
    for (size_t k = 0; k < count; ++k, x += step, h += step) {
      unroll<U>([&](auto u) __attribute__((always_inline)) {
        Vec<T, W> a = load<T, W>(x + u * W), b = load<T, W>(h + u * W);
        keep(a);
        keep(b);
        re[u] += a * shuffle<T, W, PairMap<0>>(b, b);
        im[u] += a * shuffle<T, W, PairMap<1>>(b, b);
      });
    }
  }
  FLIPSHIFT_INLINE void finish(T* y) {
    Vec<T, W> sign;
    for (int i = 0; i < W; ++i) sign[i] = i % 2 ? T(1) : T(-1);
    unroll<U>([&](auto u) __attribute__((always_inline)) {
      store<T, W>(y + u * W, re[u] + sign * shuffle<T, W, SwapMap>(im[u], im[u]));
    });
  }
};

template <class T>
void accumulate(const T* x, size_t x_slots, size_t first, const T* h, size_t h_slots, size_t count,
                T* y, size_t tiles, bool packed) {
  constexpr int W = max_width<T>, U = 4;
  constexpr size_t tile = 2 * spectrum_tile<T>;
  const size_t before = count < x_slots - first ? count : x_slots - first;
  for (size_t t = 0; t < tiles; ++t) {
    const T *xs = x + t * x_slots * tile, *hs = h + t * h_slots * tile;
    for (size_t i = 0; i < tile; i += U * W) {
      Sums<T, W, U> sums;
      sums.clear();
      sums.take(xs + first * tile + i, hs + i, before);
      sums.take(xs + i, hs + before * tile + i, count - before);
      sums.finish(y + t * tile + i);
      if (packed && t + i == 0) {
        y[0] = sums.re[0][0];
        y[1] = sums.im[0][1];
      }
    }
  }
}

template <class T>
void add(const T* x, T* y, size_t n) {
  for (size_t i = 0; i < n; ++i) y[i] += x[i];
}

template <class T>
void fill_table(SpectrumTable<T>& t) {
  t.accumulate = accumulate<T>;
  t.add = add<T>;
}

}  // namespace

void fill(SpectrumTable<float>& t) { fill_table(t); }
void fill(SpectrumTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
