// Many transforms of one length side by side, one per vector lane, lines being read from and
// written to wherever they lie.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/fft.hpp"
#include "engine/fft_stages.hpp"
#include "kernels/fft_lanes.hpp"

namespace flipshift::fft {

// How many groups of W neighbours a kernel takes at once that needs no scratch.
inline constexpr std::size_t register_groups = 64;

// Up to W lines of an array: where each starts and the step between its elements.
template <class X>
struct LineGroup {
  X* lines[fft_max_width];
  std::size_t count;
  std::ptrdiff_t step;
  bool adjacent = false;  // known to be neighbours

  // Whether there are `wanted` lines, adjacent in memory.
  bool neighbours(std::size_t wanted) const {
    if (count < wanted) return false;
    if (adjacent) return true;
    return apart(wanted, 1);
  }
  // Whether there are `wanted` lines, each `step` numbers after the one before.
  bool apart(std::size_t wanted, std::size_t step) const {
    if (count < wanted) return false;
    for (std::size_t i = 1; i < wanted; ++i)
      if (lines[i] != lines[0] + step * i) return false;
    return true;
  }
};

// A plan: immutable, and kept by lanes_plan(). Input lines of n_in < n numbers go on with zeros;
// out may be the same lines as in.
template <class T>
class SideBySide {
  using C = std::complex<T>;

 public:
  explicit SideBySide(std::size_t n);  // n >= 2, possible(n)
  static bool possible(std::size_t n);
  std::size_t size() const { return stages_.size(); }
  std::size_t bytes() const;
  std::string describe() const { return stages_.describe(); }

  static std::size_t width();  // W
  static std::size_t scratch_bytes(std::size_t n) { return 2 * sizeof(T) * width() * n; }

  void c2c(const LineGroup<const C>& in, std::size_t n_in, const LineGroup<C>& out,
           Direction direction, T scale) const;
  // How many groups of W neighbours go best at once, with these steps between numbers.
  std::size_t tile(std::ptrdiff_t in_step, std::ptrdiff_t out_step) const;
  // `groups` times W lines that are neighbours on both sides, with all n numbers.
  void c2c_tile(const C* in, std::ptrdiff_t in_step, C* out, std::ptrdiff_t out_step,
                std::size_t groups, Direction direction, T scale) const;

 private:
  bool in_registers() const;  // whether neighbours need no scratch

  Stages<T> stages_;
  Buffer<std::uint32_t> reversed_;  // the row of frequency -k
};

// Between up to W neighbours and as many contiguous lines, `pitch` apart, of n numbers, T or
// std::complex<T>.
template <class T, class X>
void to_contiguous(const LineGroup<const X>& from, std::size_t n, X* to, std::size_t pitch);
template <class T, class X>
void from_contiguous(const X* from, std::size_t pitch, std::size_t n, const LineGroup<X>& to);

template <class T>
std::shared_ptr<const SideBySide<T>> lanes_plan(std::size_t n);

}  // namespace flipshift::fft
