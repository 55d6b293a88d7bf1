// The measured costs that the choice of a convolution's method rests on.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>

namespace flipshift::convolve {

// For one dtype; all times in nanoseconds.
struct Costs {
  // Direct sum: a call, an output, a tap; a multiply-add of samples; a step, that is a tap for a
  // tile of outputs; windows that hang over an end of x, an end that is summed by itself, and one
  // that takes several tiles.
  double call, output, tap, product, step, overhang, end, triangle;
  // By transforms: a call, an output, a sample of a block that reaches beyond x.
  double transforms, copied, filled;
  // By the length of a transform: a block (there, times the spectrum of h, and back), and making
  // the spectrum of h. A row has the lengths odd 2^k from `first` on.
  struct Row {
    std::size_t odd, first, count;
  };
  static constexpr Row rows[] = {{1, 32, 17}, {3, 48, 16}, {5, 40, 12},
                                 {7, 56, 12}, {9, 72, 11}, {15, 60, 11}};
  using Lengths = double[std::size(rows)][17];
  Lengths block, kernel;
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
