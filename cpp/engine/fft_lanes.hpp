// Many transforms of one length side by side, one per vector lane, lines being read from and
// written to wherever they lie.
#pragma once

#include <complex>
#include <cstddef>

#include "engine/fft.hpp"
#include "engine/fft_columns.hpp"
#include "kernels/fft_lanes.hpp"

namespace flipshift::fft {

// Up to W lines of an array: where each starts and the step between its elements.
template <class X>
struct LineGroup {
  X* lines[fft_max_width];
  std::size_t count;
  std::ptrdiff_t step;

  // Whether there are `wanted` lines, adjacent in memory.
  bool neighbours(std::size_t wanted) const {
    if (count < wanted) return false;
    for (std::size_t i = 1; i < wanted; ++i)
      if (lines[i] != lines[0] + i) return false;
    return true;
  }
};

template <class T>
class SideBySide {
  using C = std::complex<T>;

 public:
  explicit SideBySide(std::size_t n) : columns_(n) {}  // smooth, n >= 2
  std::string describe() const { return columns_.describe(); }

  static std::size_t width();  // W
  static std::size_t scratch_bytes(std::size_t n) { return 2 * sizeof(T) * width() * n; }

  // in and out may be the same lines.
  void c2c(const LineGroup<const C>& in, const LineGroup<C>& out, Direction direction,
           T scale) const;

 private:
  Columns<T> columns_;
};

template <class T>
class RealSideBySide {
  using C = std::complex<T>;

 public:
  explicit RealSideBySide(std::size_t n);  // smooth, n >= 2
  std::string describe() const { return columns_.describe(); }

  // Lines of n real numbers and of n / 2 + 1 complex ones.
  void r2c(const LineGroup<const T>& in, const LineGroup<C>& out, Direction direction,
           T scale) const;
  void c2r(const LineGroup<const C>& in, const LineGroup<T>& out, Direction direction,
           T scale) const;

 private:
  std::size_t n_;
  Columns<T> columns_;  // of n / 2 rows for even n, else of n
  Buffer<T> tw_;
};

}  // namespace flipshift::fft
