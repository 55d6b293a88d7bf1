#include "engine/fft_dct_line.hpp"

#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/fft_columns.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "kernels/fft_dct_odd.hpp"

namespace flipshift::fft {

namespace {

// From here on the pass over real numbers saves more than it takes: 15% at 2000 points, half at
// 60000.
constexpr std::size_t shortest_split = 1000;
// Shorter complex lines leave too many lanes empty (1125 = 3 times 375 takes 0.8 of 9 times 125).
constexpr std::size_t shortest_block = 600;

template <class T>
const FftDctOddTable<T>& steps() {
  return kernels<FftDctOddTable<T>>();
}

// The radix of the pass over real numbers, or 0. Where the rest has to be convolved, the larger it
// is the less is left to the convolution of real numbers, which gains less from being real.
std::size_t choose_radix(std::size_t n) {
  if (n % 2 == 0 || n < shortest_split) return 0;
  if (has_small_primes(n)) {
    for (std::size_t r : {9, 7, 5, 3, 11, 13})
      if (n % r == 0 && n / r >= shortest_block) return r;
    for (std::size_t r : {3, 5, 7, 11, 13})
      if (n % r == 0) return r;
  } else {
    for (std::size_t r : {13, 11, 9, 7, 5, 3})
      if (n % r == 0) return r;
  }
  return 0;
}

}  // namespace

template <class T>
RealLine<T>::RealLine(std::size_t n) : n_(n) {
  if (n % 2 && has_small_primes(n)) {
    plan_ = real_plan<T>(n);
    if (plan_->is_halved()) return;
  }
  r_ = choose_radix(n);
  if (r_ > 0) {
    plan_.reset();
    split(n);
    return;
  }
  plan_ = real_plan<T>(n);
}

template <class T>
void RealLine<T>::split(std::size_t n) {
  m_ = n / r_;
  const std::size_t h = r_ / 2;
  zero_ = std::make_unique<RealLine<T>>(m_);
  block_ = plan<T>(m_);
  roots_ = Buffer<T>(2 * h * h);
  tw_ = Buffer<T>(2 * m_ * h);
  const Roots whole(n), part(r_);
  for (std::size_t k = 1; k <= h; ++k) {
    for (std::size_t j = 1; j <= h; ++j) {
      const Root z = part[j * k % r_];
      roots_[2 * (h * (k - 1) + j - 1)] = static_cast<T>(z.re);
      roots_[2 * (h * (k - 1) + j - 1) + 1] = static_cast<T>(-z.im);
    }
    for (std::size_t j = 0; j < m_; ++j) {
      const Root z = whole[j * k];
      tw_[2 * m_ * (k - 1) + j] = static_cast<T>(z.re);
      tw_[2 * m_ * (k - 1) + m_ + j] = static_cast<T>(z.im);
    }
  }
}

template <class T>
std::size_t RealLine<T>::bytes() const {
  if (plan_) return plan_->bytes();
  return zero_->bytes() + block_->bytes() + (roots_.size() + tw_.size()) * sizeof(T);
}

template <class T>
void RealLine<T>::forward(const T* v, C* spectrum, T scale) const {
  if (plan_) return plan_->r2c(v, spectrum, Direction::forward, scale);
  const std::size_t h = r_ / 2;
  Scratch<T> zero(m_ + 1);
  Scratch<C> blocks(m_ * h);
  steps<T>().split_line(v, m_, r_, roots_.data(), tw_.data(), zero.data(),
                        reinterpret_cast<T*>(blocks.data()));
  C* const z = reinterpret_cast<C*>(zero.data());
  zero_->forward(zero.data(), z, scale);
  for (std::size_t q = 0; q <= m_ / 2; ++q) spectrum[r_ * q] = z[q];
  for (std::size_t b = 1; b <= h; ++b) {
    C* const block = blocks.data() + m_ * (b - 1);
    block_->run(block, block, Direction::forward, scale);
    // The first frequencies of the block, and conjugates of the last.
    const std::size_t low = (n_ / 2 - b) / r_ + 1;
    for (std::size_t q = 0; q < low; ++q) spectrum[b + r_ * q] = block[q];
    for (std::size_t q = low; q < m_; ++q) spectrum[n_ - b - r_ * q] = std::conj(block[q]);
  }
}

template <class T>
void RealLine<T>::backward(const C* spectrum, T* v, T scale) const {
  if (plan_) return plan_->c2r(spectrum, v, Direction::backward, scale);
  const std::size_t h = r_ / 2;
  Scratch<T> zero(m_ + 1);
  Scratch<C> blocks(m_ * h);
  C* const z = reinterpret_cast<C*>(zero.data());
  for (std::size_t q = 0; q <= m_ / 2; ++q) z[q] = spectrum[r_ * q];
  zero_->backward(z, zero.data(), scale);
  for (std::size_t b = 1; b <= h; ++b) {
    C* const block = blocks.data() + m_ * (b - 1);
    const std::size_t low = (n_ / 2 - b) / r_ + 1;
    for (std::size_t q = 0; q < low; ++q) block[q] = spectrum[b + r_ * q];
    for (std::size_t q = low; q < m_; ++q) block[q] = std::conj(spectrum[n_ - b - r_ * q]);
    block_->run(block, block, Direction::backward, scale);
  }
  steps<T>().join_line(zero.data(), reinterpret_cast<const T*>(blocks.data()), m_, r_,
                       roots_.data(), tw_.data(), v);
}

template class RealLine<float>;
template class RealLine<double>;

}  // namespace flipshift::fft
