// Lines reach the lanes by one of three ways: neighbours by plain vectors (through a copy if they
// are fewer than W), other contiguous lines by transposing tiles, the rest number by number. All
// take the lanes in the same (split) order, so any way in goes with any way out.
#include "engine/fft_lanes.hpp"

#include <algorithm>
#include <cstdlib>
#include <type_traits>

#include "engine/dispatch.hpp"
#include "engine/fft_cache.hpp"
#include "engine/fft_plan.hpp"
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

// The lines in the order of the lanes. Lanes without a line: null if lines are written, the last
// one again if they are read.
template <class T, class X>
struct LaneLines {
  using Scalar = std::conditional_t<std::is_const_v<X>, const T, T>;
  Scalar* lines[fft_max_width];

  explicit LaneLines(const LineGroup<X>& group) {
    const FftPasses<T>& p = passes<T>();
    const auto w = static_cast<std::size_t>(p.width);
    for (std::size_t i = 0; i < w; ++i) {
      const std::size_t line = p.column[i];
      X* const from = line < group.count   ? group.lines[line]
                      : std::is_const_v<X> ? group.lines[group.count - 1]
                                           : nullptr;
      lines[i] = reinterpret_cast<Scalar*>(from);
    }
  }
};

// Fewer than W neighbours, copied so that W can be read or written: lines[0][j step + i] from or to
// copy[j W + i].
template <class X>
bool few_neighbours(const LineGroup<X>& group, std::size_t w) {
  return group.count < w && group.neighbours(group.count);
}
template <class X>
void pack(const LineGroup<const X>& in, std::size_t n, std::size_t w, X* copy) {
  const X* x = in.lines[0];
  for (std::size_t j = 0; j < n; ++j, x += in.step, copy += w) {
    for (std::size_t i = 0; i < in.count; ++i) copy[i] = x[i];
    for (std::size_t i = in.count; i < w; ++i) copy[i] = X(0);
  }
}
template <class X>
void unpack(const X* copy, std::size_t n, std::size_t w, const LineGroup<X>& out) {
  X* y = out.lines[0];
  for (std::size_t j = 0; j < n; ++j, y += out.step, copy += w)
    for (std::size_t i = 0; i < out.count; ++i) y[i] = copy[i];
}

template <class T>
void read(const LineGroup<const std::complex<T>>& in, std::size_t n, T* rows) {
  const auto w = SideBySide<T>::width();
  if (in.neighbours(w))
    return lanes<T>().load(reinterpret_cast<const T*>(in.lines[0]), in.step, n, rows);
  if (few_neighbours(in, w)) {
    Scratch<std::complex<T>> copy(w * n);
    pack(in, n, w, copy.data());
    return lanes<T>().load(reinterpret_cast<const T*>(copy.data()), static_cast<std::ptrdiff_t>(w),
                           n, rows);
  }
  const LaneLines<T, const std::complex<T>> from(in);
  if (in.step == 1) return lanes<T>().gather(from.lines, n, rows);
  for (std::size_t j = 0; j < n; ++j, rows += 2 * w) {
    for (std::size_t i = 0; i < w; ++i) {
      const T* x = from.lines[i] + 2 * in.step * static_cast<std::ptrdiff_t>(j);
      rows[i] = x[0];
      rows[w + i] = x[1];
    }
  }
}

template <class T>
void write(const T* rows, const std::uint32_t* order, std::size_t n,
           const LineGroup<std::complex<T>>& out, T re_scale, T im_scale) {
  const auto w = SideBySide<T>::width();
  if (out.neighbours(w))
    return passes<T>().store(rows, order, n, reinterpret_cast<T*>(out.lines[0]), out.step, re_scale,
                             im_scale);
  if (few_neighbours(out, w)) {
    Scratch<std::complex<T>> copy(w * n);
    passes<T>().store(rows, order, n, reinterpret_cast<T*>(copy.data()),
                      static_cast<std::ptrdiff_t>(w), re_scale, im_scale);
    return unpack(copy.data(), n, w, out);
  }
  const LaneLines<T, std::complex<T>> to(out);
  if (out.step == 1) return lanes<T>().scatter(rows, order, n, to.lines, re_scale, im_scale);
  for (std::size_t k = 0; k < n; ++k) {
    const T* row = rows + 2 * w * (order ? order[k] : k);
    for (std::size_t i = 0; i < w; ++i) {
      if (!to.lines[i]) continue;
      T* y = to.lines[i] + 2 * out.step * static_cast<std::ptrdiff_t>(k);
      y[0] = row[i] * re_scale;
      y[1] = row[w + i] * im_scale;
    }
  }
}

