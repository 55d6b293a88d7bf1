// The Hartley transform of prime length of many lines side by side, by a convolution (Rader, 1968).
//
//   H[k] = sum_j x[j] (cos + sin)(2 pi jk / n),
// of real numbers to real numbers, is what trigonometric transforms of odd length need: with X the
// Fourier transform, H[k] = Re X[k] - Im X[k] and H[n-k] = Re X[k] + Im X[k].
#pragma once

#include <cstdint>

#include "engine/fft_stages.hpp"

namespace flipshift::fft {

template <class T>
class PrimeHartley {
 public:
  // Whether n is a prime for which this is the better way, and Stages have n - 1.
  static bool possible(std::size_t n);
  explicit PrimeHartley(std::size_t n);

  std::size_t bytes() const;
  // The real rows where x[j] goes in and H[k] comes out, of n rows each.
  std::size_t in_row(std::size_t j) const { return in_row_[j]; }
  std::size_t out_row(std::size_t k) const { return out_row_[k]; }
  // Destroys x.
  void run(T* x, T* y) const;

 private:
  std::size_t n_;
  Stages<T> stages_;  // of (n - 1) / 2 rows
  Buffer<std::uint32_t> in_row_, out_row_;
  Buffer<T> tw_;  // for FftDctLanesTable::convolve
};

}  // namespace flipshift::fft
