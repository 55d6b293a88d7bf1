// The real transform of one line, as trigonometric transforms need it.
#pragma once

#include <memory>

#include "engine/fft.hpp"

namespace flipshift::fft {

// By RealPlan. Long odd lengths that it does not halve, but for primes, begin with a pass of an odd
// radix r over real numbers, which leaves (r - 1) / 2 complex lines and a real one of n / r
// numbers.
template <class T>
class RealLine {
  using C = std::complex<T>;

 public:
  explicit RealLine(std::size_t n);
  std::size_t bytes() const;
  // Whether it takes less memory if v is not the spectrum.
  bool copies() const { return plan_ && plan_->copies(); }
  // Null if it is no such convolution.
  const BluesteinParts<T>* parts() const { return plan_ ? plan_->parts() : nullptr; }
  // v may be the spectrum.
  void forward(const T* v, C* spectrum, T scale) const;
  void backward(const C* spectrum, T* v, T scale) const;

 private:
  void split(std::size_t n);

  std::size_t n_, r_ = 0, m_ = 0;
  std::shared_ptr<const RealPlan<T>> plan_;
  std::unique_ptr<const RealLine<T>> zero_;  // of block 0
  std::shared_ptr<const Plan<T>> block_;     // of the others
  Buffer<T> roots_, tw_;
};

}  // namespace flipshift::fft
