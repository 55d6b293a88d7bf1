// Transforms of any length, however unsmooth.
#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/fft_plan.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/fft.hpp"

namespace flipshift::fft {

namespace {

// Any n by a cyclic convolution with a chirp: jk = (j^2 + k^2 - (k-j)^2) / 2 (Bluestein, 1970).
// Scratch: the padded length, at most about 2.1 n numbers, besides that of the inner transform.
template <class T>
class Bluestein final : public Algorithm<T> {
 public:
  explicit Bluestein(std::size_t n) : n_(n), inner_(good_size(2 * n - 1)) {
    const std::size_t m = inner_.size();
    chirp_ = Buffer<T>(2 * n);
    spectrum_ = Buffer<T>(2 * m);
    std::fill_n(spectrum_.data(), 2 * m, T(0));
    const Roots roots(2 * n);
    std::size_t square = 0;  // k^2 mod 2n
    for (std::size_t k = 0; k < n; ++k) {
      const Root z = roots[square];
      chirp_[2 * k] = static_cast<T>(z.re);
      chirp_[2 * k + 1] = static_cast<T>(z.im);
      for (const std::size_t i : {k, (m - k) % m}) {
        spectrum_[2 * i] = static_cast<T>(z.re / static_cast<long double>(m));
        spectrum_[2 * i + 1] = static_cast<T>(-z.im / static_cast<long double>(m));
      }
      square = (square + 2 * k + 1) % (2 * n);
    }
    inner_.algorithm().run(spectrum_.data(), spectrum_.data(), false, T(1), 1);
  }

  void run(const T* x, T* y, bool backward, T scale, std::size_t workers) const override {
    const FftRealTable<T>& k = kernels<FftRealTable<T>>();
    const std::size_t m = inner_.size();
    if (2 * sizeof(T) * m < worth_sharing_convolution) workers = 1;
    Scratch<T> work(2 * m, workers);
    T* a = work.data();
    // The backward transform is the conjugate of the forward one of the conjugate.
    const T conj = backward ? T(-1) : T(1);
    const auto ranges = [&](std::size_t n, auto&& f) { parallel_ranges(n, 4096, workers, f); };
    ranges(m, [&](std::size_t begin, std::size_t end) {
      const std::size_t middle = std::clamp(n_, begin, end), i = 2 * begin;
      k.multiply(chirp_.data() + i, x + i, a + i, middle - begin, conj);
      std::fill(a + 2 * middle, a + 2 * end, T(0));
    });
    inner_.algorithm().run(a, a, false, T(1), workers);
    ranges(m, [&](std::size_t begin, std::size_t end) {
      k.multiply(a + 2 * begin, spectrum_.data() + 2 * begin, a + 2 * begin, end - begin, T(1));
    });
    inner_.algorithm().run(a, a, true, T(1), workers);
    ranges(n_, [&](std::size_t begin, std::size_t end) {
      k.multiply(a + 2 * begin, chirp_.data() + 2 * begin, a + 2 * begin, end - begin, T(1));
      for (std::size_t i = begin; i < end; ++i) {
        y[2 * i] = a[2 * i] * scale;
        y[2 * i + 1] = a[2 * i + 1] * (conj * scale);
      }
    });
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
  Buffer<T> chirp_, spectrum_;
};

}  // namespace

template <class T>
std::unique_ptr<const Algorithm<T>> make_bluestein(std::size_t n) {
  return std::make_unique<Bluestein<T>>(n);
}

template std::unique_ptr<const Algorithm<float>> make_bluestein(std::size_t);
template std::unique_ptr<const Algorithm<double>> make_bluestein(std::size_t);

}  // namespace flipshift::fft
