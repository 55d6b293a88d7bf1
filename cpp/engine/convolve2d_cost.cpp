#include "engine/convolve2d_cost.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <iterator>
#include <type_traits>

#include "engine/dispatch.hpp"
#include "kernels/convolve2d_fft.hpp"

namespace flipshift::convolve2d {

namespace {

template <class T>
struct Sample {
  using Real = T;
  static constexpr bool is_complex = false;
};
template <class T>
struct Sample<std::complex<T>> {
  using Real = T;
  static constexpr bool is_complex = true;
};

// Nanoseconds. Measured on AMD Zen 5 at 3.65 GHz, one thread, 2026-11.
constexpr double call_ns = 150;
constexpr double direct_product = 0.148;    // a vector of products
constexpr double direct_output = 0.6;       // a vector of outputs
constexpr double separable_product = 0.20;  // a vector of products of either sum
constexpr double separable_output = 1.6;    // a vector of outputs, for each term
constexpr double sweep_ns = 0.95;           // a row of a tile, for each factor of two
constexpr double move_ns = 5.2;             // a row of a tile: into lanes, turned, and back
constexpr double tile_ns = 250;

double number(std::size_t n) { return static_cast<double>(n); }

template <class T>
std::size_t width() {
  return static_cast<std::size_t>(kernels<Convolve2dFftTable<typename Sample<T>::Real>>().width);
}

// Taps that meet a sample inside at all, roughly.
double taps(const Extent& e) { return number(std::min(e.taps, e.whole)); }

template <class T>
double products(const Size& s) {
  return taps(s.rows) * taps(s.cols) * (Sample<T>::is_complex ? 4 : 1);
}
template <class T>
double vectors_of_outputs(const Size& s) {
  return number(s.rows.outputs) * number(s.cols.outputs) * number(s.images * s.channels) /
         number(width<T>());
}

// Lengths that the passes transform well: 2^i, and 3, 5, 7, 9 and 15 times that.
std::size_t next_size(std::size_t n) {
  std::size_t best = 0;
  for (const std::size_t odd : {1, 3, 5, 7, 9, 15}) {
    std::size_t size = std::max<std::size_t>(odd, 2);
    while (size < n) size *= 2;
    if (best == 0 || size < best) best = size;
  }
  return best;
}

struct Tile {
  std::size_t rows, cols;
};

}  // namespace

template <class T>
double direct_ns(const Size& s) {
  const double per_vector = products<T>(s) * direct_product + direct_output;
  return call_ns + vectors_of_outputs<T>(s) * per_vector;
}

template <class T>
double separable_ns(const Size& s, std::size_t terms) {
  const double complex = Sample<T>::is_complex ? 4 : 1;
  const double per_vector = complex * number(s.rows.taps + s.cols.taps) * separable_product +
                            (Sample<T>::is_complex ? 2 : 1) * separable_output;
  return 2 * call_ns + vectors_of_outputs<T>(s) * per_vector * number(terms);
}

template <class T>
std::size_t most_terms(const Size& s, double ns) {
  const double one = separable_ns<T>(s, 1);
  return one < ns ? static_cast<std::size_t>(std::min(ns / one, 16.0)) : 0;
}

template <class T>
Blocks best_blocks(const Size& s) {
  constexpr bool is_complex = Sample<T>::is_complex;
  const std::size_t w = width<T>();
  const auto lanes = [&](double n) { return std::ceil(n / number(w)); };
  // One dimension cut into 1, 2, 3, ... parts.
  const auto part = [&](const Extent& e, std::size_t blocks, bool folded) {
    const std::size_t outputs = (e.outputs + blocks - 1) / blocks;
    const std::size_t least = blocks == 1 ? e.whole : outputs + e.taps - 1;
    const std::size_t size = folded ? 2 * next_size((least + 1) / 2) : next_size(least);
    // What is left of the size is for more outputs.
    const std::size_t most = blocks == 1 ? outputs : std::min(size - e.taps + 1, e.outputs);
    return Split{size, most, (e.outputs + most - 1) / most};
  };
  const auto cost = [&](const Split& r, const Split& c) {
    const double m = number(is_complex ? r.size : r.size / 2), n = number(c.size);
    const double channels = number(s.channels);
    const double in = std::min(number(c.outputs + s.cols.taps - 1), n) * channels;
    const double out = number(c.outputs) * channels;
    const double log_m = std::log2(m + 1), log_n = std::log2(n + 1);
    const double slots = lanes(m);
    const double columns = m * (sweep_ns * log_m + move_ns);  // W of them
    const double rows = slots * n * (2 * sweep_ns * log_n + 1.6);
    const double bytes = slots * n * channels * 2 * number(w) * sizeof(typename Sample<T>::Real);
    const double beyond = 1 + 0.25 * std::clamp(std::log2(bytes / 4e5), 0.0, 4.0);
    const double tile = tile_ns + beyond * ((lanes(in) + lanes(out)) * columns + channels * rows);
    const double kernel = lanes(number(s.cols.taps)) * columns + 0.7 * rows + tile_ns;
    return number(r.blocks * c.blocks * s.images) * tile + kernel;
  };
  Blocks best{};
  for (std::size_t i = 1; i <= s.rows.outputs; i += 1 + i / 4) {
    const Split r = part(s.rows, i, !is_complex);
    for (std::size_t j = 1; j <= s.cols.outputs; j += 1 + j / 4) {
      const Split c = part(s.cols, j, false);
      const double ns = call_ns + cost(r, c);
      if (best.ns == 0 || ns < best.ns) best = {r, c, ns};
      if (c.size < 2 * s.cols.taps + 16) break;
    }
    if (r.size < 2 * s.rows.taps + 16) break;
  }
  return best;
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
