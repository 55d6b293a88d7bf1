// Short transforms by their definition.
#include "kernels/fft_direct.hpp"

#include <bit>
#include <vector>

#include "engine/dispatch.hpp"
#include "engine/fft_columns.hpp"
#include "engine/fft_plan.hpp"
#include "engine/roots.hpp"

namespace flipshift::fft {

namespace {

template <class T>
class Direct final : public Algorithm<T> {
 public:
  explicit Direct(std::size_t n) : n_(n), tw_(direct_roots<T>(n)) {}
  void run(const T* x, T* y, bool backward, T scale, std::size_t) const override {
    kernels<FftDirectTable<T>>().c2c(x, y, n_, tw_.data(), backward, scale);
  }
  std::size_t bytes() const override { return tw_.size() * sizeof(T); }
  std::string describe() const override { return "by definition"; }

 private:
  std::size_t n_;
  Buffer<T> tw_;
};

}  // namespace

// Primes go this way as long as they do in libraries that err less than Bluestein's algorithm.
constexpr std::size_t longest_prime = 271;
static_assert(longest_prime <= fft_direct_max);

// Up to these lengths n^2 operations at full width take less time than few at a fraction of it, and
// err less than Bluestein's (measured on Zen 5, 2026-11; multiples of 4 fill some lanes otherwise).
bool by_definition(std::size_t n, bool real) {
  if (n < 2 || std::has_single_bit(n)) return false;
  if (real && n % 2 == 0) return n <= 36;
  if (!is_smooth(n)) return n <= (rough_part(n) == n ? longest_prime : 192);
  if (real) return n <= 99;
  return n <= (n % 4 == 0 ? 36 : 90);
}

template <class T>
Buffer<T> direct_roots(std::size_t n) {
  const auto block = static_cast<std::size_t>(kernels<FftDirectTable<T>>().block);
  // Each is wanted n / 4 times.
  std::vector<T> re(n), im(n);
  const Roots roots(n);
  for (std::size_t k = 0; k < n; ++k) {
    const Root z = roots[k];
    re[k] = static_cast<T>(z.re);
    im[k] = static_cast<T>(-z.im);
  }
  const std::size_t blocks = n / 2 / block + 1;
  Buffer<T> tw(blocks * (n / 2) * 2 * block);
  T* w = tw.data();
  for (std::size_t b = 0; b < blocks; ++b) {
    for (std::size_t j = 1; j <= n / 2; ++j, w += 2 * block) {
      const bool half = 2 * j == n;
      for (std::size_t i = 0; i < block; ++i) {
        const std::size_t k = j * (b * block + i) % n;
        w[i] = half ? re[k] / 2 : re[k];
        w[block + i] = half ? T(0) : im[k];
      }
    }
  }
  return tw;
}

template <class T>
std::unique_ptr<const Algorithm<T>> make_direct(std::size_t n) {
  if (!by_definition(n, false)) return nullptr;
  return std::make_unique<Direct<T>>(n);
}

template Buffer<float> direct_roots(std::size_t);
template Buffer<double> direct_roots(std::size_t);
template std::unique_ptr<const Algorithm<float>> make_direct(std::size_t);
template std::unique_ptr<const Algorithm<double>> make_direct(std::size_t);

}  // namespace flipshift::fft