// The first n_in numbers of lines of n. Even n: number 2j in the real part of row j, 2j + 1 in its
// imaginary part. Odd n: row j is number j.
template <class T>
void read_real(const LineGroup<const T>& in, std::size_t n, std::size_t n_in, T* rows) {
  const auto w = SideBySide<T>::width();
  const bool folded = n % 2 == 0;
  const std::size_t pairs = n_in / 2, row = 2 * w;
  if (folded) {
    std::fill(rows + row * pairs, rows + row * (n / 2), T(0));
  } else {
    std::fill(rows + row * n_in, rows + row * n, T(0));
  }
  const auto neighbours = [&](const T* x, std::ptrdiff_t step) {
    if (!folded) return lanes<T>().load_real(x, step, n_in, rows);
    lanes<T>().load_folded(x, step, pairs, rows);
    // A last number without a partner comes as a row of its own, whose imaginary parts are zero.
    if (n_in % 2)
      lanes<T>().load_real(x + step * static_cast<std::ptrdiff_t>(n_in - 1), step, 1,
                           rows + row * pairs);
  };
  if (in.neighbours(w)) return neighbours(in.lines[0], in.step);
  if (few_neighbours(in, w)) {
    Scratch<T> copy(w * n_in);
    pack(in, n_in, w, copy.data());
    return neighbours(copy.data(), static_cast<std::ptrdiff_t>(w));
  }
  const LaneLines<T, const T> from(in);
  if (in.step == 1) {
    if (!folded) return lanes<T>().gather_real(from.lines, n_in, rows);
    lanes<T>().gather(from.lines, pairs, rows);
    if (n_in % 2)
      for (std::size_t i = 0; i < w; ++i) rows[row * pairs + i] = from.lines[i][n_in - 1];
    return;
  }
  if (!folded) std::fill_n(rows, row * n_in, T(0));
  for (std::size_t j = 0; j < n_in; ++j, rows += folded ? w : row)
    for (std::size_t i = 0; i < w; ++i)
      rows[i] = from.lines[i][in.step * static_cast<std::ptrdiff_t>(j)];
}

template <class T>
void write_real(const T* rows, const std::uint32_t* order, std::size_t n, const LineGroup<T>& out,
                T re_scale, T im_scale) {
  const auto w = SideBySide<T>::width();
  const bool folded = n % 2 == 0;
  const auto neighbours = [&](T* y, std::ptrdiff_t step) {
    if (folded) return lanes<T>().store_folded(rows, order, n / 2, y, step, re_scale, im_scale);
    lanes<T>().store_real(rows, order, n, y, step, re_scale);
  };
  if (out.neighbours(w)) return neighbours(out.lines[0], out.step);
  if (few_neighbours(out, w)) {
    Scratch<T> copy(w * n);
    neighbours(copy.data(), static_cast<std::ptrdiff_t>(w));
    return unpack(copy.data(), n, w, out);
  }
  const LaneLines<T, T> to(out);
  if (out.step == 1) {
    if (folded) return lanes<T>().scatter(rows, order, n / 2, to.lines, re_scale, im_scale);
    return lanes<T>().scatter_real(rows, order, n, to.lines, re_scale);
  }
  for (std::size_t k = 0; k < n; ++k) {
    const bool imaginary = folded && k % 2;
    const T* row = rows + 2 * w * order[folded ? k / 2 : k] + (imaginary ? w : 0);
    const T scale = imaginary ? im_scale : re_scale;
    for (std::size_t i = 0; i < w; ++i)
      if (to.lines[i]) to.lines[i][out.step * static_cast<std::ptrdiff_t>(k)] = row[i] * scale;
  }
}

}  // namespace

template <class T>
std::size_t SideBySide<T>::width() {
  return static_cast<std::size_t>(passes<T>().width);
}

template <class T>
SideBySide<T>::SideBySide(std::size_t n) : stages_(n, false), reversed_(n) {
  for (std::size_t k = 0; k < n; ++k) reversed_[k] = stages_.order()[k ? n - k : 0];
}

template <class T>
std::size_t SideBySide<T>::bytes() const {
  return stages_.bytes() + reversed_.size() * sizeof(std::uint32_t);
}

