#include "engine/fft_stages.hpp"

#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"

namespace flipshift::fft {

namespace {

template <class T>
const FftPasses<T>& passes() {
  return kernels<FftTable<T>>().passes[0];
}

std::size_t rough_radix(std::size_t n, bool convolving) {
  return convolving && !has_small_primes(n) ? rough_part(n) : largest_rough_prime(n);
}

}  // namespace

template <class T>
bool Stages<T>::possible(std::size_t n) {
  return has_small_primes(n);
}

template <class T>
Stages<T>::Stages(std::size_t n, bool convolving)
    : n_(n), r_(rough_radix(n, convolving)), columns_(n / r_, Order::lines), order_(n) {
  const std::size_t m = n / r_;
  for (std::size_t k = 0; k < n; ++k)
    order_[k] = static_cast<std::uint32_t>(k % r_ * m + columns_.order()[k / r_]);
  if (r_ == 1) return;
  const bool rader = m == 1 && Rader<T>::possible(r_);
  using Lanes = BluesteinLanes<T>;
  if (convolving && r_ >= (rader ? Lanes::shortest_for_rader : Lanes::shortest)) {
    bluestein_ = std::make_unique<Lanes>(n, r_);
    return;
  }

  const Roots whole(n), part(r_);
  tw_ = Buffer<T>(2 * m * (r_ - 1));
  T* w = tw_.data();
  for (std::size_t j = 0; j < m; ++j) {
    for (std::size_t k = 1; k < r_; ++k) {
      const Root z = whole[j * k];
      *w++ = static_cast<T>(z.re);
      *w++ = static_cast<T>(z.im);
    }
  }
  if (rader) {
    rader_.emplace(r_);
    return;
  }
  const std::size_t h = (r_ - 1) / 2;
  roots_ = Buffer<T>(2 * h * h);
  w = roots_.data();
  for (std::size_t k = 1; k <= h; ++k) {
    for (std::size_t j = 1; j <= h; ++j) {
      const Root z = part[j * k % r_];
      *w++ = static_cast<T>(z.re);
      *w++ = static_cast<T>(-z.im);
    }
  }
}

template <class T>
std::size_t Stages<T>::bytes() const {
  return columns_.bytes() + (rader_ ? rader_->bytes() : 0) +
         (bluestein_ ? bluestein_->bytes() : 0) + (tw_.size() + roots_.size()) * sizeof(T) +
         order_.size() * sizeof(std::uint32_t);
}

template <class T>
std::string Stages<T>::describe() const {
  std::string text;
  if (rader_) text += " Rader";
  if (bluestein_) text += " Bluestein";
  if (r_ > 1) (text += ' ') += std::to_string(r_);
  return text += columns_.describe();
}

template <class T>
void Stages<T>::run(T* rows) const {
  const auto w = static_cast<std::size_t>(passes<T>().width);
  const std::size_t m = n_ / r_;
  if (rader_) return rader_->run(rows, m, tw_.data());
  if (bluestein_) {
    bluestein_->run(rows);
  } else if (r_ > 1) {
    Scratch<T> work(2 * w * r_);
    kernels<FftLanesTable<T>>().prime(rows, m, r_, roots_.data(), tw_.data(), work.data());
  }
  for (std::size_t b = 0; b < r_; ++b) columns_.run(passes<T>(), rows + 2 * w * m * b);
}

template class Stages<float>;
template class Stages<double>;

}  // namespace flipshift::fft
