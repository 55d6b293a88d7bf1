// Which algorithm transforms which length.
#include "engine/fft_plan.hpp"

#include <algorithm>

#include "engine/fft.hpp"
#include "engine/fft_columns.hpp"

namespace flipshift::fft {

namespace {

template <class T>
class Identity final : public Algorithm<T> {
 public:
  void run(const T* x, T* y, bool, T scale, std::size_t) const override {
    const T re = x[0], im = x[1];
    y[0] = re * scale;
    y[1] = im * scale;
  }
  std::size_t bytes() const override { return 0; }
  std::string describe() const override { return "a copy"; }
};

// From this prime on lengths with a convolution take 0.65 to 0.9 of the time that they take with a
// pass (Zen 5, AVX-512). From 180 on it is less too, but the pass is more accurate.
constexpr std::size_t convolved_prime = 200;

}  // namespace

template <class T>
std::unique_ptr<const Algorithm<T>> make_factored(std::size_t n) {
  if (n == 1) return std::make_unique<Identity<T>>();
  if (auto block = make_block<T>(n)) return block;
  if (auto direct = make_direct<T>(n)) return direct;
  if (auto sweeps = make_sweeps<T>(n)) return sweeps;
  return make_residues<T>(n);
}

template <class T>
std::unique_ptr<const Algorithm<T>> make_algorithm(std::size_t n) {
  if (largest_rough_prime(n) >= convolved_prime)
    if (auto rough = make_rough<T>(n)) return rough;
  if (auto factored = make_factored<T>(n)) return factored;
  if (auto rough = make_rough<T>(n)) return rough;
  return make_bluestein<T>(n);
}

template std::unique_ptr<const Algorithm<float>> make_factored(std::size_t);
template std::unique_ptr<const Algorithm<double>> make_factored(std::size_t);

template std::unique_ptr<const Algorithm<float>> make_algorithm(std::size_t);
template std::unique_ptr<const Algorithm<double>> make_algorithm(std::size_t);

// The numbers 2^a, 3 2^a, 5 2^a, 7 2^a and 9 2^a lie within 25% of each other and all but the
// shortest of them are multiples of every vector width.
std::size_t good_size(std::size_t n) {
  std::size_t best = 1;
  while (best < n) best *= 2;
  for (std::size_t odd : {3, 5, 7, 9, 11, 13, 15}) {
    // At least 2^6 in them: two lanes of 8 in double, and half the length of a real transform too.
    std::size_t size = odd * 64;
    while (size < n) size *= 2;
    best = std::min(best, size);
  }
  return best;
}

}  // namespace flipshift::fft
