// With w = exp(-2 pi i / n), c[k] = w^(k^2 / 2) and jk = (j^2 + k^2 - (k-j)^2) / 2, a transform is
//   X[k] = c[k] sum_j (x[j] c[j]) conj c[k-j],
// a convolution in which k - j goes from -(n - 1) to n / 2. Backwards it is transposed, which a
// cyclic convolution is if its two transforms change places.
#include "engine/fft_dct_chirp.hpp"

#include <algorithm>
#include <utility>

#include "engine/dispatch.hpp"
#include "engine/fft_plan.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "kernels/fft.hpp"
#include "kernels/fft_dct.hpp"

namespace flipshift::fft {

template <class T>
Chirp<T>::Chirp(std::size_t n)
    : n_(n), inner_(plan<T>(convolution_size<T>(n + n / 2))), chirp_(2 * n) {
  const std::size_t m = inner_->size();
  Buffer<double> kernel(2 * m);
  std::fill_n(kernel.data(), 2 * m, 0.0);
  const Roots roots(2 * n);
  std::size_t square = 0;  // k^2 mod 2n
  for (std::size_t k = 0; k < n; ++k) {
    const Root z = roots[square];
    chirp_[2 * k] = static_cast<T>(z.re);
    chirp_[2 * k + 1] = static_cast<T>(z.im);
    const std::size_t below = (m - k) % m;
    for (const std::size_t i : {k <= n / 2 ? k : below, below}) {
      kernel[2 * i] = static_cast<double>(z.re / static_cast<long double>(m));
      kernel[2 * i + 1] = static_cast<double>(-z.im / static_cast<long double>(m));
    }
    square = (square + 2 * k + 1) % (2 * n);
  }
  spectrum_ = kernel_spectrum<T>(std::move(kernel), m);
}

template <class T>
std::size_t Chirp<T>::bytes() const {
  return (chirp_.size() + spectrum_.size()) * sizeof(T);
}

template <class T>
std::string Chirp<T>::describe() const {
  std::string text = "Bluestein of real numbers by ";
  return text.append(std::to_string(inner_->size())).append(": ").append(inner_->describe());
}

template <class T>
void Chirp<T>::convolve(T* work, T scale) const {
  const std::size_t m = inner_->size();
  auto* const z = reinterpret_cast<C*>(work);
  std::fill(work + 2 * n_, work + 2 * m, T(0));
  inner_->run(z, z, Direction::forward, T(1));
  kernels<FftRealTable<T>>().multiply(work, spectrum_.data(), work, m, T(1));
  inner_->run(z, z, Direction::backward, scale);
}

template <class T>
void Chirp<T>::forward(const T* x, C* spectrum, T scale, T conj) const {
  const FftRealTable<T>& steps = kernels<FftRealTable<T>>();
  Scratch<T> work(2 * inner_->size());
  T* const a = work.data();
  for (std::size_t j = 0; j < n_; ++j) {
    a[2 * j] = chirp_[2 * j] * x[j];
    a[2 * j + 1] = chirp_[2 * j + 1] * x[j];
  }
  convolve(a, scale);
  steps.multiply(a, chirp_.data(), reinterpret_cast<T*>(spectrum), n_ / 2 + 1, T(1));
  spectrum[0] = spectrum[0].real();
  if (conj < 0)
    for (std::size_t k = 1; k <= n_ / 2; ++k) spectrum[k] = std::conj(spectrum[k]);
}

template <class T>
void Chirp<T>::good(const T* x, T* y, bool sine, T scale, T first) const {
  const FftDctTable<T>& ends = kernels<FftDctTable<T>>();
  Scratch<T> work(2 * inner_->size());
  T* const a = work.data();
  ends.enter_good[sine](x, chirp_.data(), a, n_, first);
  convolve(a, scale);
  kernels<FftRealTable<T>>().multiply(a, chirp_.data(), a, n_ / 2 + 1, T(1));
  ends.leave_good[sine](a, y, n_ / 2);
}

template <class T>
void Chirp<T>::backward(const C* spectrum, T* x, T scale, T conj) const {
  const FftRealTable<T>& steps = kernels<FftRealTable<T>>();
  const std::size_t m = inner_->size(), count = n_ / 2 + 1;
  Scratch<T> work(2 * m);
  T* const a = work.data();
  auto* const z = reinterpret_cast<C*>(a);
  // The conjugate of the result, from the conjugate of the spectrum.
  steps.multiply(chirp_.data(), reinterpret_cast<const T*>(spectrum), a, count, -conj);
  a[0] = spectrum[0].real() / 2;
  a[1] = T(0);
  std::fill(a + 2 * count, a + 2 * m, T(0));
  inner_->run(z, z, Direction::backward, T(1));
  steps.multiply(a, spectrum_.data(), a, m, T(1));
  inner_->run(z, z, Direction::forward, 2 * scale);
  for (std::size_t j = 0; j < n_; ++j)
    x[j] = a[2 * j] * chirp_[2 * j] - a[2 * j + 1] * chirp_[2 * j + 1];
}

template class Chirp<float>;
template class Chirp<double>;

}  // namespace flipshift::fft
