// Long neighbouring lines, one per lane, in two sweeps through the cache.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>

#include "engine/fft.hpp"
#include "engine/fft_columns.hpp"

namespace flipshift::fft {

// n = n1 n2. Sweep 1 transforms n2 columns of n1 rows, sweep 2 n1 blocks of n2 rows; the factors
// between them are part of the passes of sweep 1. Unlike copies of single lines, no line is ever
// moved across the lanes. Immutable; kept by long_lanes_plan().
template <class T>
class LongSideBySide {
  using C = std::complex<T>;

 public:
  // For lines whose numbers are in_step apart.
  static bool possible(std::size_t n, std::ptrdiff_t in_step);
  explicit LongSideBySide(std::size_t n);  // possible(n, ...)
  std::size_t size() const { return n1_ * n2_; }
  std::size_t bytes() const;

  // W lines, neighbours on both sides; out may be where in is.
  void c2c(const C* in, std::ptrdiff_t in_step, C* out, std::ptrdiff_t out_step,
           Direction direction, T scale, std::size_t workers) const;

 private:
  std::size_t n1_, n2_;
  Columns<T> first_, second_;
  Buffer<T> tw_;                     // n1 - 1 factors for each column
  Buffer<std::uint32_t> frequency_;  // of the rows of first_
};

template <class T>
std::shared_ptr<const LongSideBySide<T>> long_lanes_plan(std::size_t n);

}  // namespace flipshift::fft
