#include "engine/convolve.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <type_traits>

#include "engine/convolve_cost.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/convolve_taps.hpp"

namespace flipshift::convolve {

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

namespace {

// The method, and the transform length if that is fft. m <= n.
template <class T>
Blocks blocks_or_direct(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const double direct = direct_ns<T>(products(n, m, n_out, start), static_cast<double>(n_out));
  if (m <= 16 || n_out <= 16) return {0, direct};
  const Blocks blocks = cheapest_blocks<T>(n, m, n_out, start);
  return blocks.ns < direct ? blocks : Blocks{0, direct};
}

}  // namespace

template <class T>
Method choose(std::size_t n, std::size_t m, std::size_t n_out) {
  if constexpr (std::is_integral_v<T>) {
    return Method::direct;
  } else {
    if (n < m) std::swap(n, m);
    // Without a start, the outputs are taken to stand in the middle, as those of 'same' and
    // 'valid'.
    const auto start =
        (static_cast<std::ptrdiff_t>(n + m - 1) - static_cast<std::ptrdiff_t>(n_out)) / 2;
    return blocks_or_direct<T>(n, m, n_out, start).size ? Method::fft : Method::direct;
  }
}

template <class T>
void run(const T* x, std::size_t n, const T* h, std::size_t m, T* out, std::size_t n_out,
         std::ptrdiff_t start, Method method) {
  if (n < m) {
    std::swap(n, m);
    std::swap(x, h);
  }
  if constexpr (!std::is_integral_v<T>) {
    Blocks blocks{0, 0};
    if (method == Method::automatic) blocks = blocks_or_direct<T>(n, m, n_out, start);
    if (method == Method::fft) blocks = cheapest_blocks<T>(n, m, n_out, start);
    if (blocks.size) return Spectrum<T>(h, m, blocks.size).run(x, n, out, n_out, start);
  } else if (method == Method::fft) {
    throw std::invalid_argument("convolve: method 'fft' takes floating point numbers only");
  }
  Taps<T>(h, 1, m).apply(0, x, n, out, n_out, start, false);
}

#define FLIPSHIFT_INSTANTIATE(T)                                                      \
  template Method choose<T>(std::size_t, std::size_t, std::size_t);                   \
  template void run<T>(const T*, std::size_t, const T*, std::size_t, T*, std::size_t, \
                       std::ptrdiff_t, Method);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
FLIPSHIFT_INSTANTIATE(std::complex<float>)
FLIPSHIFT_INSTANTIATE(std::complex<double>)
FLIPSHIFT_INSTANTIATE(std::uint8_t)
FLIPSHIFT_INSTANTIATE(std::uint16_t)
FLIPSHIFT_INSTANTIATE(std::uint32_t)
FLIPSHIFT_INSTANTIATE(std::uint64_t)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
