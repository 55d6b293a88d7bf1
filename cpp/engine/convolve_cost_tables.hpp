// The measured costs that the choice of a convolution's method rests on.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>

namespace flipshift::convolve {

// For one dtype; all times in nanoseconds.
struct Costs {
  // Direct sum: a call, an output, a multiply-add of samples, a tap, a tap beyond an end of x.
  double call, output, product, tap, beyond;
  // By transforms: a call, making the spectrum of h in units of one block of the same length, an
  // output.
  double transforms, kernel, copied;
  // One block (there, times the spectrum of h, and back) of odd 2^k samples, from `first` on.
  struct Row {
    std::size_t odd, first, count;
  };
  static constexpr Row rows[] = {{1, 32, 17}, {3, 48, 16}, {5, 40, 12},
                                 {7, 56, 12}, {9, 72, 11}, {15, 60, 11}};
  double blocks[std::size(rows)][17];
};

struct CostTable {
  Costs float32, float64, complex64, complex128;
  std::string source;  // the file, or "built in"
};

// The table in use: that of the file which the environment variable FLIPSHIFT_COSTS names, else the
// one built in for the instruction set in use. Read once, at the first call. Throws
// std::invalid_argument, in one sentence, if the file cannot be read or is not such a table.
const CostTable& cost_table();

}  // namespace flipshift::convolve
