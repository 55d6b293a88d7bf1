// Transforms of rows, all lanes alike, that begin with a pass of an odd radix: for lengths with a
// prime factor that Columns does not have, and for real numbers of odd length, where the blocks
// that this pass leaves come in conjugate pairs of which one is enough.
#pragma once

#include <cstdint>

#include "engine/fft_columns.hpp"
#include "kernels/fft_lanes.hpp"

namespace flipshift::fft {

// n = r m: a pass of radix r over m columns, then m-point transforms of r blocks of rows. Always at
// the widest vectors.
template <class T>
class Stages {
 public:
  // Whether n has small primes only (fft_columns.hpp).
  static bool possible(std::size_t n);

  // r is the largest prime factor that is not smooth, if there is one. Else it is 1, or, for the
  // real transforms of odd n, the largest prime factor.
  Stages(std::size_t n, bool real);

  std::size_t size() const { return n_; }
  const std::uint32_t* order() const { return order_.data(); }  // frequency k is in row order()[k]
  const Columns<T>* columns() const { return r_ == 1 ? &columns_ : nullptr; }  // if they are all
  std::size_t bytes() const;
  std::string describe() const;

  void run(T* rows) const;
  // Only if `real`, n odd. Rows of real numbers to the frequencies up to n / 2.
  void run_real(T* rows) const;
  // Rows of a whole spectrum of real numbers to these, in the real parts.
  void run_to_real(T* rows) const;

 private:
  void first(T* rows) const;

  std::size_t n_, r_;
  Columns<T> columns_;
  Buffer<T> tw_, roots_;
  Buffer<std::uint32_t> order_;
  std::vector<std::uint32_t> from_, to_;  // rows that are conjugates of others
};

}  // namespace flipshift::fft
