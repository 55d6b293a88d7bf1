// What the pass does is said in kernels/fft_rader.hpp.
#include "kernels/fft_rader.hpp"

#include "kernels/fft_composite.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

constexpr int most = FLIPSHIFT_VECTOR_REGISTERS == 32 ? 6 : 2;  // points at a time

// Points u .. u + K - 1 of the product of e rows at `in` with a block's factors.
template <class T, int W, int K>
FLIPSHIFT_INLINE void points(const T* in, std::size_t e, std::size_t u, const T* factors, T* out) {
  using V = Vec<T, W>;
  // Each part of a product has its own sum: shorter sums have smaller errors.
  V rr[K] = {}, ii[K] = {}, ri[K] = {}, ir[K] = {};
  const T* z = factors + 2 * (e - 1 + u);
  for (std::size_t q = 0; q < e; ++q, in += 2 * W, z -= 2) {
    Complex<T, W> a = load_row<T, W>(in);
    keep(a.re);
    keep(a.im);
    unroll<K>([&](auto i) __attribute__((always_inline)) {
      const V c = broadcast<T, W>(z[2 * i]), s = broadcast<T, W>(z[2 * i + 1]);
      rr[i] += c * a.re;
      ri[i] += c * a.im;
      ii[i] += s * a.im;
      ir[i] += s * a.re;
    });
  }
  unroll<K>([&](auto i) __attribute__((always_inline)) {
    store_row<T, W>(out + 2 * W * (u + i), rr[i] - ii[i], ri[i] + ir[i]);
  });
}

template <class T, int W>
void block(const T* in, std::size_t e, const T* factors, T* out) {
  // In equal parts: few sums at a time would wait for each other.
  const std::size_t parts = (e + most - 1) / most;
  for (std::size_t p = 0; p < parts; ++p) {
    const std::size_t u = e * p / parts, count = e * (p + 1) / parts - u;
    unroll<most>([&](auto i) __attribute__((always_inline)) {
      if (count == i + 1) points<T, W, i + 1>(in, e, u, factors, out);
    });
  }
}

template <class T, int W, int d>
void pass(T* rows, std::size_t m, std::size_t e, const std::uint32_t* places, const T* factors,
          const T* tw, T* work) {
  using V = Vec<T, W>;
  const std::size_t count = d * e;
  const std::uint32_t* const out = places + count;
  const std::size_t row = 2 * W;
  for (std::size_t j = 0; j < m; ++j, rows += row, tw += 2 * count) {
    const Complex<T, W> x0 = load_row<T, W>(rows);
    Pair<V> sum = {V{}, V{}};
    // Block i goes to the place of block i + 1, so that its product may take that of block i.
    for (std::size_t q = 0; q < e; ++q) {
      any_butterfly<T, V, d>(
          [&](int b) __attribute__((always_inline)) {
            const std::size_t at = places[e * static_cast<std::size_t>(b) + q];
            const Complex<T, W> v = load_row<T, W>(rows + row * m * at);
            return Pair<V>{v.re, v.im};
          },
          [&](int i, V re, V im) __attribute__((always_inline)) {
            store_row<T, W>(work + row * (e * static_cast<std::size_t>(i + 1) + q), re, im);
            if (i == 0) sum = sum + Pair<V>{re, im};
          });
    }
    for (std::size_t i = 0; i < d; ++i)
      block<T, W>(work + row * e * (i + 1), e, factors + 2 * (2 * e - 1) * i, work + row * e * i);
    for (std::size_t u = 0; u < e; ++u) {
      any_butterfly<T, V, d>(
          [&](int i) __attribute__((always_inline)) {
            const Complex<T, W> v =
                load_row<T, W>(work + row * (e * static_cast<std::size_t>(i) + u));
            return Pair<V>{v.re, v.im};
          },
          [&](int b, V re, V im) __attribute__((always_inline)) {
            const auto back = static_cast<std::size_t>(b == 0 ? 0 : d - b);  // the inverse
            const std::size_t f = out[e * back + u];
            const V c = broadcast<T, W>(tw[2 * (f - 1)]), s = broadcast<T, W>(tw[2 * (f - 1) + 1]);
            const V p = re + x0.re, q = im + x0.im;
            store_row<T, W>(rows + row * m * f, p * c - q * s, q * c + p * s);
          });
    }
    store_row<T, W>(rows, x0.re + sum.re, x0.im + sum.im);
  }
}

template <class T, int... d>
void fill_passes(FftRaderTable<T>& t) {
  ((t.pass[d] = pass<T, max_width<T>, d>), ...);
}

}  // namespace

void fill(FftRaderTable<float>& t) { fill_passes<float, 6, 7, 8, 9, 10, 11, 12, 13, 16>(t); }
void fill(FftRaderTable<double>& t) { fill_passes<double, 6, 7, 8, 9, 10, 11, 12, 13, 16>(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
