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

// In a program that does other things too, transforms lose more of their speed than the direct
// sum, and a fixed time for what they find cold (a loop of nothing else does not show it).
constexpr double margin = 1.05;
constexpr double cold_ns = 80;

// The cost of one length. Lengths between those of a row lie on straight lines; beyond it they grow
// as those of 3 2^k do, as far as the caches are what matters; lengths of no row take as long as
// those of 9 2^k (within 10 %), or 15% longer where a pass of 11 or 13 has 16 registers, or goes
// through memory (complex, of over 4 MB: 11 to 35%).
template <class T>
double of_length(const Costs::Lengths& costs, std::size_t size) {
  constexpr auto& rows = Costs::rows;
  const auto of_row = [&](std::size_t row, std::size_t at) {
    const auto [_, first, count] = rows[row];
    const auto quotient = static_cast<double>(at) / static_cast<double>(first);
    const std::size_t low =
        at < first ? 0 : static_cast<std::size_t>(std::bit_width(at / first)) - 1;
    const std::size_t i = std::min(low, count - 2);
    const double part = quotient / static_cast<double>(std::size_t{1} << i) - 1;
    const double* const times = costs[row] + i;
    return times[0] + std::max(part, 0.0) * (times[1] - times[0]);
  };
  constexpr std::size_t three = 1, several = 4;
  static_assert(rows[three].odd == 3 && rows[several].odd == 9);
  const std::size_t odd = size >> std::countr_zero(size);
  std::size_t row = 0;
  while (row < std::size(rows) && rows[row].odd != odd) ++row;
  double more = 1;
  if (row == std::size(rows)) {
    const bool few_registers = kernels<ConvolveTable<Scalar<T>>>().tile < 16;
    const bool far = is_complex<T> && size * sizeof(T) > std::size_t{4} << 20;
    if ((few_registers || far) && (odd % 11 == 0 || odd % 13 == 0)) more = 1.15;
    row = several;
  }
  const std::size_t last = rows[row].first << (rows[row].count - 1);
  if (row <= three || size <= last) return more * of_row(row, size);
  return more * of_row(row, last) * of_row(three, size) / of_row(three, last);
}

// A length >= n for which there is a fast transform (for real numbers, of half of it).
template <class T>
std::size_t smooth(std::size_t n) {
  return is_complex<T> ? fft::good_size(n) : 2 * fft::good_size((n + 1) / 2);
}

// The cheapest length of transforms for `n_out` outputs of each of `lines` signals.
template <class T>
struct Cheapest {
  std::size_t n_out, lines;
  Scheme best;

  // `filled` of the blocks reach beyond x.
  void consider(std::size_t size, std::size_t blocks, std::size_t filled) {
    const Costs& c = costs<T>();
    const double line = of_length<T>(c.block, size) * static_cast<double>(blocks) +
                        c.copied * static_cast<double>(n_out) +
                        c.filled * static_cast<double>(filled * size);
    const double ns =
        c.transforms + of_length<T>(c.kernel, size) + static_cast<double>(lines) * line;
    if (best.size == 0 || ns < best.ns) best = {best.way, size, blocks, ns};
  }
};

// Calls f with the shortest length >= least of each row of the table, and with the shortest smooth
// one: which of them is the cheapest is not to be told from their lengths.
template <class T, class F>
void for_lengths(std::size_t least, const F& f) {
  for (const auto [odd, first, _] : Costs::rows)
    f(std::max(odd * std::bit_ceil((least + odd - 1) / odd), first));
  f(smooth<T>(least));
}

}  // namespace

template <class T>
double block_ns(std::size_t size) {
  return of_length<T>(costs<T>().block, size) +
         costs<T>().copied * 0.75 * static_cast<double>(size);
}

template <class T>
double direct_ns(double products, double outputs) {
  const Costs& c = costs<T>();
  return c.call + outputs * c.output + products * (c.product + c.step / full_step<T>());
}

template <class T>
Scheme direct_sum(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const Costs& c = costs<T>();
  const DirectWork work = direct_work<T>(n, m, n_out, start);
  const double ns = c.call + static_cast<double>(n_out) * c.output +
                    static_cast<double>(m) * c.tap + work.products * c.product +
                    work.steps * c.step + work.overhang * c.overhang + work.ends * c.end +
                    work.triangles * c.triangle;
  return {Way::direct, 0, 0, ns};
}

