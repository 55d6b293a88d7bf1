// With j = b j1 + j2 and k = k1 + a k2 the transform of n = a b points is
//   X[k] = sum_j2 w_b^(j2 k2) w_n^(j2 k1) sum_j1 w_a^(j1 k1) x[j],
// and X[n - k], of the frequency a - k1 for a, is the conjugate of X[k].
#include "engine/fft_dct_real.hpp"

#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "kernels/fft.hpp"

namespace flipshift::fft {

namespace {

// Below this length of the complex transform that RealPlan takes two factors do not pay.
constexpr std::size_t shortest = 96;

// Numbers that the lanes go through, empty ones too, times the cost of each.
std::size_t cost(std::size_t lines, std::size_t n, std::size_t width) {
  std::size_t of_number = 1, rest = n;
  for (std::size_t p : {2, 3, 5, 7, 11, 13})
    for (; rest % p == 0; rest /= p) of_number += (p + 3) / 2;
  return (lines + width - 1) / width * n * (of_number + rest / 2);
}

// The odd factor a that is best, or 1.
template <class T>
std::size_t choose_factor(std::size_t n) {
  if (n < shortest || (n % 2 == 0 && is_smooth(n))) return 1;
  // With large prime factors anything is better than Bluestein's algorithm.
  const std::size_t width = SideBySide<T>::width(), least_lanes = is_smooth(n) ? width : 2;
  std::size_t best = 1, least = 0;
  for (std::size_t a = 3; a * a <= 64 * n; a += 2) {
    const std::size_t b = n / a;
    if (a * b != n || b < least_lanes || a < least_lanes || b > 64 * a) continue;
    if (!Stages<T>::possible(a) || !Stages<T>::possible(b)) continue;
    const std::size_t now = cost(b, a, width) + 2 * cost((a + 1) / 2, b, width);
    if (best > 1 && now >= least) continue;
    best = a;
    least = now;
  }
  return best;
}

template <class X>
LineGroup<X> group(X* first, std::ptrdiff_t apart, std::size_t count, std::ptrdiff_t step) {
  LineGroup<X> g{{}, std::min(count, static_cast<std::size_t>(fft_max_width)), step};
  for (std::size_t i = 0; i < g.count; ++i)
    g.lines[i] = first + apart * static_cast<std::ptrdiff_t>(i);
  return g;
}

}  // namespace

template <class T>
bool HalfSpectrum<T>::is_rough(std::size_t n) {
  return !is_smooth(n) && choose_factor<T>(n) == 1;
}

template <class T>
HalfSpectrum<T>::HalfSpectrum(std::size_t n)
    : n_(n), a_(choose_factor<T>(n)), b_(n / a_), half_((a_ + 1) / 2) {
  if (a_ == 1) {
    plan_ = real_plan<T>(n);
    return;
  }
  real_ = real_lanes_plan<T>(a_);
  complex_ = lanes_plan<T>(b_);
  tw_ = Buffer<T>(2 * half_ * b_);
  const Roots roots(n);
  T* w = tw_.data();
  for (std::size_t k = 0; k < half_; ++k) {
    for (std::size_t j = 0; j < b_; ++j) {
      const Root z = roots[j * k];
      *w++ = static_cast<T>(z.re);
      *w++ = static_cast<T>(z.im);
    }
  }
}

template <class T>
std::size_t HalfSpectrum<T>::bytes() const {
  return plan_ ? plan_->bytes() : tw_.size() * sizeof(T);
}

template <class T>
void HalfSpectrum<T>::r2c(T* v, T scale) const {
  C* const y = reinterpret_cast<C*>(v);
  if (plan_) return plan_->r2c(v, y, Direction::forward, scale);
  const std::size_t w = SideBySide<T>::width();
  const auto b = static_cast<std::ptrdiff_t>(b_), h = static_cast<std::ptrdiff_t>(half_);
  Scratch<C> first(half_ * b_), second(half_ * b_);
  for (std::size_t j = 0; j < b_; j += w) {
    const std::size_t count = std::min(w, b_ - j);
    real_->r2c(group<const T>(v + j, 1, count, b), a_, group(first.data() + j, 1, count, b),
               Direction::forward, T(1));
  }
  T* const z = reinterpret_cast<T*>(first.data());
  kernels<FftRealTable<T>>().multiply(z, tw_.data(), z, half_ * b_, T(1));
  for (std::size_t k = 0; k < half_; k += w) {
    const std::size_t count = std::min(w, half_ - k);
    complex_->c2c(group<const C>(first.data() + b_ * k, b, count, 1), b_,
                  group(second.data() + k, 1, count, h), Direction::forward, scale);
  }
  // Row k2 has the frequencies a k2 .. a k2 + half - 1.
  const C* row = second.data();
  for (std::size_t k = 0; k < n_; k += a_, row += half_) {
    const std::size_t below = k > n_ / 2 ? 0 : std::min(half_, n_ / 2 + 1 - k);
    std::copy_n(row, below, y + k);
    for (std::size_t i = std::max<std::size_t>(below, k == 0); i < half_; ++i)
      y[n_ - k - i] = std::conj(row[i]);
  }
}

template <class T>
void HalfSpectrum<T>::c2r(T* v, T scale) const {
  C* const x = reinterpret_cast<C*>(v);
  if (plan_) return plan_->c2r(x, v, Direction::backward, scale);
  const std::size_t w = SideBySide<T>::width();
  const auto b = static_cast<std::ptrdiff_t>(b_), h = static_cast<std::ptrdiff_t>(half_);
  Scratch<C> first(half_ * b_), second(half_ * b_);
  x[0] = x[0].real();
  if (n_ % 2 == 0) x[n_ / 2] = x[n_ / 2].real();
  C* row = second.data();
  for (std::size_t k = 0; k < n_; k += a_, row += half_) {
    const std::size_t below = k > n_ / 2 ? 0 : std::min(half_, n_ / 2 + 1 - k);
    std::copy_n(x + k, below, row);
    for (std::size_t i = below; i < half_; ++i) row[i] = std::conj(x[n_ - k - i]);
  }
  for (std::size_t k = 0; k < half_; k += w) {
    const std::size_t count = std::min(w, half_ - k);
    complex_->c2c(group<const C>(second.data() + k, 1, count, h), b_,
                  group(first.data() + b_ * k, b, count, 1), Direction::backward, scale);
  }
  T* const z = reinterpret_cast<T*>(first.data());
  kernels<FftRealTable<T>>().multiply(z, tw_.data(), z, half_ * b_, T(-1));
  for (std::size_t j = 0; j < b_; j += w) {
    const std::size_t count = std::min(w, b_ - j);
    real_->c2r(group<const C>(first.data() + j, 1, count, b), half_, group(v + j, 1, count, b),
               Direction::backward, T(1));
  }
}

template class HalfSpectrum<float>;
template class HalfSpectrum<double>;

}  // namespace flipshift::fft
