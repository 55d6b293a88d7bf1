// With g a primitive root, the numbers x[g^r] convolved with cas(2 pi g^-s / n), both of period
// n - 1, are H[g^-q] - x[0] at q. The convolution goes by real Fourier transforms of n - 1 points.
#include "engine/fft_dct_hartley.hpp"

#include <complex>
#include <vector>

#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/roots.hpp"
#include "kernels/fft_dct_lanes.hpp"

namespace flipshift::fft {

namespace {

bool is_prime(std::size_t n) {
  for (std::size_t p = 2; p * p <= n; ++p)
    if (n % p == 0) return false;
  return n > 1;
}

// The powers of the least primitive root.
std::vector<std::size_t> powers_of_root(std::size_t n) {
  std::vector<std::size_t> powers;
  for (std::size_t g = 2; powers.size() + 1 < n; ++g) {
    powers.assign(1, 1);
    for (std::size_t p = g; p != 1; p = p * g % n) powers.push_back(p);
  }
  return powers;
}

}  // namespace

template <class T>
bool PrimeHartley<T>::possible(std::size_t n) {
  // By the definition below: Rader's convolution was no faster up to 79, 1.2 to 1.5 times from 89
  // on, and a fifth less accurate at many of them.
  return n > 127 && Stages<T>::possible(n - 1) && is_prime(n);
}

template <class T>
PrimeHartley<T>::PrimeHartley(std::size_t n)
    : n_(n), stages_((n - 1) / 2, true), in_row_(n), out_row_(n) {
  const std::size_t length = n - 1, h = length / 2;
  const std::vector<std::size_t> powers = powers_of_root(n);
  const Roots circle(n), roots(length);
  std::vector<std::complex<double>> spectrum(h + 1);
  std::vector<double> kernel(length);
  // Real and imaginary parts are swapped on the way out, where an inverse is a forward transform.
  in_row_[0] = out_row_[0] = static_cast<std::uint32_t>(length);
  for (std::size_t r = 0; r < length; ++r) {
    const std::size_t q = r ? length - r : 0;
    in_row_[powers[r]] = static_cast<std::uint32_t>(r);
    out_row_[powers[r]] = 2 * stages_.order()[q / 2] + (q % 2 == 0);
    const Root z = circle[powers[r]];
    kernel[q] = static_cast<double>((z.re - z.im) / static_cast<long double>(length));
  }
  RealPlan<double>(length).r2c(kernel.data(), spectrum.data(), Direction::forward, 1.0);
  tw_ = Buffer<T>(6 * (h / 2 + 1));
  T* w = tw_.data();
  for (std::size_t k = 0; k <= h / 2; ++k) {
    const double half = k == 0 ? 1.0 : 0.5;
    const Root z = roots[k];
    *w++ = static_cast<T>(z.re);
    *w++ = static_cast<T>(z.im);
    for (const std::complex<double> f : {spectrum[k], std::conj(spectrum[h - k])}) {
      *w++ = static_cast<T>(half * f.real());
      *w++ = static_cast<T>(half * f.imag());
    }
  }
}

template <class T>
std::size_t PrimeHartley<T>::bytes() const {
  return stages_.bytes() + tw_.size() * sizeof(T) + 2 * n_ * sizeof(std::uint32_t);
}

template <class T>
void PrimeHartley<T>::run(T* x, T* y) const {
  stages_.run(x);
  kernels<FftDctLanesTable<T>>().convolve(x, stages_.order(), (n_ - 1) / 2, tw_.data(), y);
  stages_.run(y);
}

template class PrimeHartley<float>;
template class PrimeHartley<double>;

}  // namespace flipshift::fft
