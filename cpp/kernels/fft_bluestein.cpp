// What each function does is said in kernels/fft_bluestein.hpp.
#include "kernels/fft_bluestein.hpp"

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Numbers at x[k] .. x[k + W - 1] times t.
template <class T, int W>
FLIPSHIFT_INLINE void product(const Complex<T, W>& t, const T* x, T* out, T in_im, T re, T im) {
  const Complex<T, W> a = load_split<T, W>(x);
  const Vec<T, W> ai = a.im * broadcast<T, W>(in_im);
  store_interleaved<T, W>(out, (a.re * t.re - ai * t.im) * broadcast<T, W>(re),
                          (a.re * t.im + ai * t.re) * broadcast<T, W>(im));
}

template <class T>
void mirrored(const T* t, const T* x, T* out, std::size_t n, std::size_t begin, std::size_t end,
              T in_im, T sign, T out_im) {
  constexpr int W = max_width<T>;
  const T im = sign * out_im;
  if (begin == 0) {
    product<T, 1>({t[0], t[1]}, x, out, in_im, T(1), out_im);
    if (n % 2 == 0) product<T, 1>({t[n], t[n + 1]}, x + n, out + n, in_im, T(1), out_im);
  }
  // W numbers and their mates.
  std::size_t k = 1 + begin;
  for (; k + W <= end + 1; k += W) {
    const Complex<T, W> z = load_split<T, W>(t + 2 * k);
    const std::size_t mate = n - k - W + 1;
    product<T, W>(z, x + 2 * k, out + 2 * k, in_im, T(1), out_im);
    product<T, W>(reverse<T, W>(z), x + 2 * mate, out + 2 * mate, in_im, sign, im);
  }
  for (; k <= end; ++k) {
    const Complex<T, 1> z = {t[2 * k], t[2 * k + 1]};
    product<T, 1>(z, x + 2 * k, out + 2 * k, in_im, T(1), out_im);
    product<T, 1>(z, x + 2 * (n - k), out + 2 * (n - k), in_im, sign, im);
  }
}

}  // namespace

void fill(FftBluesteinTable<float>& t) { t.mirrored = mirrored<float>; }
void fill(FftBluesteinTable<double>& t) { t.mirrored = mirrored<double>; }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
