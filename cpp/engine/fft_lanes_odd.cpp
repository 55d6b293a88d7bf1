#include "engine/fft_lanes_odd.hpp"

#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/fft_lane_lines.hpp"
#include "engine/scratch.hpp"

namespace flipshift::fft {

namespace {

template <class T>
const FftOddTable<T>& odd() {
  return kernels<FftOddTable<T>>();
}

template <class T>
const FftLanesTable<T>& lanes() {
  return kernels<FftLanesTable<T>>();
}

// The largest prime factor goes first: real numbers pay half of what it costs complex ones.
std::size_t next_radix(std::size_t n) {
  if (const std::size_t rough = largest_rough_prime(n); rough > 1) return rough;
  for (std::size_t p : {13, 11, 7, 5})
    if (n % p == 0) return p;
  return 3;
}

}  // namespace

template <class T>
OddSideBySide<T>::Step::Step(std::size_t radix, std::size_t length, std::size_t row)
    : r(radix), m(length / radix), first(row), columns(m, Order::lines), tw(2 * m * blocks()) {
  const Roots all(length);
  T* w = tw.data();
  for (std::size_t j = 0; j < m; ++j) {
    for (std::size_t k = 1; k <= blocks(); ++k) {
      const Root z = all[j * k];
      *w++ = static_cast<T>(z.re);
      *w++ = static_cast<T>(z.im);
    }
  }
  if (r <= fft_max_radix) return;
  const Roots of_radix(r);
  roots = Buffer<T>(2 * blocks() * blocks());
  w = roots.data();
  for (std::size_t k = 1; k <= blocks(); ++k) {
    for (std::size_t j = 1; j <= blocks(); ++j) {
      const Root z = of_radix[j * k % r];
      *w++ = static_cast<T>(z.re);
      *w++ = static_cast<T>(-z.im);
    }
  }
}

template <class T>
OddSideBySide<T>::OddSideBySide(std::size_t n) : n_(n), place_(n / 2 + 1), place_back_(n / 2 + 1) {
  std::size_t row = 1;
  for (std::size_t length = n; length > 1;) {
    const Step& s = steps_.emplace_back(next_radix(length), length, row);
    row += s.blocks() * s.m;
    length = s.m;
  }
  place_[0] = place_back_[0] = 0;
  for (std::size_t k = 1; k <= n / 2; ++k) {
    std::size_t f = k;
    auto s = steps_.begin();
    for (; f % s->r == 0; ++s) f /= s->r;
    const bool mirrored = f % s->r > s->blocks();
    if (mirrored) f = s->r * s->m - f;
    const std::size_t block = s->first + (f % s->r - 1) * s->m, q = f / s->r;
    const std::uint32_t flag = mirrored ? fft_mirrored : 0;
    place_[k] = static_cast<std::uint32_t>(block + s->columns.order()[q]) | flag;
    place_back_[k] = static_cast<std::uint32_t>(block + q) | flag;
  }
}

template <class T>
std::size_t OddSideBySide<T>::bytes() const {
  std::size_t total = 2 * place_.size() * sizeof(std::uint32_t);
  for (const Step& s : steps_)
    total += s.columns.bytes() + (s.tw.size() + s.roots.size()) * sizeof(T);
  return total;
}

template <class T>
std::string OddSideBySide<T>::describe() const {
  return ' ' + std::to_string(steps_[0].r) + steps_[0].columns.describe();
}

template <class T>
void OddSideBySide<T>::split(const Step& s, const T* x, std::ptrdiff_t stride, bool neighbours,
                             T* real, T* rows) const {
  const std::size_t w = SideBySide<T>::width();
  T* const to = rows + 2 * w * s.first;
  if (s.r <= fft_max_radix) {
    const auto& kernel = neighbours ? odd<T>().split_neighbours : odd<T>().split;
    return kernel[s.r](x, stride, s.m, real, to, s.tw.data());
  }
  if (neighbours) lanes<T>().load_real(x, stride, s.r * s.m, real);
  Scratch<T> work(w * s.r);
  odd<T>().split_any(real, s.m, s.r, s.roots.data(), to, s.tw.data(), work.data());
}

template <class T>
void OddSideBySide<T>::transform_blocks(const Step& s, T* rows) const {
  const FftPasses<T>& passes = kernels<FftTable<T>>().passes[0];
  const std::size_t row = 2 * SideBySide<T>::width();
  if (s.m == 1) return;
  for (std::size_t b = 0; b < s.blocks(); ++b)
    s.columns.run(passes, rows + row * (s.first + b * s.m));
}

template <class T>
void OddSideBySide<T>::r2c(const LineGroup<const T>& in, std::size_t n_in, const LineGroup<C>& out,
                           T scale, T sign) const {
  const std::size_t w = SideBySide<T>::width(), half = n_ / 2 + 1;
  Scratch<T> real(w * n_), rows(2 * w * half);
  const auto row_step = static_cast<std::ptrdiff_t>(w);
  if (in.step == 1 || n_in < n_) {
    std::fill(real.data() + w * n_in, real.data() + w * n_, T(0));
    if (in.step == 1) {
      lanes<T>().gather_real(LaneLines<T, const T>(in).lines, n_in, real.data());
    } else {
      reading<T>(in, n_in, [&](const T* x, std::ptrdiff_t step) {
        lanes<T>().load_real(x, step, n_in, real.data());
      });
    }
    split(steps_[0], real.data(), row_step, false, real.data(), rows.data());
  } else {
    reading<T>(in, n_in, [&](const T* x, std::ptrdiff_t step) {
      split(steps_[0], x, step, true, real.data(), rows.data());
    });
  }
  for (std::size_t i = 1; i < steps_.size(); ++i)
    split(steps_[i], real.data(), row_step, false, real.data(), rows.data());
  for (const Step& s : steps_) transform_blocks(s, rows.data());
  std::copy_n(real.data(), w, rows.data());
  std::fill_n(rows.data() + w, w, T(0));

  if (out.step == 1)
    return odd<T>().scatter(rows.data(), place_.data(), half, LaneLines<T, C>(out).lines, scale,
                            sign * scale);
  writing<T>(out, half, [&](C* y, std::ptrdiff_t step) {
    odd<T>().store(rows.data(), place_.data(), half, reinterpret_cast<T*>(y), step, scale,
                   sign * scale);
  });
}

template <class T>
void OddSideBySide<T>::c2r(const LineGroup<const C>& in, std::size_t n_in, const LineGroup<T>& out,
                           T scale, T sign) const {
  const std::size_t w = SideBySide<T>::width(), half = n_ / 2 + 1;
  Scratch<T> real(w * n_), rows(2 * w * half);
  const auto row_step = static_cast<std::ptrdiff_t>(w);
  if (n_in < half) std::fill_n(rows.data(), 2 * w * half, T(0));
  // The conjugate of what is transformed backward.
  if (in.step == 1) {
    odd<T>().gather(LaneLines<T, const C>(in).lines, place_back_.data(), n_in, rows.data(), -sign);
  } else {
    reading<T>(in, n_in, [&](const C* x, std::ptrdiff_t step) {
      odd<T>().load(reinterpret_cast<const T*>(x), step, place_back_.data(), n_in, rows.data(),
                    -sign);
    });
  }
  std::copy_n(rows.data(), w, real.data());
  for (const Step& s : steps_) transform_blocks(s, rows.data());

  const auto join = [&](const Step& s, T* y, std::ptrdiff_t step, bool neighbours, T factor) {
    const T* const from = rows.data() + 2 * w * s.first;
    const std::uint32_t* const order = s.columns.order();
    if (s.r <= fft_max_radix) {
      const auto& kernel = neighbours ? odd<T>().join_neighbours : odd<T>().join;
      return kernel[s.r](real.data(), from, order, s.m, s.tw.data(), y, step, factor);
    }
    Scratch<T> work(w * s.r);
    odd<T>().join_any(real.data(), from, order, s.m, s.r, s.roots.data(), s.tw.data(), work.data());
    if (neighbours) lanes<T>().store_real(real.data(), s.r * s.m, y, step, factor);
  };
  for (std::size_t i = steps_.size(); i-- > 1;) join(steps_[i], real.data(), row_step, false, T(1));
  if (out.step == 1) {
    join(steps_[0], real.data(), row_step, false, T(1));
    return lanes<T>().scatter_real(real.data(), n_, LaneLines<T, T>(out).lines, scale);
  }
  writing<T>(out, n_, [&](T* y, std::ptrdiff_t step) { join(steps_[0], y, step, true, scale); });
}

template class OddSideBySide<float>;
template class OddSideBySide<double>;

}  // namespace flipshift::fft
