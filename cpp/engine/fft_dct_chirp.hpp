// Transforms of odd length n of which half the frequencies are wanted, or given, as a convolution
// with a chirp (Bluestein, 1970) of only 3 n / 2 numbers.
#pragma once

#include <complex>
#include <memory>

#include "engine/fft.hpp"

namespace flipshift::fft {

template <class T>
class Chirp {
  using C = std::complex<T>;

 public:
  explicit Chirp(std::size_t n);
  std::size_t bytes() const;

  // X[k] = scale sum_j x[j] exp(-2 pi i jk / n), k <= n / 2, from real or complex numbers.
  template <class X>
  void forward(const X* x, C* spectrum, T scale) const;
  // Real x[j] = scale (X[0] + 2 Re sum_{0 < k <= n / 2} X[k] exp(2 pi i jk / n)).
  void backward(const C* spectrum, T* x, T scale) const;

 private:
  std::size_t n_;
  std::shared_ptr<const Plan<T>> inner_;
  Buffer<T> chirp_, spectrum_;
};

}  // namespace flipshift::fft
