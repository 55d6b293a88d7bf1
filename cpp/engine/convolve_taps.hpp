// Kernels of a convolution in the form that the kernels of the processor take.
#pragma once

#include <complex>
#include <cstddef>
#include <iterator>

#include "engine/array.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/dispatch.hpp"
#include "kernels/convolve.hpp"

namespace flipshift::convolve {

// Rows of h, each reversed and, if complex, split into real and imaginary parts, as the kernels
// take them. Short kernels need no allocation, which takes as long as 100 taps.
template <class T>
class Taps {
 public:
  Taps(const T* h, std::size_t rows, std::size_t m) : m_(m) {
    const std::size_t n = rows * m * (is_complex<T> ? 2 : 1);
    taps_ = small_;
    if (n > std::size(small_)) {
      large_ = Buffer<S>(n);
      taps_ = large_.data();
    }
    for (std::size_t r = 0; r < rows; ++r, h += m) {
      S* re = const_cast<S*>(row(r));
      for (std::size_t t = 0; t < m; ++t) {
        if constexpr (is_complex<T>) {
          re[t] = h[m - 1 - t].real();
          re[m + t] = h[m - 1 - t].imag();
        } else {
          re[t] = h[m - 1 - t];
        }
      }
    }
  }
  Taps(const Taps&) = delete;

  // out[i] (+)= sum_k h[row][k] x[start + i - k], m <= n.
  void apply(std::size_t r, const T* x, std::size_t n, T* out, std::size_t n_out,
             std::ptrdiff_t start, bool add) const {
    const auto first = start - static_cast<std::ptrdiff_t>(m_ - 1);
    const S* taps = row(r);
    if constexpr (is_complex<T>) {
      kernels<ConvolveTable<S>>().complex(reinterpret_cast<const S*>(x), n, taps, taps + m_, m_,
                                          first, reinterpret_cast<S*>(out), n_out, add);
    } else {
      kernels<ConvolveTable<S>>().real(x, n, taps, m_, first, out, n_out, add);
    }
  }

 private:
  using S = Scalar<T>;
  const S* row(std::size_t r) const { return taps_ + r * m_ * (is_complex<T> ? 2 : 1); }

  std::size_t m_;
  S* taps_;
  S small_[4096 / sizeof(S)];
  Buffer<S> large_;
};

}  // namespace flipshift::convolve
