// Which arithmetic is enough for a kernel of real weights and samples of a few bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/convolve2d_pixels.hpp"

namespace flipshift::convolve2d {

enum class PixelSums { bytes, single, twice };

struct PixelRange {
  double low, high;
  double largest() const { return high > -low ? high : -low; }
};

// The weights of a kernel in the forms that the kernels take, of which those of `sums` are filled.
// The kernels correlate, so all are reversed.
struct PixelWeights {
  // samples: of the dtype. `bits` is its width.
  PixelWeights(const double* h, std::size_t rows, std::size_t cols, PixelRange samples, int bits,
               std::size_t inner, PixelOut out);

  PixelSums sums;
  std::vector<double> exact;  // by row: integers if they are integers over `divisor`
  double divisor = 1;
  bool small = false;         // sums with them are below 2^31
  std::vector<float> single;  // by column
  PixelSingleTaps single_taps{};
  std::vector<std::uint32_t> pairs;
  std::vector<std::ptrdiff_t> offsets;
  PixelByteTaps byte_taps{};

 private:
  bool fit_bytes(std::size_t rows, std::size_t cols, PixelRange samples, int bits,
                 std::size_t inner, PixelOut out);
  void set_quotient();
  bool fit_single(std::size_t rows, std::size_t cols, PixelRange samples, int bits, PixelOut out);

  bool integers_ = false;  // `exact` are
  double total_ = 0;       // sum of absolute values of `exact`
  PixelRange range_{};     // of sums of integers
};

}  // namespace flipshift::convolve2d
