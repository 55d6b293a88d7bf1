// Products with a circulant matrix: its eigenvectors are those of the Fourier transform.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

#include "engine/array.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/fft.hpp"

namespace flipshift::toeplitz {

// out[i] = sum_j c[(i - j) mod n] x[j].
template <class T>
class Circulant {
 public:
  Circulant(const T* c, std::size_t n);
  // Whether all of the result is finite: where it is not, transforms may be to blame.
  bool run(const T* x, T* out) const;

 private:
  using S = convolve::Scalar<T>;
  static constexpr bool complex = convolve::is_complex<T>;
  using Plan = std::conditional_t<complex, fft::Plan<S>, fft::RealPlan<S>>;

  void forward(const T* x, std::complex<S>* spectrum, S scale) const;

  std::size_t n_, bins_;
  std::shared_ptr<const Plan> plan_;
  Buffer<std::complex<S>> spectrum_;
};

}  // namespace flipshift::toeplitz
