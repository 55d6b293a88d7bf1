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
struct Direct {
  double call;
  double vector;
  double column;      // a vector and a column of taps
  double product;     // a vector and a tap
  double row;         // a row of outputs
  double copied_row;  // a row of samples in a scratch block
  double copied;      // a vector of samples there
  double narrow_row;  // a row of outputs of less than a vector, which go through scratch too
  double strip;       // of outputs beside an interior that is read where it lies
};
// What it takes to find the terms of a kernel.
struct Search {
  double call;
  double element;
  double several;          // terms
  double several_element;  // an element and one of several terms
};
struct Separable {
  Search search;
  double product;  // a vector and a tap of either kind
  double vector;
  double row;
  double row_tap;  // a row of outputs and a tap of a row
};
// Vectors over several rows; a column of W rows is one.
struct Narrow {
  Search search;
  double product;
  double vector;
  double sample, output;  // that are transposed
};
struct Costs {
  Direct direct, direct_complex;
  Separable separable, separable_complex;
  Narrow narrow;
  struct {
    double call;
    double tile;
    double column, column_level;  // a row of W columns of a tile; for each factor of two
    double row, row_level;        // a column of W rows of frequencies; for each factor of two
    double beyond;                // more for each, for a tile twice as large as what fits the cache
  } fft;
};

// Measured on AMD Zen 5 at 3.65 GHz, one thread, 2026-11: images of 4 x 4 to 1000 x 1000, kernels
// of 1 x 1 to 64 x 64, tiles of 16 x 16 to 512 x 512. Two thirds of the cases are within 15 %, nine
// tenths within 30. Transforms come with a quarter more, which they lose among other work.
constexpr Costs v2 = {{132, 0.413, 0.011, 0.164, 0.291, 3.37, 0.175, 2.31, 142},
                      {140, 0.787, 0, 0.171, 0, 2.45, 0.32, 2.46, 202},
                      {{415, 1.53, 403, 2.48}, 0.168, 0.694, 5.2, 0.328},
                      {{423, 1.9, 313, 8.96}, 0.178, 1.23, 19, 0.43},
                      {{370, 3.3, 486, 2.41}, 0.185, 1.03, 0, 0.135},
                      {340, 238, 4.41, 0.0944, 0.0396, 0.684, 1.26}};
constexpr Costs v3 = {{137, 0.42, 0.0583, 0.141, 0.178, 2.86, 0.303, 2.81, 113},
                      {162, 0.779, 0, 0.152, 0.486, 2.41, 0.36, 2.08, 297},
                      {{382, 1.44, 387, 2.26}, 0.137, 0.983, 6.2, 0.271},
                      {{404, 1.72, 431, 9.61}, 0.141, 1.49, 28.9, 0.351},
                      {{355, 2.11, 531, 1.54}, 0.17, 1.24, 0.0116, 0.0495},
                      {390, 238, 2.38, 0.296, 3.8, 0.325, 0.835}};
constexpr Costs v4 = {{119, 0.499, 0.106, 0.15, 0.581, 2.9, 0.616, 2.27, 71.3},
                      {183, 0.707, 0.0123, 0.145, 0.138, 3.26, 0.592, 5.1, 235},
                      {{385, 1.52, 440, 1.89}, 0.136, 1.75, 6.14, 0.335},
                      {{408, 1.69, 548, 9.64}, 0.136, 2.29, 27.4, 0.944},
                      {{371, 1.7, 568, 2.02}, 0.16, 1.91, 0.0287, 0.0313},
                      {538, 144, 3, 0.475, 6.38, 0.237, 1.95}};

