#include "engine/convolve_cost.hpp"

#include <algorithm>
#include <bit>
#include <complex>
#include <iterator>
#include <type_traits>

#include "engine/convolve_cost_tables.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/convolve_samples.hpp"
#include "engine/dispatch.hpp"
#include "kernels/convolve.hpp"

namespace flipshift::convolve {

namespace {

template <class T>
const Costs& costs() {
  const CostTable& table = cost_table();
  if constexpr (std::is_same_v<T, float>) return table.float32;
  if constexpr (std::is_same_v<T, double>) return table.float64;
  if constexpr (std::is_same_v<T, std::complex<float>>) return table.complex64;
  if constexpr (std::is_same_v<T, std::complex<double>>) return table.complex128;
}

// Shorter kernels and outputs are never worth a transform.
constexpr std::size_t short_kernel = 16;

// Direct sums of more products are not looked at tile by tile.
constexpr double tiles_matter = 1e6;

// One block without the copying of its outputs. Lengths between those of a row lie on straight
// lines; beyond it they grow as those of 3 2^k do, as far as the caches are what matters; lengths
// of no row take as long as those of 9 2^k (within 10 %), or 15% longer where a pass of 11 or 13
// has 16 registers.
template <class T>
double bare_block_ns(std::size_t size) {
  const Costs& c = costs<T>();
  const auto of_row = [&](std::size_t row, std::size_t at) {
    const auto [_, first, count] = c.rows[row];
    const auto quotient = static_cast<double>(at) / static_cast<double>(first);
    const std::size_t low =
        at < first ? 0 : static_cast<std::size_t>(std::bit_width(at / first)) - 1;
    const std::size_t i = std::min(low, count - 2);
    const double part = quotient / static_cast<double>(std::size_t{1} << i) - 1;
    const double* const times = c.blocks[row] + i;
    return times[0] + std::max(part, 0.0) * (times[1] - times[0]);
  };
  constexpr std::size_t three = 1, several = 4;
  static_assert(Costs::rows[three].odd == 3 && Costs::rows[several].odd == 9);
  const std::size_t odd = size >> std::countr_zero(size);
  std::size_t row = 0;
  while (row < std::size(c.rows) && c.rows[row].odd != odd) ++row;
  double more = 1;
  if (row == std::size(c.rows)) {
    const bool few_registers = kernels<ConvolveTable<Scalar<T>>>().tile < 16;
    if (few_registers && (odd % 11 == 0 || odd % 13 == 0)) more = 1.15;
    row = several;
  }
  const std::size_t last = c.rows[row].first << (c.rows[row].count - 1);
  if (row <= three || size <= last) return more * of_row(row, size);
  return more * of_row(row, last) * of_row(three, size) / of_row(three, last);
}

template <class T>
double ns_of_blocks(std::size_t size, std::size_t blocks, std::size_t n_out) {
  const Costs& c = costs<T>();
  return c.transforms + bare_block_ns<T>(size) * (static_cast<double>(blocks) + c.kernel) +
         c.copied * static_cast<double>(n_out);
}

// A length >= n for which there is a fast transform (for real numbers, of half of it).
template <class T>
std::size_t smooth(std::size_t n) {
  return is_complex<T> ? fft::good_size(n) : 2 * fft::good_size((n + 1) / 2);
}

template <class T>
void consider(Scheme& best, Way way, std::size_t size, std::size_t blocks, std::size_t n_out) {
  const double ns = ns_of_blocks<T>(size, blocks, n_out);
  if (best.size == 0 || ns < best.ns) best = {way, size, blocks, ns};
}

// Calls f with the shortest length >= least of each row of the table, and with the shortest smooth
// one: which of them is the cheapest is not to be told from their lengths.
template <class T, class F>
void for_lengths(std::size_t least, const F& f) {
  for (const auto [odd, first, _] : Costs::rows)
    f(std::max(odd * std::bit_ceil((least + odd - 1) / odd), first));
  f(smooth<T>(least));
}

}  // namespace

double products(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  // Outputs before position p of the full convolution have cumulative(p) products.
  const double long_side = static_cast<double>(std::max(n, m));
  const double short_side = static_cast<double>(std::min(n, m));
  const double full = long_side + short_side - 1;
  const auto cumulative = [&](double p) {
    p = std::clamp(p, 0.0, full);
    const double rising = std::min(p, short_side);
    const double falling = std::max(p - long_side, 0.0);
    const double level = p - rising - falling;
    return rising * (rising + 1) / 2 + level * short_side +
           falling * (2 * short_side - falling - 1) / 2;
  };
  const auto from = static_cast<double>(start);
  return cumulative(from + static_cast<double>(n_out)) - cumulative(from);
}

template <class T>
double block_ns(std::size_t size) {
  return bare_block_ns<T>(size) + costs<T>().copied * 0.75 * static_cast<double>(size);
}

template <class T>
double direct_ns(double products, double outputs) {
  const Costs& c = costs<T>();
  return c.call + products * c.product + outputs * c.output;
}

namespace {

// What the tiles of the direct kernels make of a sum.
template <class T>
class Tiles {
 public:
  // `products` at full speed, and what is lost at the ends of x.
  struct Work {
    double products, edges_ns;
  };
  Work work(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) const {
    const auto s = [](std::size_t v) { return static_cast<std::ptrdiff_t>(v); };
    const std::ptrdiff_t end = start + s(n_out);
    const auto clip = [&](std::ptrdiff_t v) { return std::clamp(v, start, end); };
    // Outputs over the start of x, within, over its end.
    const std::ptrdiff_t begin = clip(0), full = clip(s(m) - 1), level = clip(s(n));
    const std::ptrdiff_t stop = clip(s(n + m) - 1);
    if (begin == full && level == stop) return {rectangle(level - full, s(m)), 0};
    if ((n + 2 * m) * sizeof(T) <= convolve_padded_bytes) return {rectangle(stop - begin, s(m)), 0};
    Work work{full < level ? rectangle(level - full, s(m)) : 0, 0};
    add_end(work, full - begin, begin + 1);
    add_end(work, stop - level, s(n + m) - stop);
    return work;
  }

