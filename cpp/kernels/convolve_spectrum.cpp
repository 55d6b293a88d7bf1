// The product of the spectra of two real signals, without the spectra.
//
// Even and odd samples are two signals e and o each; a transform of e + i o of half the length
// holds both, as E and O. The convolution has the even samples E E' + w^2k O O' and the odd ones
// E O' + O E' (the odd ones are a sample late, w^2k = exp(-2 pi i k / h) is that sample). In terms
// of Z = E + i O and G = E' + i O' that is
//   G[k] Z[k] + t,  t = B[k] (conj Z[h-k] - Z[k]),  B[k] = (G[k] - conj G[h-k]) (1 + w^2k) / 4
// and for h - k the same with conj t. (1 + w^2k) / 2 is w^k times its real part, and w^k is
// i (2 v - 1), v being the factor that untangles real transforms.
#include "kernels/convolve_spectrum.hpp"

#include <limits>
#include <type_traits>

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::size_t;

// Elements k and mate = h - k of W pairs at once.
template <class T, int W>
FLIPSHIFT_INLINE void pair(T* z, const T* g, size_t k, size_t mate, const T* tw) {
  using V = Vec<T, W>;
  using C = Complex<T, W>;
  const C g1 = load_split<T, W>(g + 2 * k);
  const C g2 = reverse<T, W>(load_split<T, W>(g + 2 * mate));
  const C v = load_split<T, W>(tw + 2 * k);
  const C w{v.im * broadcast<T, W>(T(-2)), v.re * broadcast<T, W>(T(2)) - broadcast<T, W>(T(1))};
  const V fr = g1.re - g2.re, fi = g1.im + g2.im;
  const V br = (fi * w.im - fr * w.re) * v.im, bi = -(fr * w.im + fi * w.re) * v.im;
  const C z1 = load_split<T, W>(z + 2 * k);
  const C z2 = reverse<T, W>(load_split<T, W>(z + 2 * mate));
  const V dr = z2.re - z1.re, di = z2.im + z1.im;  // conjugated
  const V tr = br * dr + bi * di, ti = bi * dr - br * di;
  store_interleaved<T, W>(z + 2 * k, tr + g1.re * z1.re - g1.im * z1.im,
                          ti + g1.re * z1.im + g1.im * z1.re);
  const C y =
      reverse<T, W>(C{tr + g2.re * z2.re - g2.im * z2.im, g2.re * z2.im + g2.im * z2.re - ti});
  store_interleaved<T, W>(z + 2 * mate, y.re, y.im);
}

template <class T, int W>
FLIPSHIFT_INLINE void pairs(T* z, const T* g, size_t k, size_t h, const T* tw) {
  for (; 2 * k + 2 * W - 1 <= h; k += W) pair<T, W>(z, g, k, h - k - W + 1, tw);
  if constexpr (W > per_lane<T>) {
    pairs<T, W / 2>(z, g, k, h, tw);
  } else {
    for (; 2 * k <= h; ++k) pair<T, 1>(z, g, k, h - k, tw);
  }
}

template <class T>
void product(T* z, const T* g, size_t h, const T* tw) {
  const T re = g[0] * z[0] + g[1] * z[1], im = g[0] * z[1] + g[1] * z[0];
  pairs<T, max_width<T>>(z, g, 1, h, tw);
  z[0] = re;
  z[1] = im;
}

template <class I, int W>
FLIPSHIFT_INLINE I largest_lane(Vec<I, W> v) {
  if constexpr (W == 1) {
    return v;
  } else {
    Vec<I, W / 2> half[2];
    std::memcpy(half, &v, sizeof(v));
    return largest_lane<I, W / 2>(half[0] > half[1] ? half[0] : half[1]);
  }
}

// Magnitudes are compared as integers, which have NaN above infinity.
template <class T>
void magnitudes(const T* x, size_t n, size_t segment, T* out) {
  constexpr int W = max_width<T>;
  using I = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  using V = Vec<I, W>;
  constexpr I mask = std::numeric_limits<I>::max();
  constexpr T infinity = std::numeric_limits<T>::infinity();
  I limit;
  std::memcpy(&limit, &infinity, sizeof(T));
  const auto* bits = reinterpret_cast<const char*>(x);
  for (size_t i = 0; i < n; i += segment, ++out) {
    const size_t end = n - i < segment ? n : i + segment;
    V top[2] = {};
    size_t j = i;
    for (; j + 2 * W <= end; j += 2 * W) {
#pragma GCC unroll 2
      for (int a = 0; a < 2; ++a) {
        V v;
        std::memcpy(&v, bits + (j + size_t(a * W)) * sizeof(T), sizeof(V));
        v &= mask;
        top[a] = v > top[a] ? v : top[a];
      }
    }
    top[0] = top[0] > top[1] ? top[0] : top[1];
    I largest = 0;
    for (; j < end; ++j) {
      I v;
      std::memcpy(&v, bits + j * sizeof(T), sizeof(I));
      v &= mask;
      largest = v > largest ? v : largest;
    }
    const I vector = largest_lane<I, W>(top[0]);
    largest = vector > largest ? vector : largest;
    largest = largest > limit ? limit : largest;
    std::memcpy(out, &largest, sizeof(T));
  }
}

template <class T>
void fill_table(ConvolveSpectrumTable<T>& t) {
  t.product = product<T>;
  t.magnitudes = magnitudes<T>;
}

}  // namespace

void fill(ConvolveSpectrumTable<float>& t) { fill_table(t); }
void fill(ConvolveSpectrumTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
