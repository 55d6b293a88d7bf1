// The real Fourier transforms under trigonometric ones of one line.
#pragma once

#include <memory>

#include "engine/fft.hpp"
#include "engine/fft_lanes.hpp"

namespace flipshift::fft {

// As RealPlan, which does it unless n is odd or has large prime factors and is a product n = a b of
// an odd a and a b that go side by side: then the b transforms of a real numbers, of which half the
// spectrum is enough, and the (a + 1) / 2 complex transforms of b points that follow fill the
// lanes.
template <class T>
class HalfSpectrum {
  using C = std::complex<T>;

 public:
  explicit HalfSpectrum(std::size_t n);
  std::size_t bytes() const;
  // Whether this takes Bluestein's algorithm.
  static bool is_rough(std::size_t n);

  // In place, forward: n numbers to n / 2 + 1 complex ones.
  void r2c(T* v, T scale) const;
  // In place, backward.
  void c2r(T* v, T scale) const;

 private:
  std::size_t n_, a_, b_, half_;  // half_ is (a_ + 1) / 2
  std::shared_ptr<const RealPlan<T>> plan_;
  std::shared_ptr<const RealSideBySide<T>> real_;
  std::shared_ptr<const SideBySide<T>> complex_;
  Buffer<T> tw_;
};

}  // namespace flipshift::fft
