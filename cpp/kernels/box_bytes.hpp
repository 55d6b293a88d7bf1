// What the kernels of one instruction set offer for means over boxes of bytes: exact sums in 16
// bits, so for windows of at most 257. Such sums may slide: what leaves a window is subtracted.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

// floor(s / d) = ((s + bias) * factor) >> (16 + shift) for the sums s of d bytes.
struct ByteQuotient {
  std::uint16_t factor, bias, shift;
};

struct BoxBytesTable {
  // sums = sums over rows[0] ... rows[count - 1], in an order of their own, `cols` rounded up
  // to 64.
  void (*add_rows)(const std::uint8_t* const* rows, std::size_t count, std::size_t cols,
                   std::uint16_t* sums);
  // Adds a row, gives the means, and subtracts a row. y has room for `cols` rounded up to 64.
  void (*slide)(const std::uint8_t* enters, const std::uint8_t* leaves, std::size_t cols,
                std::uint16_t* sums, ByteQuotient quotient, std::uint8_t* y);
  // y[i] = floor(sum_k x[i + k * step] / n) for i < count, k < n, for each of `rows` rows. x has to
  // be readable 192 bytes beyond the last that is used.
  void (*lines)(const std::uint8_t* x, std::size_t x_row, std::size_t rows, std::size_t n,
                std::size_t step, std::uint8_t* y, std::size_t y_row, std::size_t count,
                ByteQuotient quotient, std::uint16_t* scratch);
  // Copies rows of any type past the caches, all lengths in bytes.
  void (*stream)(const void* x, std::size_t x_row, std::size_t rows, std::size_t count, void* y,
                 std::size_t y_row);
  // Orders what went past the caches before all that follows.
  void (*end_streaming)();
  // 16-bit numbers of scratch for rows of any length.
  std::size_t (*scratch)(std::size_t n, std::size_t step);
};

FLIPSHIFT_KERNEL_TABLE(BoxBytesTable)

}  // namespace flipshift
