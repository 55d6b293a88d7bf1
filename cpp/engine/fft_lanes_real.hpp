// Real transforms side by side, one per vector lane: even lengths by complex transforms of half the
// length, odd ones by passes that leave out the conjugate half (fft_lanes_odd.hpp).
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <string>

#include "engine/fft_lanes.hpp"
#include "engine/fft_lanes_odd.hpp"
#include "kernels/fft_lanes_real.hpp"
#include "kernels/fft_neighbours_real.hpp"
#include "kernels/fft_short.hpp"

namespace flipshift::fft {

// A plan: immutable, and kept by real_lanes_plan(). Input lines of n_in numbers, fewer than the
// transform reads, go on with zeros; out may be the same lines as in.
template <class T>
class RealSideBySide {
  using C = std::complex<T>;

 public:
  explicit RealSideBySide(std::size_t n);  // n >= 2, SideBySide::possible(n)
  std::size_t size() const { return n_; }
  std::size_t bytes() const;
  std::string describe() const { return odd_ ? odd_->describe() : stages_.describe(); }

  // Many contiguous lines at equal distances, W at a time, if they are very short.
  bool has_short() const;
  void r2c_short(const T* in, std::ptrdiff_t in_apart, C* out, std::ptrdiff_t out_apart,
                 std::size_t groups, Direction direction, T scale) const;
  void c2r_short(const C* in, std::ptrdiff_t in_apart, T* out, std::ptrdiff_t out_apart,
                 std::size_t groups, Direction direction, T scale) const;
  // Lines of n real numbers and of n / 2 + 1 complex ones.
  void r2c(const LineGroup<const T>& in, std::size_t n_in, const LineGroup<C>& out,
           Direction direction, T scale) const;
  void c2r(const LineGroup<const C>& in, std::size_t n_in, const LineGroup<T>& out,
           Direction direction, T scale) const;

  // How many groups of W neighbours go best at once.
  std::size_t tile() const;
  // `groups` times W lines that are neighbours on both sides, with all numbers.
  void r2c_tile(const T* in, std::ptrdiff_t in_step, C* out, std::ptrdiff_t out_step,
                std::size_t groups, Direction direction, T scale) const;
  void c2r_tile(const C* in, std::ptrdiff_t in_step, T* out, std::ptrdiff_t out_step,
                std::size_t groups, Direction direction, T scale) const;

 private:
  bool fits_registers() const;  // whether a tile needs no scratch
  // Even n: between the lines and the rows.
  void read_folded(const LineGroup<const T>& in, std::size_t n_in, T* rows) const;
  void write_folded(const T* rows, const LineGroup<T>& out) const;
  void write_spectrum(const T* rows, const LineGroup<C>& out, T scale, T sign) const;
  void read_spectrum(const LineGroup<const C>& in, std::size_t n_in, T* rows, T sign,
                     T scale) const;

  std::size_t n_;
  std::unique_ptr<const OddSideBySide<T>> odd_;  // if n is odd; else the two below
  Stages<T> stages_;                             // of n / 2 rows
  Buffer<T> tw_;
};

template <class T>
std::shared_ptr<const RealSideBySide<T>> real_lanes_plan(std::size_t n);

}  // namespace flipshift::fft
