#include "engine/convolve2d_pixel_weights.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "engine/dispatch.hpp"

namespace flipshift::convolve2d {

namespace {

constexpr double u53 = 0x1p-53, u24 = 0x1p-24;  // units of rounding
// Above this share of an integer, more outputs would be computed twice than double precision costs.
constexpr double most_doubt = 0.1;

// The integer D for which all h D are integers, 1 exactly or more to rounding; or 0.
double denominator(const std::vector<double>& h) {
  double least = 0;
  bool whole = true;
  for (const double w : h) {
    if (!std::isfinite(w)) return 0;
    whole = whole && w == std::nearbyint(w);
    const double a = std::fabs(w);
    if (a > 0 && (least == 0 || a < least)) least = a;
  }
  if (whole) return 1;
  // The least weight is k / D. More than a few k are rare, each costs a division.
  for (int k = 1; k <= 16; ++k) {
    const double d = std::nearbyint(k / least);
    if (d > 0x1p24) return 0;
    if (d < 2 || std::fabs(d * least - k) > 4 * u53 * k) continue;
    if (std::all_of(h.begin(), h.end(), [&](double w) {
          const double n = std::nearbyint(w * d);
          return std::fabs(w * d - n) <= 4 * u53 * std::fabs(n);
        }))
      return d;
  }
  return 0;
}

// A weight modulo 256 in -128 .. 127.
int low_byte(double w) {
  const double r = w - 256 * std::floor(w / 256);
  return static_cast<int>(r < 128 ? r : r - 256);
}

// Whether a pair of weights can be multiplied with any two bytes and added within 16 bits.
bool pair_fits(int a, int b) {
  const int high = std::max(a, 0) + std::max(b, 0), low = std::min(a, 0) + std::min(b, 0);
  return 255 * high <= 32767 && 255 * low >= -32768;
}

std::uint32_t pair_word(int upper, int lower) {
  const std::uint32_t pair =
      static_cast<std::uint8_t>(upper) | std::uint32_t{static_cast<std::uint8_t>(lower)} << 8;
  return pair | pair << 16;
}

}  // namespace

PixelWeights::PixelWeights(const double* h, std::size_t rows, std::size_t cols, PixelRange samples,
                           int bits, std::size_t inner, PixelOut out)
    : sums(PixelSums::twice), exact(h, h + rows * cols) {
  std::reverse(exact.begin(), exact.end());
  const double d = denominator(exact);
  if (d > 0) {
    double total = 0;
    for (const double w : exact) total += std::fabs(std::nearbyint(w * d));
    // Integers up to 2^21 times samples of 32 bits fit into 53.
    if (d == 1 ? total * samples.largest() <= 0x1p53 : total <= 0x1p21) {
      integers_ = true;
      divisor = d;
      for (double& w : exact) w = std::nearbyint(w * d);
    }
  }
  for (const double w : exact) {
    total_ += std::fabs(w);
    range_.low += std::min(w * samples.low, w * samples.high);
    range_.high += std::max(w * samples.low, w * samples.high);
  }
  small = total_ * samples.largest() < 0x1p30;
  if (fit_bytes(rows, cols, samples, bits, inner, out)) {
    sums = PixelSums::bytes;
  } else if (fit_single(rows, cols, samples, bits, out)) {
    sums = PixelSums::single;
  }
}

bool PixelWeights::fit_bytes(std::size_t rows, std::size_t cols, PixelRange samples, int bits,
                             std::size_t inner, PixelOut out) {
  if (!integers_ || bits != 8) return false;
  const bool modulo = out == PixelOut::bits8 && divisor == 1;
  if (!modulo) {
    if (samples.low < 0) return false;
    if (std::any_of(exact.begin(), exact.end(), [](double w) { return w < -128 || w > 127; }))
      return false;
    byte_taps.inverse = static_cast<float>(1 / divisor);
    switch (out) {
      case PixelOut::bits8:
        if (range_.low < 0 || range_.high >= 32768 || divisor >= 32768) return false;
        set_quotient();
        break;
      case PixelOut::bits16:
        if (divisor != 1) return false;
        break;
      case PixelOut::float32:
        if (range_.high - range_.low > 65535) return false;
        byte_taps.least = static_cast<std::int32_t>(range_.low);
        break;
      default:
        return false;
    }
  }
  std::vector<int> bytes(rows * cols);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = low_byte(exact[i]);
  const auto at = [&](std::size_t a, std::size_t b) { return bytes[a * cols + b]; };
  // Each column, or where its pairs would not fit, its even and its odd rows apart.
  struct Column {
    std::size_t b;
    bool split;
    std::size_t parity;
  };
  std::vector<Column> columns;
  for (std::size_t b = 0; b < cols; ++b) {
    bool fits = true;
    for (std::size_t a = 0; a + 1 < rows; ++a) fits = fits && pair_fits(at(a, b), at(a + 1, b));
    columns.push_back({b, !fits, 0});
    if (!fits) columns.push_back({b, true, 1});
  }
  for (const Column& c : columns) offsets.push_back(static_cast<std::ptrdiff_t>(c.b * inner));
  const std::size_t most = kernels<PixelByteTable>().most_rows;
  for (std::size_t first = 0; first < rows;) {
    const std::size_t q = chunk_rows(rows - first, most);
    for (const Column& c : columns) {
      const auto weight = [&](std::size_t a, bool inside) {
        return inside && a < q && (!c.split || a % 2 == c.parity) ? at(first + a, c.b) : 0;
      };
      for (std::size_t i = 0; i < (q + 1) / 2; ++i)
        pairs.push_back(pair_word(weight(2 * i, true), weight(2 * i + 1, true)));
      for (std::size_t i = 0; i < q / 2 + 1; ++i)
        pairs.push_back(pair_word(weight(2 * i - 1, i > 0), weight(2 * i, true)));
    }
    first += q;
  }
  byte_taps.pairs = pairs.data();
  byte_taps.offsets = offsets.data();
  byte_taps.columns = columns.size();
  return true;
}

// With M = ceil(2^(16 + s) / D), 2^s < D < 2^(s + 1), S M >> (16 + s) is the quotient S / D of all
// S < 2^15, as M D - 2^(16 + s) < D < 2^(s + 1) (Granlund and Montgomery 1994).
void PixelWeights::set_quotient() {
  const auto d = static_cast<std::uint32_t>(divisor);
  std::uint32_t s = 0;
  while (d >> (s + 1) != 0) ++s;
  // M of a power of two would be 2^16.
  if (d == 1u << s) --s;
  byte_taps.shift = static_cast<std::uint16_t>(s);
  byte_taps.multiplier = static_cast<std::uint16_t>(((1u << (16 + s)) + d - 1) / d);
}

bool PixelWeights::fit_single(std::size_t rows, std::size_t cols, PixelRange samples, int bits,
                              PixelOut out) {
  if (bits > 16 || item_size(out) > 4) return false;
  int exponent;
  if (integers_ && divisor > 1 && total_ * samples.largest() >= 0x1p21 &&
      std::frexp(divisor, &exponent) == 0.5) {
    // Sums in double precision are as exact without a power of two.
    for (double& w : exact) w /= divisor;
    total_ /= divisor;
    divisor = 1;
    integers_ = false;
  }
  const double largest = total_ * samples.largest();
  single_taps.inverse = 1;
  single_taps.doubt = -1;
  if (integers_ && largest < (divisor == 1 ? 0x1p23 : 0x1p21)) {
    single_taps.inverse = static_cast<float>(1 / divisor);
  } else if (out == PixelOut::float32) {
    if (!(largest < FLT_MAX / 2)) return false;
    // Weights below the normal numbers would lose bits.
    for (const double w : exact)
      if (w != 0 && std::fabs(w) < FLT_MIN) return false;
  } else if (integers_ || !(largest < 0x1p20)) {
    return false;
  } else {
    // Each sum is rounded, by u times the largest that it can be so far, as the products and the
    // weights are; and the double precision that decides has its own errors.
    PixelRange partial{};
    double error = 0;
    const std::size_t most = kernels<PixelTable<std::uint8_t>>().most_rows;
    for (std::size_t first = 0; first < rows;) {
      const std::size_t q = chunk_rows(rows - first, most);
      for (std::size_t b = 0; b < cols; ++b)
        for (std::size_t a = first; a < first + q; ++a) {
          const double w = exact[a * cols + b];
          partial.low += std::min(w * samples.low, w * samples.high);
          partial.high += std::max(w * samples.low, w * samples.high);
          error += partial.largest() * u24;
        }
      first += q;
    }
    const double n = static_cast<double>(rows * cols);
    error += 3 * u24 * largest + (2 * n + 8) * u53 * largest;  // and of what the kernel adds
    error += n * FLT_MIN;                                      // weights that are no normal numbers
    error *= 1.001;
    if (error > most_doubt) return false;
    single_taps.doubt = static_cast<float>(error);
  }
  const double scale = out == PixelOut::float32 ? divisor : 1;
  single.resize(rows * cols);
  for (std::size_t a = 0; a < rows; ++a)
    for (std::size_t b = 0; b < cols; ++b)
      single[b * rows + a] = static_cast<float>(exact[a * cols + b] / scale);
  single_taps.single = single.data();
  single_taps.exact = exact.data();
  return true;
}

}  // namespace flipshift::convolve2d