template <class T>
void SideBySide<T>::c2c(const LineGroup<const C>& in, std::size_t n_in, const LineGroup<C>& out,
                        Direction direction, T scale) const {
  const std::size_t n = stages_.size(), w = width();
  const Columns<T>* const columns = stages_.columns();
  Scratch<T> rows(2 * w * n);
  if (columns && n_in == n && in.neighbours(w)) {
    const T sign = direction == Direction::forward ? T(1) : T(-1);
    const T* x = reinterpret_cast<const T*>(in.lines[0]);
    if (out.neighbours(w))
      return columns->run_through(passes<T>(), x, in.step, sign, rows.data(),
                                  reinterpret_cast<T*>(out.lines[0]), out.step, scale,
                                  sign * scale);
    columns->run_from(passes<T>(), x, in.step, sign, rows.data());
    return write(rows.data(), columns->order(), n, out, scale, sign * scale);
  }
  read(in, n_in, rows.data());
  std::fill(rows.data() + 2 * w * n_in, rows.data() + 2 * w * n, T(0));
  stages_.run(rows.data());
  // Backward: what the forward transform has at -k.
  const bool forward = direction == Direction::forward;
  write(rows.data(), forward ? stages_.order() : reversed_.data(), n, out, scale, scale);
}

// Where the rows that a pass takes at once fall into the same few sets of a cache, each should be
// touched once, by as many bytes as possible: steps of 4096 B gain 1.2 to 2.4 times from it (512^2
// to 4096^2), others lose up to 15% by the copy that it needs.
template <class T>
std::size_t SideBySide<T>::tile(std::ptrdiff_t in_step, std::ptrdiff_t out_step) const {
  constexpr std::size_t period = 4096;
  const Columns<T>* const columns = stages_.columns();
  if (!columns || size() < 256) return 1;
  const int first = columns->radices().front();
  const auto collide = [&](std::ptrdiff_t step) {
    const std::size_t bytes = static_cast<std::size_t>(std::abs(step)) * sizeof(C);
    return bytes % period == 0 ||
           (first >= 8 && bytes * (size() / static_cast<std::size_t>(first)) % period == 0);
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
  Scratch<T> rows(2 * w * pitch * groups);
  lanes<T>().load_tile(reinterpret_cast<const T*>(in), in_step, n, groups, pitch, rows.data(),
                       sign);
  for (std::size_t g = 0; g < groups; ++g)
    columns.run_but_last(passes<T>(), rows.data() + 2 * w * pitch * g);
  columns.run_last(passes<T>(), rows.data(), groups, pitch, reinterpret_cast<T*>(out), out_step,
                   scale, sign * scale);
}

template <class T>
RealSideBySide<T>::RealSideBySide(std::size_t n)
    : n_(n),
      stages_(n % 2 ? n : n / 2, n % 2 != 0),
      tw_(n % 2 ? Buffer<T>() : untangling_roots<T>(n)) {}

template <class T>
std::size_t RealSideBySide<T>::bytes() const {
  return stages_.bytes() + tw_.size() * sizeof(T);
}

template <class T>
bool RealSideBySide<T>::has_short() const {
  return n_ % 2 == 0 && n_ / 2 <= fft_max_short && kernels<FftShortTable<T>>().to_half[n_ / 2];
}

template <class T>
void RealSideBySide<T>::r2c_short(const T* in, std::ptrdiff_t in_apart, C* out,
                                  std::ptrdiff_t out_apart, std::size_t groups, Direction direction,
                                  T scale) const {
  const T sign = direction == Direction::forward ? T(1) : T(-1);
  kernels<FftShortTable<T>>().to_half[n_ / 2](in, in_apart, reinterpret_cast<T*>(out), out_apart,
                                              groups, tw_.data(), scale / 2, sign * scale / 2);
}

template <class T>
void RealSideBySide<T>::c2r_short(const C* in, std::ptrdiff_t in_apart, T* out,
                                  std::ptrdiff_t out_apart, std::size_t groups, Direction direction,
                                  T scale) const {
  const T sign = direction == Direction::backward ? T(1) : T(-1);
  kernels<FftShortTable<T>>().to_real[n_ / 2](reinterpret_cast<const T*>(in), in_apart, out,
                                              out_apart, groups, tw_.data(), sign, scale);
}

template <class T>
void RealSideBySide<T>::r2c(const LineGroup<const T>& in, std::size_t n_in, const LineGroup<C>& out,
                            Direction direction, T scale) const {
  const std::size_t w = SideBySide<T>::width(), half = n_ / 2 + 1;
  const T sign = direction == Direction::forward ? T(1) : T(-1);
  Scratch<T> rows(2 * w * stages_.size());
  read_real(in, n_, n_in, rows.data());
  if (n_ % 2) {
    stages_.run_real(rows.data());
    return write(rows.data(), stages_.order(), half, out, scale, sign * scale);
  }
  stages_.run(rows.data());
  Scratch<T> spectrum(2 * w * half);
  lanes<T>().untangle(rows.data(), stages_.order(), n_ / 2, tw_.data(), spectrum.data());
  write(spectrum.data(), nullptr, half, out, scale / 2, sign * scale / 2);
}

template <class T>
void RealSideBySide<T>::c2r(const LineGroup<const C>& in, std::size_t n_in, const LineGroup<T>& out,
                            Direction direction, T scale) const {
  const std::size_t w = SideBySide<T>::width(), half = n_ / 2 + 1;
  const T sign = direction == Direction::backward ? T(1) : T(-1);
  Scratch<T> spectrum(2 * w * half), rows(2 * w * stages_.size());
  read(in, n_in, spectrum.data());
  std::fill(spectrum.data() + 2 * w * n_in, spectrum.data() + 2 * w * half, T(0));
  // The rows become the conjugate of what is to be transformed backward, and so does the result.
  if (n_ % 2) {
    lanes<T>().mirror(spectrum.data(), n_, rows.data(), -sign);
    stages_.run_to_real(rows.data());
  } else {
    lanes<T>().tangle(spectrum.data(), n_ / 2, tw_.data(), rows.data(), sign);
    stages_.run(rows.data());
  }
  write_real(rows.data(), stages_.order(), n_, out, scale, -scale);
}

namespace {

// Rows at a time, so that they stay in the first-level cache.
constexpr std::size_t block_rows = 64;

// The lines of a block, in the order of the lanes.
template <class T, class X>
LaneLines<T, X> contiguous_lines(X* first, std::size_t pitch) {
  LineGroup<X> group;
  group.count = SideBySide<T>::width();
  for (std::size_t i = 0; i < group.count; ++i) group.lines[i] = first + i * pitch;
  return LaneLines<T, X>(group);
}

}  // namespace

template <class T, class X>
void to_contiguous(const LineGroup<const X>& from, std::size_t n, X* to, std::size_t pitch) {
  Scratch<T> rows(2 * SideBySide<T>::width() * block_rows);
  for (std::size_t j = 0; j < n; j += block_rows) {
    const std::size_t m = std::min(block_rows, n - j);
    const X* x = from.lines[0] + static_cast<std::ptrdiff_t>(j) * from.step;
    const auto lines = contiguous_lines<T, X>(to + j, pitch);
    if constexpr (std::is_same_v<T, X>) {
      lanes<T>().load_real(x, from.step, m, rows.data());
      lanes<T>().scatter_real(rows.data(), nullptr, m, lines.lines, T(1));
    } else {
      lanes<T>().load(reinterpret_cast<const T*>(x), from.step, m, rows.data());
      lanes<T>().scatter(rows.data(), nullptr, m, lines.lines, T(1), T(1));
    }
  }
}

template <class T, class X>
void from_contiguous(const X* from, std::size_t pitch, std::size_t n, const LineGroup<X>& to) {
  Scratch<T> rows(2 * SideBySide<T>::width() * block_rows);
  for (std::size_t j = 0; j < n; j += block_rows) {
    const std::size_t m = std::min(block_rows, n - j);
    X* y = to.lines[0] + static_cast<std::ptrdiff_t>(j) * to.step;
    const auto lines = contiguous_lines<T, const X>(from + j, pitch);
    if constexpr (std::is_same_v<T, X>) {
      lanes<T>().gather_real(lines.lines, m, rows.data());
      lanes<T>().store_real(rows.data(), nullptr, m, y, to.step, T(1));
    } else {
      lanes<T>().gather(lines.lines, m, rows.data());
      passes<T>().store(rows.data(), nullptr, m, reinterpret_cast<T*>(y), to.step, T(1), T(1));
    }
  }
}

namespace {

// Tables of plans that are kept, for each kind and precision: far more than lengths up to 8192
// need.
constexpr std::size_t cache_limit = std::size_t{8} << 20;

}  // namespace

template <class T>
std::shared_ptr<const SideBySide<T>> lanes_plan(std::size_t n) {
  static Cache<SideBySide<T>> cache(cache_limit, sizeof(T) == 4 ? "complex64" : "complex128");
  return cache.get(n);
}

template <class T>
std::shared_ptr<const RealSideBySide<T>> real_lanes_plan(std::size_t n) {
  static Cache<RealSideBySide<T>> cache(cache_limit, sizeof(T) == 4 ? "float32" : "float64");
  return cache.get(n);
}

template std::shared_ptr<const SideBySide<float>> lanes_plan(std::size_t);
template std::shared_ptr<const SideBySide<double>> lanes_plan(std::size_t);
template std::shared_ptr<const RealSideBySide<float>> real_lanes_plan(std::size_t);
template std::shared_ptr<const RealSideBySide<double>> real_lanes_plan(std::size_t);
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
template class RealSideBySide<float>;
template class RealSideBySide<double>;

}  // namespace flipshift::fft
