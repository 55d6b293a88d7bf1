#include "engine/convolve_cost.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <iterator>
#include <type_traits>

#include "engine/convolve.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/dispatch.hpp"

namespace flipshift::convolve {

namespace {

// Times in ns on an AMD Zen 5 at 3.65 GHz with AVX-512, one thread, 2026-11. Other instruction sets
// are accounted for by `slowdown`; on other processors the ratio of the methods is what matters.
struct Costs {
  double call;       // of the direct sum, ends of few taps included
  double product;    // per multiply-add of samples
  double output;     // per output
  double block[17];  // one block by transforms, of 2^5, 2^6, ... 2^21 samples
};
constexpr int smallest = 5;

constexpr Costs costs_float = {30,
                               0.0088,
                               0.04,
                               {150, 200, 225, 350, 450, 710, 1300, 2600, 5700, 13.5e3, 29.5e3,
                                62e3, 150e3, 330e3, 690e3, 1.7e6, 7e6}};
constexpr Costs costs_double = {30,
                                0.0175,
                                0.1,
                                {135, 170, 290, 430, 670, 1190, 2400, 5400, 12.6e3, 26e3, 56e3,
                                 145e3, 317e3, 690e3, 1.9e6, 7e6, 20e6}};
constexpr Costs costs_complex_float = {60,
                                       0.035,
                                       0.3,
                                       {115, 130, 280, 350, 570, 1020, 2200, 5100, 11.8e3, 25.6e3,
                                        55e3, 143e3, 288e3, 615e3, 1.43e6, 4.9e6, 20e6}};
constexpr Costs costs_complex_double = {60,
                                        0.070,
                                        0.6,
                                        {130, 235, 345, 550, 985, 2050, 4700, 11e3, 24.5e3, 54e3,
                                         123e3, 298e3, 635e3, 1.66e6, 6.1e6, 20e6, 60e6}};

template <class T>
constexpr const Costs& costs() {
  if constexpr (std::is_same_v<T, float>) return costs_float;
  if constexpr (std::is_same_v<T, double>) return costs_double;
  if constexpr (std::is_same_v<T, std::complex<float>>) return costs_complex_float;
  if constexpr (std::is_same_v<T, std::complex<double>>) return costs_complex_double;
}

// How much longer multiply-adds and transforms take than with AVX-512.
struct Slowdown {
  double product, block;
};
Slowdown slowdown() {
  switch (isa()) {
#if defined(__x86_64__)
    case Isa::v4:
      return {1, 1};
    case Isa::v3:
      return {2, 1.5};
    default:
      return {4.8, 3};
#else
    default:
      return {4, 2.5};
#endif
  }
}

}  // namespace

double products(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  // Outputs before position p of the full convolution have cumulative(p) products.
  const double long_side = static_cast<double>(std::max(n, m));
  const double short_side = static_cast<double>(std::min(n, m));
  const double full = long_side + short_side - 1;
  const auto cumulative = [&](double p) {
    p = std::clamp(p, 0.0, full);
    const double rising = std::min(p, short_side);
    const double falling = std::max(p - long_side, 0.0);
    const double level = p - rising - falling;
    return rising * (rising + 1) / 2 + level * short_side +
           falling * (2 * short_side - falling - 1) / 2;
  };
  const auto from = static_cast<double>(start);
  return cumulative(from + static_cast<double>(n_out)) - cumulative(from);
}

template <class T>
double block_ns(std::size_t size) {
  const auto& table = costs<T>().block;
  const int last = static_cast<int>(std::size(table)) - 1;
  const int i = std::clamp(static_cast<int>(std::bit_width(size)) - 1 - smallest, 0, last - 1);
  // Straight lines between the powers of two, the last of which goes on.
  const double part =
      static_cast<double>(size) / static_cast<double>(std::size_t{1} << (i + smallest)) - 1;
  return slowdown().block * (table[i] + std::max(part, 0.0) * (table[i + 1] - table[i]));
}

template <class T>
double direct_ns(double products, double outputs) {
  const Costs& c = costs<T>();
  return c.call + slowdown().product * products * c.product + outputs * c.output;
}

template <class T>
Scheme direct_sum(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  return {Way::direct, 0, 0,
          direct_ns<T>(products(n, m, n_out, start), static_cast<double>(n_out))};
}

namespace {

template <class T>
double ns_of_blocks(std::size_t size, std::size_t blocks) {
  return block_ns<T>(size) * (static_cast<double>(blocks) + spectrum_blocks);
}

}  // namespace

template <class T>
Scheme whole(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const std::size_t size = fft::good_size(cyclic_length(n, m, n_out, start));
  return {Way::whole, size, 1, ns_of_blocks<T>(size, 1)};
}

template <class T>
Scheme overlap_save(std::size_t, std::size_t m, std::size_t n_out, std::ptrdiff_t) {
  std::size_t size = 32;
  while (size < 2 * m) size *= 2;
  Scheme best{};
  for (;; size *= 2) {
    const std::size_t step = size - m + 1, blocks = (n_out + step - 1) / step;
    const double ns = ns_of_blocks<T>(size, blocks);
    if (best.size == 0 || ns < best.ns) best = {Way::overlap_save, size, blocks, ns};
    if (blocks == 1) return best;
  }
}

template <class T>
Scheme by_transforms(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const Scheme one = whole<T>(n, m, n_out, start), many = overlap_save<T>(n, m, n_out, start);
  return many.ns < one.ns ? many : one;
}

#define FLIPSHIFT_INSTANTIATE_WAY(T, way) \
  template Scheme way<T>(std::size_t, std::size_t, std::size_t, std::ptrdiff_t);
#define FLIPSHIFT_INSTANTIATE(T)                \
  template double block_ns<T>(std::size_t);     \
  template double direct_ns<T>(double, double); \
  FLIPSHIFT_INSTANTIATE_WAY(T, direct_sum)      \
  FLIPSHIFT_INSTANTIATE_WAY(T, overlap_save)    \
  FLIPSHIFT_INSTANTIATE_WAY(T, whole)           \
  FLIPSHIFT_INSTANTIATE_WAY(T, by_transforms)
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
FLIPSHIFT_INSTANTIATE(std::complex<float>)
FLIPSHIFT_INSTANTIATE(std::complex<double>)
#undef FLIPSHIFT_INSTANTIATE
#undef FLIPSHIFT_INSTANTIATE_WAY

}  // namespace flipshift::convolve
