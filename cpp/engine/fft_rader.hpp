// Passes of primes by Rader's algorithm: the tables of kernels/fft_rader.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/fft_plan.hpp"

namespace flipshift::fft {

template <class T>
class Rader {
 public:
  // Whether the pass of this prime is one of these: faster than the definition, and no less exact
  // than other libraries.
  static bool possible(std::size_t r);

  explicit Rader(std::size_t r);
  // Of m columns of rows; tw as for FftLanesTable::prime.
  void run(T* rows, std::size_t m, const T* tw) const;
  std::size_t bytes() const;

 private:
  std::size_t r_, d_, e_;
  Buffer<std::uint32_t> places_;
  Buffer<T> factors_;
};

}  // namespace flipshift::fft
