// Convolutions of few outputs, one sum at a time: neither operand is copied.
#pragma once

#include <algorithm>
#include <complex>
#include <cstddef>

#include "engine/convolve_fft.hpp"
#include "engine/dispatch.hpp"
#include "kernels/convolve_dot.hpp"

namespace flipshift::convolve {

// Whether so few outputs of so many products go faster than by vectors of outputs.
inline bool few_outputs(std::size_t n_out, std::size_t n, std::size_t m) {
  return n_out <= 4 && std::min(n, m) >= 16;
}

// The convolution of x and h, or of x and conj(h) backwards if `correlate`. Floating types.
template <class T>
void run_few(const T* x, std::size_t n, const T* h, std::size_t m, T* out, std::size_t n_out,
             std::ptrdiff_t start, bool correlate) {
  using S = Scalar<T>;
  const auto& dot = kernels<ConvolveDotTable<S>>();
  const auto* px = reinterpret_cast<const S*>(x);
  const auto* ph = reinterpret_cast<const S*>(h);
  for (std::size_t i = 0; i < n_out; ++i) {
    // The samples from + t of x meet the taps down from start + i - from.
    const std::ptrdiff_t at = start + static_cast<std::ptrdiff_t>(i);
    const std::ptrdiff_t from =
        std::max<std::ptrdiff_t>(0, at - static_cast<std::ptrdiff_t>(m) + 1);
    const std::ptrdiff_t to = std::min(static_cast<std::ptrdiff_t>(n), at + 1);
    const auto count = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, to - from));
    const std::ptrdiff_t tap =
        correlate ? static_cast<std::ptrdiff_t>(m) - 1 - at + from : at - to + 1;
    if constexpr (is_complex<T>) {
      dot.complex(px + 2 * from, ph + 2 * tap, count, !correlate, correlate ? S(-1) : S(1),
                  reinterpret_cast<S*>(out + i));
    } else {
      out[i] = dot.real(px + from, ph + tap, count, !correlate);
    }
  }
}

}  // namespace flipshift::convolve
