// Lines reach the lanes by one of three ways: neighbours by plain vectors, other contiguous lines
// by transposing tiles, the rest number by number. All take the lanes in the same (split) order, so
// any way in goes with any way out.
#include "engine/fft_lanes.hpp"

#include <algorithm>
#include <type_traits>

#include "engine/dispatch.hpp"
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
    for (std::size_t i = 0; i < SideBySide<T>::width(); ++i) {
      const std::size_t line = passes<T>().column[i];
      X* const from = line < group.count   ? group.lines[line]
                      : std::is_const_v<X> ? group.lines[group.count - 1]
                                           : nullptr;
      lines[i] = reinterpret_cast<Scalar*>(from);
    }
  }
};

template <class T>
void read(const LineGroup<const std::complex<T>>& in, std::size_t n, T* rows) {
  const auto w = SideBySide<T>::width();
  if (in.neighbours(w))
    return lanes<T>().load(reinterpret_cast<const T*>(in.lines[0]), in.step, n, rows);
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

// Even n: number 2j in the real part of row j, 2j + 1 in its imaginary part. Odd n: row j is number
// j.
template <class T>
void read_real(const LineGroup<const T>& in, std::size_t n, T* rows) {
  const auto w = SideBySide<T>::width();
  const bool folded = n % 2 == 0;
  if (in.neighbours(w)) {
    if (folded) return lanes<T>().load_folded(in.lines[0], in.step, n / 2, rows);
    return lanes<T>().load_real(in.lines[0], in.step, n, rows);
  }
  const LaneLines<T, const T> from(in);
  if (in.step == 1) {
    if (folded) return lanes<T>().gather(from.lines, n / 2, rows);
    return lanes<T>().gather_real(from.lines, n, rows);
  }
  if (!folded) std::fill_n(rows, 2 * w * n, T(0));
  for (std::size_t j = 0; j < n; ++j, rows += folded ? w : 2 * w)
    for (std::size_t i = 0; i < w; ++i)
      rows[i] = from.lines[i][in.step * static_cast<std::ptrdiff_t>(j)];
}

template <class T>
void write_real(const T* rows, const std::uint32_t* order, std::size_t n, const LineGroup<T>& out,
                T re_scale, T im_scale) {
  const auto w = SideBySide<T>::width();
  const bool folded = n % 2 == 0;
  if (out.neighbours(w)) {
    if (folded)
      return lanes<T>().store_folded(rows, order, n / 2, out.lines[0], out.step, re_scale,
                                     im_scale);
    return lanes<T>().store_real(rows, order, n, out.lines[0], out.step, re_scale);
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
void SideBySide<T>::c2c(const LineGroup<const C>& in, const LineGroup<C>& out, Direction direction,
                        T scale) const {
  const std::size_t n = columns_.size(), w = width();
  Scratch<T> rows(2 * w * n);
  if (in.neighbours(w)) {
    const T sign = direction == Direction::forward ? T(1) : T(-1);
    const T* x = reinterpret_cast<const T*>(in.lines[0]);
    if (out.neighbours(w))
      return columns_.run_through(passes<T>(), x, in.step, sign, rows.data(),
                                  reinterpret_cast<T*>(out.lines[0]), out.step, scale,
                                  sign * scale);
    columns_.run_from(passes<T>(), x, in.step, sign, rows.data());
    return write(rows.data(), columns_.order(), n, out, scale, sign * scale);
  }
  read(in, n, rows.data());
  columns_.run(passes<T>(), rows.data());
  if (direction == Direction::forward)
    return write(rows.data(), columns_.order(), n, out, scale, scale);
  // Backward: what the forward transform has at -k.
  Scratch<std::uint32_t> reversed(n);
  for (std::size_t k = 0; k < n; ++k) reversed[k] = columns_.order()[k ? n - k : 0];
  write(rows.data(), reversed.data(), n, out, scale, scale);
}

template <class T>
RealSideBySide<T>::RealSideBySide(std::size_t n)
    : n_(n), columns_(n % 2 ? n : n / 2), tw_(n % 2 ? Buffer<T>() : untangling_roots<T>(n)) {}

template <class T>
void RealSideBySide<T>::r2c(const LineGroup<const T>& in, const LineGroup<C>& out,
                            Direction direction, T scale) const {
  const std::size_t w = SideBySide<T>::width(), half = n_ / 2 + 1;
  const T sign = direction == Direction::forward ? T(1) : T(-1);
  Scratch<T> rows(2 * w * columns_.size());
  read_real(in, n_, rows.data());
  columns_.run(passes<T>(), rows.data());
  if (n_ % 2) return write(rows.data(), columns_.order(), half, out, scale, sign * scale);
  Scratch<T> spectrum(2 * w * half);
  lanes<T>().untangle(rows.data(), columns_.order(), n_ / 2, tw_.data(), spectrum.data());
  write(spectrum.data(), nullptr, half, out, scale / 2, sign * scale / 2);
}

template <class T>
void RealSideBySide<T>::c2r(const LineGroup<const C>& in, const LineGroup<T>& out,
                            Direction direction, T scale) const {
  const std::size_t w = SideBySide<T>::width(), half = n_ / 2 + 1;
  const T sign = direction == Direction::backward ? T(1) : T(-1);
  Scratch<T> spectrum(2 * w * half), rows(2 * w * columns_.size());
  read(in, half, spectrum.data());
  // The rows become the conjugate of what is to be transformed backward, and so does the result.
  if (n_ % 2) {
    lanes<T>().mirror(spectrum.data(), n_, rows.data(), -sign);
  } else {
    lanes<T>().tangle(spectrum.data(), n_ / 2, tw_.data(), rows.data(), sign);
  }
  columns_.run(passes<T>(), rows.data());
  write_real(rows.data(), columns_.order(), n_, out, scale, -scale);
}

template class SideBySide<float>;
template class SideBySide<double>;
template class RealSideBySide<float>;
template class RealSideBySide<double>;

}  // namespace flipshift::fft
