#include "engine/convolve_cost.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <type_traits>

#include "engine/convolve_fft.hpp"
#include "engine/dispatch.hpp"

namespace flipshift::convolve {

namespace {

// Times on an AMD Zen 5 at 3.65 GHz (AVX-512), 2026-11, one thread; where only a ratio matters they
// hold elsewhere too, and narrower vectors are accounted for by `slowdown`.
struct Costs {
  double call;     // ns per direct call, edges of a few taps included
  double product;  // ns per real multiply-add
  double output;   // ns per output
  // Complex transforms: ns per point and per log2(points), up to 2^k points, and one call of a
  // plan.
  struct {
    double points, ns;
  } fft[4];
  double plan;
  double pass;  // ns per real number of a block: copies, product of spectra, finiteness
};

constexpr Costs costs_float = {
    30, 0.0088, 0.04, {{4096, 0.028}, {65536, 0.04}, {524288, 0.05}, {1e300, 0.1}}, 40, 0.1};
constexpr Costs costs_double = {
    30, 0.0176, 0.08, {{2048, 0.055}, {32768, 0.075}, {262144, 0.1}, {1e300, 0.2}}, 40, 0.2};

template <class T>
constexpr const Costs& costs() {
  if constexpr (std::is_same_v<Scalar<T>, float>) {
    return costs_float;
  } else {
    return costs_double;
  }
}

// How much longer multiply-adds and butterflies take than with AVX-512.
struct Slowdown {
  double product, fft;
};
Slowdown slowdown() {
  switch (isa()) {
#if defined(__x86_64__)
    case Isa::v4:
      return {1, 1};
    case Isa::v3:
      return {2, 1.8};
    default:
      return {4.6, 4};
#else
    default:
      return {4, 3.5};
#endif
  }
}

}  // namespace

template <class T>
double transform_ns(std::size_t size) {
  const Costs& c = costs<T>();
  // A real transform is a complex one of half the length and one more pass.
  const double points = static_cast<double>(size) / (is_complex<T> ? 1 : 2);
  const auto* step = c.fft;
  while (points > step->points) ++step;
  return c.plan + slowdown().fft * points *
                      (step->ns * std::log2(points + 1) + (is_complex<T> ? 0 : c.pass));
}

template <class T>
double direct_ns(double products, double outputs) {
  const Costs& c = costs<T>();
  return c.call + slowdown().product * ((is_complex<T> ? 4 : 1) * products * c.product +
                                        (is_complex<T> ? 4 : 1) * outputs * c.output);
}

template <class T>
Blocks cheapest_blocks(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const Costs& c = costs<T>();
  const auto time = [&](std::size_t size, double blocks) {
    const double pass = c.pass * static_cast<double>(size) * (is_complex<T> ? 2 : 1);
    return transform_ns<T>(size) + pass + blocks * (2 * transform_ns<T>(size) + pass);
  };
  const std::size_t whole = fft::good_size(cyclic_length(n, m, n_out, start));
  Blocks best{whole, time(whole, 1)};
  std::size_t size = 16;
  while (size < 2 * m) size *= 2;
  for (; size < whole; size *= 2) {
    const double blocks = std::ceil(static_cast<double>(n_out) / static_cast<double>(size - m + 1));
    const double ns = time(size, blocks);
    if (ns < best.ns) best = {size, ns};
  }
  return best;
}

#define FLIPSHIFT_INSTANTIATE(T)                \
  template double transform_ns<T>(std::size_t); \
  template double direct_ns<T>(double, double); \
  template Blocks cheapest_blocks<T>(std::size_t, std::size_t, std::size_t, std::ptrdiff_t);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
FLIPSHIFT_INSTANTIATE(std::complex<float>)
FLIPSHIFT_INSTANTIATE(std::complex<double>)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
