#include "engine/fft_dct_odd.hpp"

#include <cmath>

#include "engine/dispatch.hpp"
#include "engine/roots.hpp"
#include "kernels/fft_dct_odd.hpp"

namespace flipshift::fft {

namespace {

template <class T>
const FftPasses<T>& passes() {
  return kernels<FftTable<T>>().passes[0];
}
template <class T>
const FftDctOddTable<T>& steps() {
  return kernels<FftDctOddTable<T>>();
}

// The largest prime factor that is not smooth, or what takes the least time: a part for the
// products of the h pairs of a column, which are not unrolled above r = 15, and one for each row
// and doubling of the blocks.
std::size_t choose_radix(std::size_t n) {
  const std::size_t rough = largest_rough_prime(n);
  if (rough > 1) return rough;
  std::size_t best = n;
  double least = HUGE_VAL;
  for (std::size_t r : {3, 5, 7, 9, 11, 13, 15, 21, 25, 27, 33, 35, 45}) {
    if (n % r) continue;
    const auto h = static_cast<double>(r / 2), m = static_cast<double>(n / r);
    const double product = r > 15 ? 3.5 : 2.5;
    const double cost = m * (product * h * h + 6 * h + 4 + (h + 1) * 6 * std::log2(m));
    if (cost < least) {
      least = cost;
      best = r;
    }
  }
  return best;
}

}  // namespace

template <class T>
bool OddReal<T>::possible(std::size_t n) {
  return n % 2 && n > 1 && has_small_primes(n);
}

template <class T>
OddReal<T>::OddReal(std::size_t n)
    : n_(n), r_(choose_radix(n)), m_(n / r_), columns_(m_), roots_(), tw_() {
  const std::size_t h = r_ / 2;
  roots_ = Buffer<T>(2 * h * h);
  tw_ = Buffer<T>(2 * m_ * h);
  const Roots whole(n), part(r_);
  T* w = roots_.data();
  for (std::size_t k = 1; k <= h; ++k) {
    for (std::size_t j = 1; j <= h; ++j) {
      const Root z = part[j * k % r_];
      *w++ = static_cast<T>(z.re);
      *w++ = static_cast<T>(-z.im);
    }
  }
  w = tw_.data();
  for (std::size_t j = 0; j < m_; ++j) {
    for (std::size_t k = 1; k <= h; ++k) {
      const Root z = whole[j * k];
      *w++ = static_cast<T>(z.re);
      *w++ = static_cast<T>(z.im);
    }
  }
}

template <class T>
std::size_t OddReal<T>::bytes() const {
  return columns_.bytes() + (roots_.size() + tw_.size()) * sizeof(T);
}

template <class T>
typename OddReal<T>::Place OddReal<T>::place(std::size_t k) const {
  const bool conjugate = k % r_ > r_ / 2;
  if (conjugate) k = n_ - k;
  return {k % r_ * m_ + columns_.order()[k / r_], conjugate};
}

template <class T>
void OddReal<T>::run_blocks(T* rows) const {
  const std::size_t block = 2 * static_cast<std::size_t>(passes<T>().width) * m_;
  if (m_ == 1) return;
  for (std::size_t b = 0; b <= r_ / 2; ++b) columns_.run(passes<T>(), rows + b * block);
}

template <class T>
void OddReal<T>::forward(const T* x, T* rows) const {
  steps<T>().split(x, m_, r_, roots_.data(), tw_.data(), rows);
  run_blocks(rows);
}

template <class T>
Buffer<T> OddReal<T>::turns(int type) const {
  Buffer<T> t(2 * rows());
  const Roots roots(4 * n_);
  for (std::size_t b = 0; b <= r_ / 2; ++b) {
    const T factor = type == 3 && b > 0 ? T(2) : T(1);
    for (std::size_t q = 0; q < m_; ++q) {
      const Root z = roots[b + r_ * q];
      t[2 * (b * m_ + q)] = factor * static_cast<T>(z.re);
      t[2 * (b * m_ + q) + 1] = factor * static_cast<T>(z.im);
    }
  }
  return t;
}

template <class T>
void OddReal<T>::two(const T* x, T* rows, const T* turns, T* y, std::ptrdiff_t step, T scale,
                     T first) const {
  forward(x, rows);
  steps<T>().leave_two(rows, columns_.order(), m_, r_, turns, y, step, scale, first);
}

template <class T>
void OddReal<T>::three(const T* x, std::ptrdiff_t step, const T* turns, T* rows, T* y,
                       T first) const {
  steps<T>().enter_three(x, step, m_, r_, turns, rows, first);
  run_blocks(rows);
  steps<T>().join(rows, columns_.order(), m_, r_, roots_.data(), tw_.data(), y);
}

template class OddReal<float>;
template class OddReal<double>;

}  // namespace flipshift::fft