 private:
  using S = Scalar<T>;
  static constexpr std::size_t parts = sizeof(T) / sizeof(S);

  // Small tiles wait for their loads: a single vector takes as long as four of the largest.
  static double at_full_speed(std::size_t vectors) {
    const auto v = static_cast<double>(vectors);
    return std::max(v, 3.2 + 0.55 * v);
  }
  double rectangle(std::ptrdiff_t outputs, std::ptrdiff_t taps) const {
    const std::size_t numbers = static_cast<std::size_t>(outputs) * parts;
    std::size_t tile = 1;
    for (const std::size_t t : {std::size_t{2}, std::size_t{4}, most_ / 2, most_})
      if (numbers >= t * lanes_ && t > tile) tile = t;
    const std::size_t rest = numbers % (tile * lanes_);
    double vectors = static_cast<double>(numbers / (tile * lanes_)) * at_full_speed(tile);
    if (rest > 0)
      vectors += at_full_speed(tile >= 4 && rest <= tile / 2 * lanes_ ? tile / 2 : tile);
    return vectors * static_cast<double>(lanes_ / parts) * static_cast<double>(taps);
  }
  // `side` outputs over an end of x: all at once if a block takes them, else the taps that their
  // windows have in common and a triangle.
  void add_end(Work& work, std::ptrdiff_t side, std::ptrdiff_t common) const {
    if (side <= 0) return;
    if (side <= block_ && common <= block_) {
      work.products += rectangle(side, side + common);
    } else {
      work.products += rectangle(side, common) + triangle(side);
      work.edges_ns += 75;  // measured on Zen 5, 2026-11
    }
  }
  // As many outputs as taps, halved down to blocks.
  double triangle(std::ptrdiff_t side) const {
    if (side <= block_) return rectangle(side, side);
    const std::ptrdiff_t half = (side + block_ - 1) / block_ / 2 * block_;
    return triangle(half) + triangle(side - half) + rectangle(side - half, half);
  }

