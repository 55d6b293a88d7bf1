// The measured costs that the choice of a convolution's method rests on.
#pragma once

#include <cstddef>
#include <string>

namespace flipshift::convolve {

// For one dtype; all times in nanoseconds.
struct Costs {
  // Direct sum: a call, an output, a multiply-add of samples, a tap beyond an end of x.
  double call, output, product, beyond;
  // By transforms: a call, and making the spectrum of h in units of one block of the same length.
  double transforms, kernel;
  // One block (there, times the spectrum of h, and back) of 2^(5 + i) and of 3 2^(4 + i) samples.
  static constexpr std::size_t smallest = 32;
  double powers[17], between[16];
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
