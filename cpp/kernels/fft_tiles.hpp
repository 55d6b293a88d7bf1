// Loops over contiguous lines in tiles.
#pragma once

#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Calls tile(j) for j = 0, step, ... so that [j, j + step) covers 0 .. n, the last one moved back
// to overlap; where n < step, calls single(j) for each j.
template <class Tile, class Single>
FLIPSHIFT_INLINE void tiles(std::size_t n, std::size_t step, Tile&& tile, Single&& single) {
  if (n < step) {
    for (std::size_t j = 0; j < n; ++j) single(j);
    return;
  }
  for (std::size_t j = 0; j + step <= n; j += step) tile(j);
  if (n % step) tile(n - step);
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
