#include "engine/convolve2d_cost.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/fft.hpp"

namespace flipshift::convolve2d {

namespace {

// Measured on Zen 5 (AMD EPYC, 2.6 GHz base), one thread, AVX-512 and AVX2, 2026-11; images of
// 128^2 to 2048^2, kernels of 3^2 to 63^2. Nanoseconds.
constexpr double product_ns = 0.16;  // direct: for one product, times the lanes of a vector
// Transforms there and back:
constexpr double level_ns = 0.22;    // for each real number and factor of two, times lanes
constexpr double number_ns = 0.36;   // for each sample
constexpr double byte_ns = 0.105;    // for each byte of samples, in the second-level cache
constexpr double beyond_ns = 0.025;  // more for each doubling beyond it, at most three times
constexpr double row_ns = 110;       // for each row

constexpr double second_level_bytes = 1e6;
// Block and spectrum of the kernel, unless the kernel alone asks for more.
constexpr double most_bytes = 48e6;

double number(std::size_t n) { return static_cast<double>(n); }

double transform_cost(double rows, double cols, bool is_complex, std::size_t lanes,
                      double item_bytes) {
  const double n = rows * cols;
  const double beyond = std::log2(2 * n * item_bytes / second_level_bytes);
  return n * (number_ns + level_ns * (is_complex ? 2 : 1) / number(lanes) * std::log2(n) +
              item_bytes * (byte_ns + beyond_ns * std::clamp(beyond, 0.0, 3.0))) +
         rows * row_ns;
}

// A split into transforms of 2^k points, or for k < 0 one transform for everything.
Split split(const Extent& e, int k) {
  const std::size_t size = std::size_t{1} << std::max(k, 0);
  if (k < 0) return {2 * fft::good_size((e.whole + 1) / 2), e.outputs, 1};
  const std::size_t outputs = size - e.taps + 1;
  return {size, outputs, (e.outputs + outputs - 1) / outputs};
}

}  // namespace

double direct_cost(const Extent& rows, const Extent& cols, bool is_complex, std::size_t lanes) {
  return product_ns / number(lanes) * (is_complex ? 4 : 1) * number(rows.outputs) *
         number(rows.taps) * number(cols.outputs) * number(cols.taps);
}

Blocks best_blocks(const Extent& rows, const Extent& cols, bool is_complex, std::size_t lanes,
                   std::size_t item_bytes) {
  Blocks best{};
  bool found_small = false;
  // Powers of two up to 16 times the kernel; fewer than 64 rows or 256 columns never pay.
  const int row_bits = std::bit_width(std::max<std::size_t>(rows.taps, 48));
  const int col_bits = std::bit_width(std::max<std::size_t>(cols.taps, 192));
  for (int i = row_bits - 1; i < row_bits + 4; ++i) {
    const Split r = split(rows, i < row_bits ? -1 : i);
    if (i >= row_bits && r.size >= rows.whole) break;
    for (int j = col_bits - 1; j < col_bits + 4; ++j) {
      const Split c = split(cols, j < col_bits ? -1 : j);
      if (j >= col_bits && c.size >= cols.whole) break;
      const double bytes = 2 * number(r.size) * number(c.size) * number(item_bytes);
      const bool is_small = bytes <= most_bytes;
      // The spectrum of the kernel is half of a block's work.
      const double cost =
          (number(r.blocks) * number(c.blocks) + 0.5) *
          transform_cost(number(r.size), number(c.size), is_complex, lanes, number(item_bytes));
      const bool better = is_small == found_small ? best.cost == 0 || cost < best.cost : is_small;
      if (better) best = {r, c, cost};
      found_small |= is_small;
    }
  }
  return best;
}

}  // namespace flipshift::convolve2d
