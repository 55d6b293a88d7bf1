// Real transforms of odd length of many lines side by side, at half the work of complex ones: after
// a pass of an odd radix r over real numbers, blocks k and r - k are conjugates of each other.
#pragma once

#include <cstdint>

#include "engine/fft_columns.hpp"

namespace flipshift::fft {

template <class T>
class OddReal {
 public:
  // Whether n is odd and has small primes only (fft_columns.hpp).
  static bool possible(std::size_t n);
  explicit OddReal(std::size_t n);

  std::size_t bytes() const;
  std::size_t rows() const { return m_ * (r_ / 2 + 1); }  // complex ones that it works on
  // Complex row of frequency k <= n / 2, and whether it holds the conjugate.
  struct Place {
    std::size_t row;
    bool conjugate;
  };
  Place place(std::size_t k) const;

  // Real rows x to the frequencies.
  void forward(const T* x, T* rows) const;
  // Types II and III between real rows in Makhoul's order and numbers at x or y + step k, with the
  // roots of `turns`.
  Buffer<T> turns(int type) const;
  void two(const T* x, T* rows, const T* turns, T* y, std::ptrdiff_t step, T scale, T first) const;
  void three(const T* x, std::ptrdiff_t step, const T* turns, T* rows, T* y, T first) const;

 private:
  void run_blocks(T* rows) const;

  std::size_t n_, r_, m_;
  Columns<T> columns_;
  Buffer<T> roots_, tw_;
};

}  // namespace flipshift::fft
