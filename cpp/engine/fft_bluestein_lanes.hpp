// Bluestein's algorithm for many lines side by side: a pass of any radix r over the rows.
//
// The convolution has d blocks of a length that the first-level cache holds: one pass over all
// makes the blocks, each is transformed, multiplied and transformed back where it is, and one more
// pass puts them together. There is no other way through the second-level cache.
#pragma once

#include <cstddef>

#include "engine/fft_columns.hpp"

namespace flipshift::fft {

template <class T>
class BluesteinLanes {
 public:
  // From this prime on it is faster than a pass by the definition, and from the second on than one
  // by Rader's algorithm (measured on Zen 5, 2026-11).
  static constexpr std::size_t shortest = 130, shortest_for_rader = 150;
  // Beyond, blocks are too long for that.
  static constexpr std::size_t longest = 6000;

  // The first pass of n = r m points.
  BluesteinLanes(std::size_t n, std::size_t r);
  std::size_t bytes() const;
  // Rows j + k m, k < r, to their transform, times exp(-2 pi i j k / n), j < m.
  void run(T* rows) const;

 private:
  struct Split {
    std::size_t d, block;
  };
  BluesteinLanes(std::size_t n, std::size_t r, Split split);
  static Split split(std::size_t r);

  std::size_t r_, m_, d_;
  Columns<T> block_;
  Buffer<T> chirp_, spectrum_, tw_, turned_;  // turned_: conjugates of chirp and factor
};

}  // namespace flipshift::fft
