// Transforms in long double, for tables of which a rounding to double is the only error.
#pragma once

#include <vector>

#include "engine/roots.hpp"

namespace flipshift::fft {

// sum_j x[j] exp(-2 pi i jk / n) in place of x, n >= 1 with small prime factors. Takes some 15
// times as long as a plan's in double.
void extended_transform(std::vector<Root>& x);

}  // namespace flipshift::fft
