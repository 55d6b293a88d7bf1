// Transforms of rows, all lanes alike, that may begin with a pass of a large prime radix, or of one
// that no pass suits, by a convolution.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/fft_bluestein_lanes.hpp"
#include "engine/fft_columns.hpp"
#include "engine/fft_rader.hpp"
#include "kernels/fft_lanes.hpp"

namespace flipshift::fft {

// n = r m: a pass of radix r over m columns, then m-point transforms of r blocks of rows. Always at
// the widest vectors.
template <class T>
class Stages {
 public:
  // Whether n has small primes only (fft_columns.hpp).
  static bool possible(std::size_t n);

  // r is the largest prime factor that is not smooth, or 1. With `convolving`, any n is possible:
  // if r is large or more than a prime, it goes by a convolution, which is less accurate.
  explicit Stages(std::size_t n, bool convolving = false);

  std::size_t size() const { return n_; }
  const std::uint32_t* order() const { return order_.data(); }  // frequency k is in row order()[k]
  const Columns<T>* columns() const { return r_ == 1 ? &columns_ : nullptr; }  // if they are all
  std::size_t bytes() const;
  std::string describe() const;

  void run(T* rows) const;

 private:
  std::size_t n_, r_;
  Columns<T> columns_;
  Buffer<T> tw_, roots_;
  std::optional<Rader<T>> rader_;
  std::unique_ptr<const BluesteinLanes<T>> bluestein_;
  Buffer<std::uint32_t> order_;
};

}  // namespace flipshift::fft
