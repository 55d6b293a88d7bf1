#include "engine/fft_rader.hpp"

#include <vector>

#include "engine/dispatch.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "kernels/fft_lanes.hpp"
#include "kernels/fft_rader.hpp"

namespace flipshift::fft {

namespace {

// The number of blocks that takes least time; 0 if the definition takes less. Instructions of the
// transforms of d points, about.
std::size_t blocks_for(std::size_t r) {
  struct Choice {
    std::size_t d;
    double instructions;
  };
  constexpr Choice choices[] = {{6, 50},   {7, 90},   {8, 60},   {9, 130}, {10, 110},
                                {11, 230}, {12, 120}, {13, 310}, {16, 160}};
  const double n = static_cast<double>(r - 1);
  double least = 0.8 * n * n;
  std::size_t best = 0;
  for (const Choice& c : choices) {
    if ((r - 1) % c.d) continue;
    const double d = static_cast<double>(c.d), e = n / d;
    const double cost = 4 * n * n / d + 1.6 * e * c.instructions + 12 * n;
    if (cost < least) {
      least = cost;
      best = c.d;
    }
  }
  return best;
}

std::size_t generator(std::size_t r) {
  for (std::size_t g = 2;; ++g) {
    std::size_t power = g, order = 1;
    for (; power != 1; power = power * g % r) ++order;
    if (order == r - 1) return g;
  }
}

}  // namespace

template <class T>
bool Rader<T>::possible(std::size_t r) {
  constexpr std::size_t least = 89;  // below, other libraries take the definition and err less
  return r >= least && blocks_for(r) > 0;
}

template <class T>
Rader<T>::Rader(std::size_t r)
    : r_(r),
      d_(blocks_for(r)),
      e_((r - 1) / d_),
      places_(2 * (r - 1)),
      factors_(2 * d_ * (2 * e_ - 1)) {
  const std::size_t n = r - 1, g = generator(r);
  for (std::size_t q = 0, power = 1; q < n; ++q, power = power * g % r) {
    places_[q] = static_cast<std::uint32_t>(power);
    places_[n + (n - q) % n] = static_cast<std::uint32_t>(power);
  }
  // Block i of a sequence a of n is sum_b a[q + e b] exp(-2 pi i i b / d): polynomials modulo
  // x^e - exp(-2 pi i i / d). That of the roots exp(-2 pi i g^-q / r) is what others meet.
  const Roots root(r), part(d_);
  T* z = factors_.data();
  for (std::size_t i = 0; i < d_; ++i) {
    const auto add = [&](std::size_t q, std::size_t turn) {
      long double re = 0, im = 0;
      for (std::size_t b = 0; b < d_; ++b) {
        const Root x = root[places_[n + q + e_ * b]], w = part[i * (b + turn) % d_];
        re += x.re * w.re - x.im * w.im;
        im += x.re * w.im + x.im * w.re;
      }
      *z++ = static_cast<T>(re / static_cast<long double>(d_));
      *z++ = static_cast<T>(im / static_cast<long double>(d_));
    };
    for (std::size_t q = 1; q < e_; ++q) add(q, 1);  // past the end: times x^e
    for (std::size_t q = 0; q < e_; ++q) add(q, 0);
  }
}

template <class T>
void Rader<T>::run(T* rows, std::size_t m, const T* tw) const {
  const auto w = static_cast<std::size_t>(kernels<FftLanesTable<T>>().width);
  Scratch<T> work(2 * w * (d_ + 1) * e_);
  kernels<FftRaderTable<T>>().pass[d_](rows, m, e_, places_.data(), factors_.data(), tw,
                                       work.data());
}

template <class T>
std::size_t Rader<T>::bytes() const {
  return places_.size() * sizeof(std::uint32_t) + factors_.size() * sizeof(T);
}

template class Rader<float>;
template class Rader<double>;

}  // namespace flipshift::fft