template <class T>
Scheme whole(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
             std::size_t lines) {
  Cheapest<T> cheapest{n_out, lines, {Way::whole, 0, 0, 0}};
  for_lengths<T>(cyclic_length(n, m, n_out, start),
                 [&](std::size_t size) { cheapest.consider(size, 1, 1); });
  return cheapest.best;
}

template <class T>
Scheme overlap_save(std::size_t, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
                    std::size_t lines) {
  Cheapest<T> cheapest{n_out, lines, {Way::overlap_save, 0, 0, 0}};
  // The last block, and the first one if it begins before x.
  const std::size_t filled = start < static_cast<std::ptrdiff_t>(m) - 1 ? 2 : 1;
  const auto try_length = [&](std::size_t size) {
    const std::size_t blocks = (n_out + size - m) / (size - m + 1);
    cheapest.consider(size, blocks, std::min(filled, blocks));
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
  return cheapest.best;
}

namespace {

// Looking at all lengths takes a quarter of a microsecond; the same question often comes again.
template <auto answer>
Scheme remembered(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
                  std::size_t lines) {
  struct Answer {
    std::size_t n = 0, m, n_out;
    std::ptrdiff_t start;
    std::size_t lines;
    Scheme scheme;
  };
  thread_local Answer answers[8];
  Answer& known = answers[(n + 3 * m + 5 * n_out) % std::size(answers)];
  if (known.n != n || known.m != m || known.n_out != n_out || known.start != start ||
      known.lines != lines)
    known = {n, m, n_out, start, lines, answer(n, m, n_out, start, lines)};
  return known.scheme;
}

template <class T>
Scheme best_transforms(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
                       std::size_t lines) {
  const Scheme one = whole<T>(n, m, n_out, start, lines);
  if (n_out <= m) return one;  // two blocks are more than one
  const Scheme many = overlap_save<T>(n, m, n_out, start, lines);
  return many.ns < one.ns ? many : one;
}

template <class T>
Scheme fastest_of_all(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
                      std::size_t) {
  const Scheme direct = direct_sum<T>(n, m, n_out, start);
  if (m <= short_kernel || n_out <= short_result) return direct;
  // Even transforms of just the outputs would take longer, 2^10 samples being a cheap length.
  const Costs& c = costs<T>();
  constexpr std::size_t cheap = 1024;
  const double sample = c.block[0][5] / static_cast<double>(cheap);
  static_assert(Costs::rows[0].odd * Costs::rows[0].first << 5 == cheap);
  if (direct.ns < c.transforms + sample / 2 * static_cast<double>(n_out)) return direct;
  const Scheme fft = best_transforms<T>(n, m, n_out, start, 1);
  const double ns = c.transforms + margin * (fft.ns - c.transforms) + cold_ns;
  return ns < direct.ns ? fft : direct;
}

}  // namespace

template <class T>
Scheme by_transforms(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
                     std::size_t lines) {
  return remembered<best_transforms<T>>(n, m, n_out, start, lines);
}

template <class T>
Scheme fastest(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  return remembered<fastest_of_all<T>>(n, m, n_out, start, 1);
}

#define FLIPSHIFT_INSTANTIATE_WAY(T, way, ...)                  \
  template Scheme way<T>(std::size_t, std::size_t, std::size_t, \
                         std::ptrdiff_t __VA_OPT__(, ) __VA_ARGS__);
#define FLIPSHIFT_INSTANTIATE(T)                           \
  template double block_ns<T>(std::size_t);                \
  template double direct_ns<T>(double, double);            \
  FLIPSHIFT_INSTANTIATE_WAY(T, direct_sum)                 \
  FLIPSHIFT_INSTANTIATE_WAY(T, overlap_save, std::size_t)  \
  FLIPSHIFT_INSTANTIATE_WAY(T, whole, std::size_t)         \
  FLIPSHIFT_INSTANTIATE_WAY(T, by_transforms, std::size_t) \
  FLIPSHIFT_INSTANTIATE_WAY(T, fastest)
FLIPSHIFT_FOR_FLOATS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE
#undef FLIPSHIFT_INSTANTIATE_WAY

}  // namespace flipshift::convolve
