// What the kernels of one instruction set could reach at most: loops that do nothing else.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct LimitsTable {
  // `rounds` times, for independent vectors v that fill the registers: v = v * a + b. Returns a
  // number that depends on all of them. With |a| < 1 no v grows beyond bounds.
  T (*multiply_add)(std::size_t rounds, T a, T b);

  // Floating-point operations of one round: two for each number of each vector.
  std::size_t (*operations)();

  // y = x, n numbers; both aligned to 64 bytes, n a multiple of 64. `past_caches`: with stores that
  // do not read first what they overwrite.
  void (*copy)(const T* x, T* y, std::size_t n, bool past_caches);
};

FLIPSHIFT_KERNEL_TABLE(LimitsTable<float>)
FLIPSHIFT_KERNEL_TABLE(LimitsTable<double>)

}  // namespace flipshift
