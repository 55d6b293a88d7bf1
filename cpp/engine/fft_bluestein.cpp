// Transforms of any length, however unsmooth.
#include <algorithm>
#include <bit>
#include <utility>

#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/fft_bluestein_parts.hpp"
#include "engine/fft_extended.hpp"
#include "engine/fft_plan.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/fft_bluestein.hpp"

namespace flipshift::fft {

namespace {

// Numbers of a kernel up to which its spectrum in double is made in long double. A longer one would
// take milliseconds, ten times what everything else of a plan takes.
constexpr std::size_t longest_extended = std::size_t{1} << 12;

// Any n by a cyclic convolution with a chirp: jk = (j^2 + k^2 - (k-j)^2) / 2 (Bluestein, 1970).
// Scratch: the padded length, at most 2.5 n numbers, and as many for the inner transform.
template <class T>
class Bluestein final : public Algorithm<T> {
 public:
  explicit Bluestein(std::size_t n)
      : n_(n), inner_(convolution_size<T>(2 * n - 1)), chirp_(2 * (n / 2 + 1)) {
    const std::size_t m = inner_.size();
    Buffer<double> kernel(2 * m);
    std::fill_n(kernel.data(), 2 * m, 0.0);
    const Roots roots(2 * n);
    std::size_t square = 0;  // k^2 mod 2n
    for (std::size_t k = 0; k < n; ++k) {
      const Root z = roots[square];
      if (k <= n / 2) {
        chirp_[2 * k] = static_cast<T>(z.re);
        chirp_[2 * k + 1] = static_cast<T>(z.im);
      }
      for (const std::size_t i : {k, (m - k) % m}) {
        kernel[2 * i] = static_cast<double>(z.re / static_cast<long double>(m));
        kernel[2 * i + 1] = static_cast<double>(-z.im / static_cast<long double>(m));
      }
      square = (square + 2 * k + 1) % (2 * n);
    }
    spectrum_ = kernel_spectrum<T>(std::move(kernel), m / 2 + 1);
  }

  void run(const T* x, T* y, bool backward, T scale, std::size_t workers) const override {
    const auto& mirrored = kernels<FftBluesteinTable<T>>().mirrored;
    const std::size_t m = inner_.size();
    if (2 * sizeof(T) * m < worth_sharing_convolution) workers = 1;
    Scratch<T> work(2 * m, workers);
    T* a = work.data();
    // The backward transform is the conjugate of the forward one of the conjugate.
    const T conj = backward ? T(-1) : T(1);
    const T sign = n_ % 2 ? T(-1) : T(1);  // of chirp[n-k] to chirp[k]
    const auto product = [&](const Buffer<T>& table, const T* in, T* out, std::size_t n, T in_im,
                             T sign_of_mates, T out_im) {
      parallel_ranges((n - 1) / 2, 4096, workers, [&](std::size_t begin, std::size_t end) {
        mirrored(table.data(), in, out, n, begin, end, in_im, sign_of_mates, out_im);
      });
    };
    product(chirp_, x, a, n_, conj, sign, T(1));
    parallel_ranges(m - n_, 4096, workers, [&](std::size_t begin, std::size_t end) {
      std::fill(a + 2 * (n_ + begin), a + 2 * (n_ + end), T(0));
    });
    inner_.algorithm().run(a, a, false, T(1), workers);
    product(spectrum_, a, a, m, T(1), T(1), T(1));
    inner_.algorithm().run(a, a, true, scale, workers);
    product(chirp_, a, y, n_, T(1), sign, conj);
  }

  bool is_bluestein() const override { return true; }
  std::size_t bytes() const override {
    return (chirp_.size() + spectrum_.size()) * sizeof(T) + inner_.bytes();
  }
  std::string describe() const override {
    return "Bluestein by " + std::to_string(inner_.size()) + ": " + inner_.describe();
  }

 private:
  std::size_t n_;
  Plan<T> inner_;
  Buffer<T> chirp_, spectrum_;  // symmetric: the first n / 2 + 1 and m / 2 + 1 numbers
};

template <class T>
class Parts final : public Algorithm<T> {
 public:
  explicit Parts(std::unique_ptr<const BluesteinParts<T>> parts) : parts_(std::move(parts)) {}
  void run(const T* x, T* y, bool backward, T scale, std::size_t workers) const override {
    parts_->run(x, y, backward, scale, workers);
  }
  bool is_bluestein() const override { return true; }
  const BluesteinParts<T>* parts() const override { return parts_.get(); }
  std::size_t bytes() const override { return parts_->bytes(); }
  std::string describe() const override { return parts_->describe(); }

 private:
  std::unique_ptr<const BluesteinParts<T>> parts_;
};

}  // namespace

// The kernels of powers of two that are a cache block make up for many more numbers: those of 1024
// points in double for a third, the others for up to three quarters. Short multiples of 11, 13 and
// 15 take longer than the next size (measured on Zen 5, 2026-11).
template <class T>
std::size_t convolution_size(std::size_t n) {
  const std::size_t power = std::bit_ceil(n);
  const bool worth =
      power * sizeof(T) == 8192 && sizeof(T) == 8 ? 3 * power <= 4 * n : 9 * power <= 16 * n;
  if (power * sizeof(T) <= 8192 && worth) return power;
  std::size_t best = power;
  for (const std::size_t odd : {3, 5, 7, 9, 11, 13, 15}) {
    std::size_t size = odd * 64;  // as in good_size()
    while (size < n) size *= 2;
    if (odd < 10 || size > 4096) best = std::min(best, size);
  }
  return best;
}

template <class T>
Buffer<T> kernel_spectrum(Buffer<double> kernel, std::size_t count) {
  const std::size_t m = kernel.size() / 2;
  Buffer<T> spectrum(2 * count);
  if (sizeof(T) == 8 && m <= longest_extended) {
    std::vector<Root> x(m);
    for (std::size_t j = 0; j < m; ++j) x[j] = {kernel[2 * j], kernel[2 * j + 1]};
    extended_transform(x);
    for (std::size_t k = 0; k < count; ++k) {
      spectrum[2 * k] = static_cast<T>(x[k].re);
      spectrum[2 * k + 1] = static_cast<T>(x[k].im);
    }
    return spectrum;
  }
  // Not from the cache, where nobody else may ask for it.
  Plan<double>(m).algorithm().run(kernel.data(), kernel.data(), false, 1.0, 1);
  for (std::size_t k = 0; k < count; ++k) {
    // Half of a symmetric spectrum: the mean of two numbers has half the error of each, squared.
    const std::size_t mate = count == m ? k : 2 * count == m ? m - 1 - k : (m - k) % m;
    for (const std::size_t part : {0, 1})
      spectrum[2 * k + part] = static_cast<T>((kernel[2 * k + part] + kernel[2 * mate + part]) / 2);
  }
  return spectrum;
}

template <class T>
std::unique_ptr<const Algorithm<T>> make_bluestein(std::size_t n) {
  if (auto parts = BluesteinParts<T>::make(n, false))
    return std::make_unique<Parts<T>>(std::move(parts));
  return std::make_unique<Bluestein<T>>(n);
}

template std::size_t convolution_size<float>(std::size_t);
template std::size_t convolution_size<double>(std::size_t);
template Buffer<float> kernel_spectrum(Buffer<double>, std::size_t);
template Buffer<double> kernel_spectrum(Buffer<double>, std::size_t);
template std::unique_ptr<const Algorithm<float>> make_bluestein(std::size_t);
template std::unique_ptr<const Algorithm<double>> make_bluestein(std::size_t);

}  // namespace flipshift::fft
