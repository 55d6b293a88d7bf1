// Lines reach the lanes by one of three ways: W neighbours by plain vectors, contiguous lines by
// transposing tiles, the rest number by number or through a copy as neighbours. All take the lanes
// in the same (split) order, so any way in goes with any way out.
#include "engine/fft_lanes.hpp"

#include <algorithm>
#include <cstdlib>

#include "engine/dispatch.hpp"
#include "engine/fft_cache.hpp"
#include "engine/fft_lane_lines.hpp"
#include "engine/scratch.hpp"

namespace flipshift::fft {

namespace {

template <class T>
const FftPasses<T>& passes() {
  return kernels<FftTable<T>>().passes[0];
}
template <class T>
const FftLanesTable<T>& lanes() {
  return kernels<FftLanesTable<T>>();
}

template <class T>
void read(const LineGroup<const std::complex<T>>& in, std::size_t n, T* rows) {
  if (in.step == 1)
    return lanes<T>().gather(LaneLines<T, const std::complex<T>>(in).lines, n, rows);
  reading<T>(in, n, [&](const std::complex<T>* x, std::ptrdiff_t step) {
    lanes<T>().load(reinterpret_cast<const T*>(x), step, n, rows);
  });
}

template <class T>
void write(const T* rows, const std::uint32_t* order, std::size_t n,
           const LineGroup<std::complex<T>>& out, T re_scale, T im_scale) {
  if (out.step == 1)
    return lanes<T>().scatter(rows, order, n, LaneLines<T, std::complex<T>>(out).lines, re_scale,
                              im_scale);
  writing<T>(out, n, [&](std::complex<T>* y, std::ptrdiff_t step) {
    passes<T>().store(rows, order, n, reinterpret_cast<T*>(y), step, re_scale, im_scale);
  });
}

}  // namespace

// Somewhat longer primes than for single lines: the definition at full width takes no longer than
// Bluestein's way up to these.
template <class T>
bool SideBySide<T>::possible(std::size_t n) {
  constexpr std::size_t longest_prime = 283;
  return Stages<T>::possible(n) || rough_part(n) <= longest_prime;
}

template <class T>
std::size_t SideBySide<T>::width() {
  return static_cast<std::size_t>(passes<T>().width);
}

template <class T>
SideBySide<T>::SideBySide(std::size_t n) : stages_(n), reversed_(n) {
  for (std::size_t k = 0; k < n; ++k) reversed_[k] = stages_.order()[k ? n - k : 0];
}

template <class T>
std::size_t SideBySide<T>::bytes() const {
  return stages_.bytes() + reversed_.size() * sizeof(std::uint32_t);
}

template <class T>
void SideBySide<T>::c2c(const LineGroup<const C>& in, std::size_t n_in, const LineGroup<C>& out,
                        Direction direction, T scale) const {
  if (is_scattered(in))
    return compacted<T>(in, n_in, [&](const LineGroup<const C>& lines) {
      c2c(lines, n_in, out, direction, scale);
    });
  const std::size_t n = stages_.size(), w = width();
  const Columns<T>* const columns = stages_.columns();
  Scratch<T> rows(2 * w * n);
  if (columns && n_in == n && in.step != 1 && in.neighbours(in.count)) {
    const T sign = direction == Direction::forward ? T(1) : T(-1);
    return reading<T>(in, n, [&](const C* from, std::ptrdiff_t in_step) {
      const T* const x = reinterpret_cast<const T*>(from);
      if (out.step == 1 || !out.neighbours(out.count)) {
        columns->run_from(passes<T>(), x, in_step, sign, rows.data());
        return write(rows.data(), columns->order(), n, out, scale, sign * scale);
      }
      writing<T>(out, n, [&](C* to, std::ptrdiff_t out_step) {
        columns->run_through(passes<T>(), x, in_step, sign, rows.data(), reinterpret_cast<T*>(to),
                             out_step, scale, sign * scale);
      });
    });
  }
  read(in, n_in, rows.data());
  std::fill(rows.data() + 2 * w * n_in, rows.data() + 2 * w * n, T(0));
  stages_.run(rows.data());
  // Backward: what the forward transform has at -k.
  const bool forward = direction == Direction::forward;
  write(rows.data(), forward ? stages_.order() : reversed_.data(), n, out, scale, scale);
}

template <class T>
bool SideBySide<T>::in_registers() const {
  return size() <= fft_max_radix && lanes<T>().neighbours[size()];
}

// Where the rows that a pass takes at once fall into the same few sets of a cache, each should be
// touched once, by as many bytes as possible: steps that are multiples of 1024 B gain 1.1 to 2.9
// times from it (8 to 4096 rows), others lose up to 15% by the copy that it needs.
template <class T>
std::size_t SideBySide<T>::tile(std::ptrdiff_t in_step, std::ptrdiff_t out_step) const {
  constexpr std::size_t period = 1024;
  const Columns<T>* const columns = stages_.columns();
  if (!columns) return 1;
  if (in_registers()) return register_groups;
  const int first = columns->radices().front();
  const auto collide = [&](std::ptrdiff_t step) {
    const std::size_t bytes = static_cast<std::size_t>(std::abs(step)) * sizeof(C);
    return bytes % period == 0 ||
           (first >= 8 && bytes * (size() / static_cast<std::size_t>(first)) % (4 * period) == 0);
  };
  return collide(in_step) || collide(out_step) ? 4 : 1;
}

template <class T>
void SideBySide<T>::c2c_tile(const C* in, std::ptrdiff_t in_step, C* out, std::ptrdiff_t out_step,
                             std::size_t groups, Direction direction, T scale) const {
  const Columns<T>& columns = *stages_.columns();
  const std::size_t n = columns.size(), w = width();
  // Rows between groups, that keep them off each other's cache sets.
  const std::size_t pitch = n + 9;
  const T sign = direction == Direction::forward ? T(1) : T(-1);
  if (in_registers())
    return lanes<T>().neighbours[n](reinterpret_cast<const T*>(in), in_step,
                                    reinterpret_cast<T*>(out), out_step, groups, sign, scale,
                                    sign * scale);
  Scratch<T> rows(2 * w * pitch * groups);
  lanes<T>().load_tile(reinterpret_cast<const T*>(in), in_step, n, groups, pitch, rows.data(),
                       sign);
  for (std::size_t g = 0; g < groups; ++g)
    columns.run_but_last(passes<T>(), rows.data() + 2 * w * pitch * g);
  columns.run_last(passes<T>(), rows.data(), groups, pitch, reinterpret_cast<T*>(out), out_step,
                   scale, sign * scale);
}

namespace {

// Rows at a time, so that they stay in the first-level cache.
constexpr std::size_t block_rows = 64;

// The lines of a block, in the order of the lanes.
template <class T, class X>
LaneLines<T, X> contiguous_lines(X* first, std::size_t pitch, std::size_t count) {
  LineGroup<X> group;
  group.count = count;
  for (std::size_t i = 0; i < group.count; ++i) group.lines[i] = first + i * pitch;
  return LaneLines<T, X>(group);
}

}  // namespace

template <class T, class X>
void to_contiguous(const LineGroup<const X>& from, std::size_t n, X* to, std::size_t pitch) {
  const std::size_t w = SideBySide<T>::width();
  const bool whole = from.count == w;
  Scratch<T> rows(2 * w * block_rows);
  Scratch<X> copy(whole ? 0 : w * block_rows);
  if (!whole) std::fill_n(copy.data(), w * block_rows, X(0));
  for (std::size_t j = 0; j < n; j += block_rows) {
    const std::size_t m = std::min(block_rows, n - j);
    const X* x = from.lines[0] + static_cast<std::ptrdiff_t>(j) * from.step;
    std::ptrdiff_t step = from.step;
    if (!whole) {
      const auto padded = static_cast<std::ptrdiff_t>(w);
      copy_rows<X>(x, step, m, from.count, copy.data(), padded);
      x = copy.data();
      step = padded;
    }
    const auto lines = contiguous_lines<T, X>(to + j, pitch, from.count);
    if constexpr (std::is_same_v<T, X>) {
      lanes<T>().load_real(x, step, m, rows.data());
      lanes<T>().scatter_real(rows.data(), m, lines.lines, T(1));
    } else {
      lanes<T>().load(reinterpret_cast<const T*>(x), step, m, rows.data());
      lanes<T>().scatter(rows.data(), nullptr, m, lines.lines, T(1), T(1));
    }
  }
}

template <class T, class X>
void from_contiguous(const X* from, std::size_t pitch, std::size_t n, const LineGroup<X>& to) {
  const std::size_t w = SideBySide<T>::width();
  const bool whole = to.count == w;
  Scratch<T> rows(2 * w * block_rows);
  Scratch<X> copy(whole ? 0 : w * block_rows);
  for (std::size_t j = 0; j < n; j += block_rows) {
    const std::size_t m = std::min(block_rows, n - j);
    X* const lines_at = to.lines[0] + static_cast<std::ptrdiff_t>(j) * to.step;
    X* const y = whole ? lines_at : copy.data();
    const std::ptrdiff_t step = whole ? to.step : static_cast<std::ptrdiff_t>(w);
    const auto lines = contiguous_lines<T, const X>(from + j, pitch, to.count);
    if constexpr (std::is_same_v<T, X>) {
      lanes<T>().gather_real(lines.lines, m, rows.data());
      lanes<T>().store_real(rows.data(), m, y, step, T(1));
    } else {
      lanes<T>().gather(lines.lines, m, rows.data());
      passes<T>().store(rows.data(), nullptr, m, reinterpret_cast<T*>(y), step, T(1), T(1));
    }
    if (!whole) copy_rows<X>(y, step, m, to.count, lines_at, to.step);
  }
}

namespace {

// Tables of plans that are kept, for each precision: far more than lengths up to 8192 need.
constexpr std::size_t cache_limit = std::size_t{8} << 20;

}  // namespace

template <class T>
std::shared_ptr<const SideBySide<T>> lanes_plan(std::size_t n) {
  static Cache<SideBySide<T>> cache(cache_limit, sizeof(T) == 4 ? "complex64" : "complex128");
  return cache.get(n);
}

template std::shared_ptr<const SideBySide<float>> lanes_plan(std::size_t);
template std::shared_ptr<const SideBySide<double>> lanes_plan(std::size_t);
#define FLIPSHIFT_INSTANTIATE(T, X)                                                        \
  template void to_contiguous<T>(const LineGroup<const X>&, std::size_t, X*, std::size_t); \
  template void from_contiguous<T>(const X*, std::size_t, std::size_t, const LineGroup<X>&);
FLIPSHIFT_INSTANTIATE(float, float)
FLIPSHIFT_INSTANTIATE(float, std::complex<float>)
FLIPSHIFT_INSTANTIATE(double, double)
FLIPSHIFT_INSTANTIATE(double, std::complex<double>)
#undef FLIPSHIFT_INSTANTIATE
template class SideBySide<float>;
template class SideBySide<double>;

}  // namespace flipshift::fft