  const std::size_t lanes_ = kernels<ConvolveTable<S>>().lanes;
  const std::size_t most_ = kernels<ConvolveTable<S>>().tile;
  // Outputs that the kernel makes at once over an end of x.
  const std::ptrdiff_t block_ = static_cast<std::ptrdiff_t>(4 * lanes_ / parts);
};

}  // namespace

template <class T>
DirectWork direct_work(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const double exact = products(n, m, n_out, start);
  if (exact < tiles_matter) {
    const auto work = Tiles<T>().work(n, m, n_out, start);
    return {work.products, 0, work.edges_ns};
  }
  const auto reach = static_cast<std::ptrdiff_t>(m) - 1;
  const auto end = start + static_cast<std::ptrdiff_t>(n_out);
  const std::ptrdiff_t beyond =
      std::clamp<std::ptrdiff_t>(reach - start, 0, reach) +
      std::clamp<std::ptrdiff_t>(end - static_cast<std::ptrdiff_t>(n), 0, reach);
  return {exact, static_cast<double>(beyond), 0};
}

template <class T>
Scheme direct_sum(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const Costs& c = costs<T>();
  const DirectWork work = direct_work<T>(n, m, n_out, start);
  const double ns = direct_ns<T>(work.products, static_cast<double>(n_out)) + work.edges_ns +
                    work.beyond * c.beyond + static_cast<double>(m) * c.tap;
  return {Way::direct, 0, 0, ns};
}

template <class T>
Scheme whole(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  Scheme best{};
  for_lengths<T>(cyclic_length(n, m, n_out, start),
                 [&](std::size_t size) { consider<T>(best, Way::whole, size, 1, n_out); });
  return best;
}

template <class T>
Scheme overlap_save(std::size_t, std::size_t m, std::size_t n_out, std::ptrdiff_t) {
  Scheme best{};
  const auto try_length = [&](std::size_t size) {
    consider<T>(best, Way::overlap_save, size, (n_out + size - m) / (size - m + 1), n_out);
  };
  // A few equal blocks, or as many as it takes of lengths 2^k and 3 2^k; of long ones, where powers
  // of two are hard on the caches, of those between too.
  constexpr std::size_t between = 8192;
  for (const std::size_t count : {2, 3})
    for_lengths<T>(m - 1 + (n_out + count - 1) / count, try_length);
  const std::size_t most = 64 * std::bit_ceil(std::max<std::size_t>(m, 256));
  for (std::size_t power = std::bit_ceil(std::max<std::size_t>(m + m / 8, 32)); power <= most;
       power *= 2) {
    try_length(power);
    if (power / 4 * 3 >= std::max<std::size_t>(m + m / 8, 48)) try_length(power / 4 * 3);
    if (power >= between && power / 2 > m)
      for (const std::size_t odd : {9, 10, 14, 15}) try_length(power / 16 * odd);
    if (power >= m - 1 + n_out) break;
  }
  return best;
}

namespace {

// Looking at all lengths takes a quarter of a microsecond; the same question often comes again.
template <auto answer>
Scheme remembered(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  struct Answer {
    std::size_t n = 0, m, n_out;
    std::ptrdiff_t start;
    Scheme scheme;
  };
  thread_local Answer answers[8];
  Answer& known = answers[(n + 3 * m + 5 * n_out) % std::size(answers)];
  if (known.n != n || known.m != m || known.n_out != n_out || known.start != start)
    known = {n, m, n_out, start, answer(n, m, n_out, start)};
  return known.scheme;
}

template <class T>
Scheme best_transforms(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const Scheme one = whole<T>(n, m, n_out, start);
  if (n_out <= m) return one;  // two blocks are more than one
  const Scheme many = overlap_save<T>(n, m, n_out, start);
  return many.ns < one.ns ? many : one;
}

template <class T>
Scheme fastest_of_all(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const Scheme direct = direct_sum<T>(n, m, n_out, start);
  if (m <= short_kernel || n_out <= short_kernel) return direct;
  // Even transforms of just the outputs would take longer, 2^10 samples being a cheap length.
  const Costs& c = costs<T>();
  constexpr std::size_t cheap = 1024;
  const double sample = c.blocks[0][5] / static_cast<double>(cheap);
  static_assert(Costs::rows[0].odd * Costs::rows[0].first << 5 == cheap);
  if (direct.ns < c.transforms + sample / 2 * static_cast<double>(n_out)) return direct;
  const Scheme fft = best_transforms<T>(n, m, n_out, start);
  // In a program that does other things too, transforms lose more of their speed than the direct
  // sum.
  constexpr double margin = 1.05;
  const double ns = c.transforms + margin * (fft.ns - c.transforms);
  return ns < direct.ns ? fft : direct;
}

}  // namespace

template <class T>
Scheme by_transforms(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  return remembered<best_transforms<T>>(n, m, n_out, start);
}

template <class T>
Scheme fastest(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  return remembered<fastest_of_all<T>>(n, m, n_out, start);
}

#define FLIPSHIFT_INSTANTIATE_WAY(T, way) \
  template Scheme way<T>(std::size_t, std::size_t, std::size_t, std::ptrdiff_t);
#define FLIPSHIFT_INSTANTIATE(T)                                                             \
  template DirectWork direct_work<T>(std::size_t, std::size_t, std::size_t, std::ptrdiff_t); \
  template double block_ns<T>(std::size_t);                                                  \
  template double direct_ns<T>(double, double);                                              \
  FLIPSHIFT_INSTANTIATE_WAY(T, direct_sum)                                                   \
  FLIPSHIFT_INSTANTIATE_WAY(T, overlap_save)                                                 \
  FLIPSHIFT_INSTANTIATE_WAY(T, whole)                                                        \
  FLIPSHIFT_INSTANTIATE_WAY(T, by_transforms)                                                \
  FLIPSHIFT_INSTANTIATE_WAY(T, fastest)
FLIPSHIFT_FOR_FLOATS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE
#undef FLIPSHIFT_INSTANTIATE_WAY

}  // namespace flipshift::convolve
