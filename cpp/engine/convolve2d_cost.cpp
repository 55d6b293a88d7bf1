#include "engine/convolve2d_cost.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "engine/fft.hpp"

namespace flipshift::convolve2d {

namespace {

double number(std::size_t n) { return static_cast<double>(n); }

constexpr double direct_ns = 0.16;
constexpr double level_ns = 0.05;
constexpr double pass_ns = 1.0;

// Nanoseconds for one transform of a block to its spectrum or back, and what goes with it.
double transform_cost(std::size_t rows, std::size_t cols, bool is_complex, std::size_t lanes,
                      std::size_t item_bytes) {
  const double n = number(rows) * number(cols);
  const double beyond_cache = n * number(item_bytes) > 1e6 ? 1.5 : 1.0;
  return (is_complex ? 2 : 1) * n * (level_ns * std::log2(n) + pass_ns) * beyond_cache * 8 /
         number(lanes);
}

Split whole(const Extent& e) {
  return {std::max<std::size_t>(2, fft::good_size(e.whole)), e.outputs, 1};
}

}  // namespace

double direct_cost(const Extent& rows, const Extent& cols, bool is_complex, std::size_t lanes) {
  return direct_ns / number(lanes) * (is_complex ? 4 : 1) * number(rows.outputs) *
         number(rows.taps) * number(cols.outputs) * number(cols.taps);
}

Blocks best_blocks(const Extent& rows, const Extent& cols, bool is_complex, std::size_t lanes,
                   std::size_t item_bytes) {
  if (const char* f = std::getenv("C2D_N1")) {
    const std::size_t n1 = std::strtoul(f, nullptr, 10),
                      n2 = std::strtoul(std::getenv("C2D_N2"), nullptr, 10);
    const auto sp = [](const Extent& e, std::size_t n) -> Split {
      if (n == 0 || n < e.taps) return whole(e);
      const std::size_t o = n - e.taps + 1;
      return {n, o, (e.outputs + o - 1) / o};
    };
    return {sp(rows, n1), sp(cols, n2), 0};
  }
  return {whole(rows), whole(cols),
          2 * transform_cost(whole(rows).size, whole(cols).size, is_complex, lanes, item_bytes)};
}

}  // namespace flipshift::convolve2d
