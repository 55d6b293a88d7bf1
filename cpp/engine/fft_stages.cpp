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
template <class T>
const FftLanesTable<T>& lanes() {
  return kernels<FftLanesTable<T>>();
}

std::size_t choose_first(std::size_t n, bool real) {
  const std::size_t rough = largest_rough_prime(n);
  if (rough > 1 || !real || n % 2 == 0) return rough;
  for (std::size_t p : {13, 11, 7, 5, 3})
    if (n % p == 0) return p;
  return 1;
}

}  // namespace

template <class T>
bool Stages<T>::possible(std::size_t n) {
  return has_small_primes(n);
}

template <class T>
Stages<T>::Stages(std::size_t n, bool real)
    : n_(n), r_(choose_first(n, real)), columns_(n / r_), order_(n) {
  const std::size_t m = n / r_;
  for (std::size_t k = 0; k < n; ++k)
    order_[k] = static_cast<std::uint32_t>(k % r_ * m + columns_.order()[k / r_]);
  if (r_ == 1) return;

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
  if (r_ > fft_max_radix) {
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
  if (real) {
    for (std::size_t k = 1; k <= n / 2; ++k) {
      if (k % r_ <= r_ / 2) continue;
      from_.push_back(order_[n - k]);
      to_.push_back(order_[k]);
    }
  }
}

template <class T>
std::size_t Stages<T>::bytes() const {
  return columns_.bytes() + (tw_.size() + roots_.size()) * sizeof(T) +
         (order_.size() + from_.size() + to_.size()) * sizeof(std::uint32_t);
}

template <class T>
std::string Stages<T>::describe() const {
  std::string text;
  if (r_ > 1) (text += ' ') += std::to_string(r_);
  return text += columns_.describe();
}

template <class T>
void Stages<T>::first(T* rows) const {
  const std::size_t m = n_ / r_;
  if (r_ > fft_max_radix) {
    Scratch<T> work(2 * static_cast<std::size_t>(passes<T>().width) * r_);
    lanes<T>().prime(rows, m, r_, roots_.data(), tw_.data(), work.data());
  } else if (m > 1) {
    passes<T>().scaled[r_](rows, 1, m, tw_.data());
  } else {
    passes<T>().plain[r_](rows, 1, 1, nullptr);
  }
}

template <class T>
void Stages<T>::run(T* rows) const {
  if (r_ > 1) first(rows);
  const std::size_t block = 2 * static_cast<std::size_t>(passes<T>().width) * (n_ / r_);
  for (std::size_t b = 0; b < r_; ++b) columns_.run(passes<T>(), rows + b * block);
}

// The frequencies k mod r and -k mod r are conjugates.
template <class T>
void Stages<T>::run_real(T* rows) const {
  first(rows);
  const std::size_t block = 2 * static_cast<std::size_t>(passes<T>().width) * (n_ / r_);
  for (std::size_t b = 0; b <= r_ / 2; ++b) columns_.run(passes<T>(), rows + b * block);
  lanes<T>().conjugate(rows, from_.data(), to_.data(), from_.size());
}

// Every block has a real result: two of them go as the real and the imaginary part of one.
template <class T>
void Stages<T>::run_to_real(T* rows) const {
  first(rows);
  const std::size_t m = n_ / r_, block = 2 * static_cast<std::size_t>(passes<T>().width) * m;
  for (std::size_t b = 0; b <= r_ / 2; ++b) {
    T* const one = rows + b * block;
    T* const other = rows + (r_ - b) * block;
    if (b > 0) lanes<T>().join(one, other, m);
    columns_.run(passes<T>(), one);
    if (b > 0) lanes<T>().part(one, other, m);
  }
}

template class Stages<float>;
template class Stages<double>;

}  // namespace flipshift::fft