const Costs& costs() {
  static const Costs& own = [] -> const Costs& {
    const std::string_view name = isa_name(isa());
    return name == "v4" ? v4 : name == "v3" ? v3 : v2;
  }();
  return own;
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

constexpr double vain_search = 0.25;       // of the time of other ways
constexpr std::size_t small_strip = 1024;  // outputs for each strip, below which all are copied

std::size_t vectors(std::size_t numbers, std::size_t w) { return (numbers + w - 1) / w; }

double search_ns(const Search& c, const Size& s, std::size_t terms, std::size_t parts) {
  const double elements = number(s.rows.taps * s.cols.taps * parts);
  const double ns = c.call + c.element * elements;
  return terms > 1 ? ns + c.several + c.several_element * elements * number(terms) : ns;
}

// As Narrow::suits() in separable2d_narrow.hpp.
bool is_narrow(const Size& s, std::size_t w) {
  const std::size_t cols = std::max(s.cols.samples, s.cols.outputs);
  return s.channels == 1 && s.rows.outputs >= w && (s.cols.samples < w || cols <= 4 * w);
}

}  // namespace

template <class T>
double direct_ns(const Size& s) {
  constexpr std::size_t parts = Sample<T>::parts;
  const Direct& c = parts == 2 ? costs().direct_complex : costs().direct;
  const std::size_t w = width<T>(), numbers = s.cols.outputs * s.channels * parts;
  const double images = number(s.images), rows = number(s.rows.outputs);
  const double columns = number(s.cols.met_taps * parts);
  const double taps = columns * number(s.rows.met_taps);
  double ns =
      rows *
      (number(vectors(numbers, w)) * (c.vector + c.column * columns + c.product * taps) + c.row);
  const std::size_t strips = s.rows.ends + s.cols.ends;
  const bool narrow = numbers < w;
  if (narrow ||
      (strips > 0 && (s.rows.inside == 0 || s.cols.inside * s.channels * parts < w ||
                      s.rows.outputs * s.cols.outputs * s.channels <= small_strip * strips))) {
    const double in_cols =
        number(std::max(numbers, w) + (s.cols.met_taps - 1) * s.channels * parts);
    const double in_rows = number(s.rows.outputs + s.rows.met_taps - 1);
    ns += in_rows * (c.copied_row + c.copied * in_cols / number(w));
    if (narrow) ns += c.narrow_row * rows;
  } else {
    ns += c.copied_row * (number(s.cols.ends) * rows + number(2 * s.rows.taps - 2)) +
          c.strip * number(strips);
  }
  return c.call + images * ns;
}

template <class T>
double separable_ns(const Size& s, std::size_t terms) {
  constexpr std::size_t parts = Sample<T>::parts;
  const std::size_t w = width<T>(), unit = s.channels * parts;
  const double images = number(s.images), rows = number(s.rows.outputs), count = number(terms);
  const double column_taps = number(s.rows.taps * parts), row_taps = number(s.cols.taps * parts);
  if (parts == 1 && is_narrow(s, w)) {
    const Narrow& c = costs().narrow;
    const double in = number(s.cols.samples), out = number(s.cols.outputs);
    const double work = c.product * (in * column_taps + out * row_taps) + c.vector * (in + out);
    const double samples = s.cols.samples < w ? in * (rows + column_taps) : 0;
    return search_ns(c.search, s, terms, parts) +
           images * (count * number(vectors(s.rows.outputs, w)) * work + c.sample * samples +
                     c.output * rows * out);
  }
  const Separable& c = parts == 2 ? costs().separable_complex : costs().separable;
  const std::size_t met = std::min(s.cols.samples, s.cols.outputs + s.cols.taps - 1);
  const double in = number(vectors(met * unit, w));
  const double out = number(vectors(s.cols.outputs * unit, w));
  const double row = c.product * (in * column_taps + out * row_taps) + c.vector * out + c.row +
                     c.row_tap * number(s.cols.taps);
  return search_ns(c.search, s, terms, parts) + images * rows * count * row;
}

template <class T>
std::size_t most_terms(const Size& s, double ns) {
  constexpr std::size_t parts = Sample<T>::parts;
  const Search& c = parts == 2 ? costs().separable_complex.search : costs().separable.search;
  std::size_t terms = 0;
  while (terms < 8 && separable_ns<T>(s, terms + 1) < ns) {
    ++terms;
    // Most kernels have none, or one, which is soon found: a search for more must cost little.
    if (search_ns(c, s, terms + 1, parts) > vain_search * ns) break;
  }
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
