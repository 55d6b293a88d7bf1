#include "engine/convolve2d_cost.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <iterator>
#include <string_view>

#include "engine/dispatch.hpp"
#include "kernels/convolve2d_fft.hpp"

namespace flipshift::convolve2d {

namespace {

// Nanoseconds. A vector is one of outputs; complex numbers count as two of their parts.
struct Sums {
  double call;
  double vector;
  double column;       // a vector and a column of taps
  double product;      // a vector and a tap; separable: a vector and a tap of either kind
  double row;          // a row of outputs
  double row_product;  // a row of outputs and a tap
};
struct Costs {
  Sums direct, direct_complex, separable, separable_complex;
  struct {
    double call;
    double tile;
    double column, column_level;  // a row of W columns of a tile; for each factor of two
    double row, row_level;        // a column of W rows of frequencies; for each factor of two
    double beyond;                // more for each, for a tile twice as large as what fits the cache
  } fft;
};

// Measured on AMD Zen 5 at 3.65 GHz, one thread, 2026-11: images of 8 x 28 to 512 x 1000, kernels
// of 1 x 1 to 31 x 31, tiles of 16 x 16 to 512 x 512. Half of the cases are within 15 %, most of
// them within 30. Transforms come with a quarter more, which they lose among other work.
constexpr Costs v2 = {{118, 0.842, 0.00718, 0.172, 1.15, 0.0439},
                      {46.6, 1.19, 0, 0.179, 8.79, 0.0611},
                      {376, 0.676, 0, 0.182, 2.54, 0.708},
                      {349, 0.894, 0, 0.202, 11.6, 1.22},
                      {340, 238, 4.41, 0.0944, 0.0396, 0.684, 1.26}};
constexpr Costs v3 = {{189, 0.711, 0.0437, 0.155, 2.05, 0.128},
                      {54.6, 1.52, 0, 0.164, 5.8, 0},
                      {386, 0.874, 0, 0.158, 13.2, 0.365},
                      {303, 2.99, 0, 0.139, 20.8, 0.621},
                      {390, 238, 2.38, 0.296, 3.8, 0.325, 0.835}};
constexpr Costs v4 = {{34.3, 1.45, 0.0772, 0.158, 4.37, 0.0372},
                      {97.5, 3.23, 0.0241, 0.163, 7.16, 0.00186},
                      {147, 2.46, 0, 0.16, 14.3, 0.301},
                      {587, 4.33, 0, 0.172, 28.2, 1.17},
                      {538, 144, 3, 0.475, 6.38, 0.237, 1.95}};

const Costs& costs() {
  const std::string_view name = isa_name(isa());
  return name == "v4" ? v4 : name == "v3" ? v3 : v2;
}

template <class T>
struct Sample {
  using Real = T;
  static constexpr std::size_t parts = 1;
};
template <class T>
struct Sample<std::complex<T>> {
  using Real = T;
  static constexpr std::size_t parts = 2;
};

double number(std::size_t n) { return static_cast<double>(n); }

template <class T>
std::size_t width() {
  return static_cast<std::size_t>(kernels<Convolve2dFftTable<typename Sample<T>::Real>>().width);
}

// `products`: multiply-adds of real numbers for each number of the result.
template <class T>
double sums_ns(const Sums& c, const Size& s, double columns, double products, double row_products) {
  constexpr std::size_t parts = Sample<T>::parts;
  const std::size_t numbers = s.cols.outputs * s.channels * parts, w = width<T>();
  const double rows = number(s.images * s.rows.outputs);
  const double vectors = rows * number((numbers + w - 1) / w);
  return vectors * (c.vector + c.column * columns * parts + c.product * products * parts) +
         rows * (c.row + c.row_product * row_products);
}

}  // namespace

template <class T>
double direct_ns(const Size& s) {
  const Sums& c = Sample<T>::parts == 2 ? costs().direct_complex : costs().direct;
  const double taps = number(s.rows.met_taps * s.cols.met_taps);
  return c.call + sums_ns<T>(c, s, number(s.cols.met_taps), taps, taps * Sample<T>::parts);
}

template <class T>
double separable_ns(const Size& s, std::size_t terms) {
  constexpr bool is_complex = Sample<T>::parts == 2;
  const Sums& c = is_complex ? costs().separable_complex : costs().separable;
  const double taps = number(s.rows.taps + s.cols.taps);
  // Looking for the terms.
  const double elements = number(s.rows.taps * s.cols.taps) * (is_complex ? 2 : 1);
  const double search = terms > 1 ? 500 + elements * number(terms) * 6 : 60 + elements;
  return c.call + search + number(terms) * sums_ns<T>(c, s, number(s.cols.taps), taps, taps);
}

template <class T>
std::size_t most_terms(const Size& s, double ns) {
  std::size_t terms = 0;
  while (terms < 8 && separable_ns<T>(s, terms + 1) < ns) ++terms;
  return terms;
}

namespace {

// Lengths that the passes transform well: 2^i, and 3, 5, 7, 9 and 15 times that.
std::size_t next_size(std::size_t n) {
  std::size_t best = 0;
  for (const std::size_t odd : {1, 3, 5, 7, 9, 15}) {
    std::size_t size = std::max<std::size_t>(odd, 2);
    if (size < n) size <<= std::bit_width((n - 1) / size);
    if (best == 0 || size < best) best = size;
  }
  return best;
}

// One dimension cut into 1, 2, 3, ... parts of a few per cent more points than it takes.
class Cuts {
 public:
  Cuts(const Extent& e, bool folded) {
    for (std::size_t i = 1; i <= e.outputs && count_ < splits_.size(); i += 1 + i / 4) {
      const std::size_t outputs = (e.outputs + i - 1) / i;
      const std::size_t least = i == 1 ? e.whole : outputs + e.taps - 1;
      const std::size_t size = folded ? 2 * next_size((least + 1) / 2) : next_size(least);
      const std::size_t most = i == 1 ? e.outputs : std::min(size - e.taps + 1, e.outputs);
      if (count_ > 0 && splits_[count_ - 1].size == size) continue;
      splits_[count_++] = {size, most, (e.outputs + most - 1) / most};
      if (size < 2 * e.taps + 16) break;
    }
  }
  const Split* begin() const { return splits_.data(); }
  const Split* end() const { return splits_.data() + count_; }

