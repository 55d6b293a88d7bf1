// Transforms of odd length n of which half the frequencies are wanted, or given, as a convolution
// with a chirp (Bluestein, 1970) of only 3 n / 2 numbers.
#pragma once

#include <complex>
#include <memory>
#include <string>

#include "engine/fft.hpp"

namespace flipshift::fft {

template <class T>
class Chirp {
  using C = std::complex<T>;

 public:
  explicit Chirp(std::size_t n);
  std::size_t bytes() const;

  std::string describe() const;

  // X[k] = scale sum_j x[j] exp(-2 pi i jk / n), k <= n / 2, from real numbers; conjugated if
  // conj = -1. In place: x may be the spectrum, as in backward().
  void forward(const T* x, C* spectrum, T scale, T conj = T(1)) const;
  // The spectrum of the sequence of FftDctTable::enter_good, and what leave_good makes of it.
  void good(const T* x, T* y, bool sine, T scale, T first) const;
  // Real x[j] = scale (Re X[0] + 2 Re sum_{0 < k <= n / 2} X[k] exp(2 pi i jk / n)), of the
  // conjugates of X if conj = -1.
  void backward(const C* spectrum, T* x, T scale, T conj = T(1)) const;

 private:
  // n numbers at the beginning of `work` to n / 2 + 1 numbers that the chirp has still to multiply.
  void convolve(T* work, T scale) const;

  std::size_t n_;
  std::shared_ptr<const Plan<T>> inner_;
  Buffer<T> chirp_, spectrum_;
};

}  // namespace flipshift::fft
