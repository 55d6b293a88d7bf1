// The factors between two sweeps, for FftPasses::turn.
#pragma once

#include <cstddef>

#include "engine/array.hpp"
#include "engine/roots.hpp"
#include "kernels/fft.hpp"

namespace flipshift::fft {

// A factor of a group as the product of that of its first column, two numbers for each part of it,
// and one plus what the lanes hold: as these are small, so are their errors and those of their
// product. The kernel rounds the sum, and little more than that.
template <class T>
T* put_step(T* at, const Root& z) {
  at[0] = static_cast<T>(z.re);
  at[1] = static_cast<T>(z.im);
  at[2] = static_cast<T>(z.re - at[0]);
  at[3] = static_cast<T>(z.im - at[1]);
  return at + 4;
}
// Element `lane` of a row of w of these.
template <class T>
void put_lane_less_one(T* row, std::size_t lane, std::size_t w, const Root& z) {
  row[lane] = static_cast<T>(z.re - 1);
  row[w + lane] = static_cast<T>(z.im);
}

// Factors w^(k j) for rows k < count and groups of W numbers j of `lanes`, of which the last one
// may overlap the one before.
template <class T>
class TurnFactors {
 public:
  // roots: the powers of w.
  TurnFactors(const Roots& roots, std::size_t count, std::size_t lanes, const FftPasses<T>& passes);

  // FftPasses::turn on the rows of group g.
  void run(const T* rows, const std::uint32_t* order, std::size_t g, T* out,
           std::size_t group_stride) const;
  std::size_t bytes() const { return (lane_tw_.size() + step_tw_.size()) * sizeof(T); }

 private:
  const FftPasses<T>& passes_;
  std::size_t count_;
  Buffer<T> lane_tw_, step_tw_;  // each factor in lane_tw_ and no others, if they are few
};

}  // namespace flipshift::fft