 private:
  std::array<Split, 24> splits_;
  std::size_t count_ = 0;
};

template <class T>
Blocks search_blocks(const Size& s) {
  constexpr bool is_complex = Sample<T>::parts == 2;
  constexpr double cache_bytes = 4e5;
  const auto& c = costs().fft;
  const std::size_t w = width<T>();
  const auto lanes = [&](std::size_t n) { return number((n + w - 1) / w); };
  const Cuts row_cuts(s.rows, !is_complex), col_cuts(s.cols, false);
  Blocks best{};
  for (const Split& r : row_cuts) {
    const std::size_t m = is_complex ? r.size : r.size / 2;
    const double slots = lanes(m), column_level = c.column_level * std::log2(number(m));
    for (const Split& k : col_cuts) {
      const std::size_t in = std::min(k.outputs + s.cols.taps - 1, k.size);
      const double groups = lanes(in * s.channels) + lanes(k.outputs * s.channels);
      const double columns = number(m), rows = slots * number(k.size);
      const double log_n = std::log2(number(k.size));
      const double bytes = rows * number(s.channels * 2 * w * sizeof(typename Sample<T>::Real));
      const double beyond = c.beyond * std::log2(std::max(bytes / cache_bytes, 1.0));
      const double tile =
          c.tile + groups * columns * (c.column + column_level + beyond) +
          number(s.channels) * rows * (c.row + 2 * c.row_level * log_n + 2 * beyond);
      const double kernel = lanes(s.cols.taps) * columns * (c.column + column_level) +
                            rows * (c.row / 2 + c.row_level * log_n);
      const double ns = c.call + number(r.blocks * k.blocks * s.images) * tile + kernel;
      if (best.ns == 0 || ns < best.ns) best = {r, k, ns};
    }
  }
  return best;
}

}  // namespace

template <class T>
Blocks best_blocks(const Size& s) {
  // Looking at all cuts takes a microsecond; the same question often comes again.
  struct Answer {
    Size size{};
    Blocks blocks{};
  };
  thread_local Answer answers[8];
  const std::size_t sum = s.rows.outputs + 3 * s.cols.outputs + 5 * s.rows.taps + 7 * s.cols.taps;
  Answer& known = answers[sum % std::size(answers)];
  if (known.size != s) known = {s, search_blocks<T>(s)};
  return known.blocks;
}

#define FLIPSHIFT_INSTANTIATE(T)                             \
  template double direct_ns<T>(const Size&);                 \
  template double separable_ns<T>(const Size&, std::size_t); \
  template std::size_t most_terms<T>(const Size&, double);   \
  template Blocks best_blocks<T>(const Size&);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
FLIPSHIFT_INSTANTIATE(std::complex<float>)
FLIPSHIFT_INSTANTIATE(std::complex<double>)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve2d
