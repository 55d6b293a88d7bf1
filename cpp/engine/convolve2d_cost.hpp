// What a 2-D convolution costs by either method, and the blocks in which the Fourier method works.
// All that is known about speed stands here.
#pragma once

#include <cstddef>

namespace flipshift::convolve2d {

// One dimension of the Fourier method: transforms of `size` points give `outputs` outputs each,
// `blocks` of them in turn.
struct Split {
  std::size_t size;
  std::size_t outputs;
  std::size_t blocks;
};

struct Blocks {
  Split rows;
  Split cols;
  double cost;
};

// One dimension of a problem.
struct Extent {
  std::size_t outputs;
  std::size_t taps;
  std::size_t whole;  // points of a transform that gives all outputs at once
};

// Both in nanoseconds. `lanes`: real numbers in a vector of the processor; `is_complex`: of the
// data.
double direct_cost(const Extent& rows, const Extent& cols, bool is_complex, std::size_t lanes);
Blocks best_blocks(const Extent& rows, const Extent& cols, bool is_complex, std::size_t lanes,
                   std::size_t item_bytes);

}  // namespace flipshift::convolve2d
