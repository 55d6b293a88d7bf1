// Real transforms of odd length of W lines side by side: kernels/fft_lanes_odd.hpp says how.
#pragma once

#include <vector>

#include "engine/fft_columns.hpp"
#include "engine/fft_lanes.hpp"
#include "kernels/fft_lanes_odd.hpp"

namespace flipshift::fft {

// A plan: immutable. Input lines of n_in numbers, fewer than the transform reads, go on with zeros;
// out may be the same lines as in. sign is that of the exponent, negated.
template <class T>
class OddSideBySide {
  using C = std::complex<T>;

 public:
  explicit OddSideBySide(std::size_t n);  // odd, Stages::possible(n)
  std::size_t bytes() const;
  std::string describe() const;

  void r2c(const LineGroup<const T>& in, std::size_t n_in, const LineGroup<C>& out, T scale,
           T sign) const;
  void c2r(const LineGroup<const C>& in, std::size_t n_in, const LineGroup<T>& out, T scale,
           T sign) const;

 private:
  // A step of r points over m columns, and the transforms of the blocks that it leaves.
  struct Step {
    std::size_t r, m;
    std::size_t first;  // complex row of the first of (r - 1) / 2 blocks
    Columns<T> columns;
    Buffer<T> tw, roots;  // roots: of radices that have no functions of their own

    Step(std::size_t radix, std::size_t length, std::size_t row);
    std::size_t blocks() const { return (r - 1) / 2; }
  };
  void split(const Step& s, const T* x, std::ptrdiff_t stride, bool neighbours, T* real,
             T* rows) const;
  void transform_blocks(const Step& s, T* rows) const;

  std::size_t n_;
  std::vector<Step> steps_;
  // The complex row of each frequency: after the transforms, and before those of the way back.
  Buffer<std::uint32_t> place_, place_back_;
};

}  // namespace flipshift::fft
