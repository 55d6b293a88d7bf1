// Kernels of the convolution of images of integers with real weights.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

// How a sum becomes an output. Integers get it without its fraction, modulo 2 to their width; what
// does not fit into 64 bits is -2^63, for uint64 it may be 2^63 to 2^64.
enum class PixelOut { bits8, bits16, bits32, int64, uint64, float32, float64 };

inline constexpr std::size_t item_size(PixelOut out) {
  constexpr std::size_t sizes[] = {1, 2, 4, 8, 8, 4, 8};
  return sizes[static_cast<int>(out)];
}

// A rectangle of outputs whose samples are all in memory:
//
//   y[i, j] = sum_{a < kernel_rows, b < kernel_cols} taps[a, b] x[i + a, j + b step]
//
// Rows are contiguous, x_stride samples and y_stride outputs apart. What an output is does not
// depend on the rectangle that it is computed in.
template <class X>
struct PixelRectangle {
  const X* x;
  std::ptrdiff_t x_stride;
  std::ptrdiff_t step;
  std::size_t kernel_rows, kernel_cols;
  void* y;
  std::ptrdiff_t y_stride;
  PixelOut out;
  std::size_t rows, cols;  // at least the table's min_rows, min_cols
};

// Sums in single precision of samples of 8 or 16 bits.
struct PixelSingleTaps {
  const float* single;  // by column: taps[a, b] at single[a + b kernel_rows]
  // Sums of integers that are exact may be divided by an integer before they become integer
  // outputs; else this is 1.
  float inverse;
  // Integer outputs of inexact sums: one for which the integer is not the same everywhere from the
  // sum less this to the sum and this is computed again in double precision, by these taps.
  // Negative: sums are exact.
  float doubt;
  const double* exact;  // by row
};
template <class X>
struct PixelTable {
  std::size_t min_rows, min_cols;
  std::size_t most_rows;  // of the kernel in one chunk (chunk_rows); a sum runs by chunks, columns,
                          // rows
  // Integer outputs are of at most 32 bits. Where sums are exact they are below 2^21 if they are
  // divided and below 2^23 if not.
  void (*run)(const PixelRectangle<X>&, const PixelSingleTaps&);  // null: no such kernel
  // Sums in double precision, by rows from the first sample to the last, products rounded before
  // they are added: what a plain loop does. Taps by row; the sums are divided by `divisor`. small:
  // all are below 2^31.
  void (*run_double)(const PixelRectangle<X>&, const double* taps, double divisor, bool small);
};

// Sums in 16 bits of bytes and weights of 8 bits.
//
// Taps come in pairs one above the other, so that one instruction multiplies both and adds: column
// c of taps stands over the samples at offset[c], and has for each chunk of Q kernel rows the
// Q + 1 pairs that even and odd rows of outputs need, each twice in one word:
//   even rows (Q + 1) / 2 pairs (0, 1), (2, 3), ...; odd rows Q / 2 + 1 pairs (-, 0), (1, 2), ...
// No pair can sum to more than 16 bits hold. Chunk after chunk, column after column.
struct PixelByteTaps {
  const std::uint32_t* pairs;
  const std::ptrdiff_t* offsets;
  std::size_t columns;
  // Sums are least .. least + 2^16 - 1, or matter modulo 2^16 or 2^8 only.
  std::int32_t least;
  float inverse;  // for float32
  // bits8: the sum, if `multiplier` is not 0, is 0 .. 2^15 - 1 and becomes
  // sum * multiplier >> (16 + shift).
  std::uint16_t multiplier;
  std::uint16_t shift;
};
struct PixelByteTable {
  std::size_t min_rows, min_cols;
  std::size_t most_rows;  // Q of a chunk
  // x.out is bits8, bits16 or float32.
  void (*run)(const PixelRectangle<std::uint8_t>& x, const PixelByteTaps&);
};

// Kernel rows in the next chunk where `left` of them are left to do.
inline constexpr std::size_t chunk_rows(std::size_t left, std::size_t most) {
  if (left <= most) return left;
  const std::size_t chunks = (left + most - 1) / most;
  return (left + chunks - 1) / chunks;
}

FLIPSHIFT_KERNEL_TABLE(PixelByteTable)
FLIPSHIFT_KERNEL_TABLE(PixelTable<std::uint8_t>)
FLIPSHIFT_KERNEL_TABLE(PixelTable<std::int8_t>)
FLIPSHIFT_KERNEL_TABLE(PixelTable<std::uint16_t>)
FLIPSHIFT_KERNEL_TABLE(PixelTable<std::int16_t>)
FLIPSHIFT_KERNEL_TABLE(PixelTable<std::uint32_t>)
FLIPSHIFT_KERNEL_TABLE(PixelTable<std::int32_t>)

}  // namespace flipshift
