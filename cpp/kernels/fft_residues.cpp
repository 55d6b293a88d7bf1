// What each function does is said in kernels/fft_residues.hpp.
#include "kernels/fft_residues.hpp"

#include "kernels/fft_composite.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int R>
void join(const T* x, std::size_t m, const T* tw, T* y, T re_scale, T im_scale) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  const V re_factor = broadcast<T, W>(re_scale), im_factor = broadcast<T, W>(im_scale);
  for (std::size_t k = 0; k < m; k += W) {
    if (k + W > m) k = m - W;  // computes some once more
    any_butterfly<T, V, R>(
        [&](int q) __attribute__((always_inline)) {
          const Complex<T, W> a = load_split<T, W>(x + 2 * (m * static_cast<std::size_t>(q) + k));
          if (q == 0) return Pair<V>{a.re, a.im};
          const std::size_t at = m * static_cast<std::size_t>(q - 1) + k;
          const Complex<T, W> w = load_split<T, W>(tw + 2 * at);
          Pair<V> v = times(a.re, a.im, w.re, w.im);
          keep(v.re);
          keep(v.im);
          return v;
        },
        [&](int p, V re, V im) __attribute__((always_inline)) {
          store_interleaved<T, W>(y + 2 * (m * static_cast<std::size_t>(p) + k), re * re_factor,
                                  im * im_factor);
        });
  }
}

template <class T, int... R>
void fill_joins(FftResiduesTable<T>& t) {
  ((t.join[R] = join<T, R>), ...);
}

template <class T>
void fill_table(FftResiduesTable<T>& t) {
  t.width = max_width<T>;
  fill_joins<T, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16>(t);
}

}  // namespace

void fill(FftResiduesTable<float>& t) { fill_table(t); }
void fill(FftResiduesTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
