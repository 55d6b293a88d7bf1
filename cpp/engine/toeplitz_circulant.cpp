#include "engine/toeplitz_circulant.hpp"

#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "kernels/convolve.hpp"
#include "kernels/fft.hpp"

namespace flipshift::toeplitz {

using fft::Direction;

template <class T>
Circulant<T>::Circulant(const T* c, std::size_t n)
    : n_(n), bins_(complex ? n : n / 2 + 1), spectrum_(bins_) {
  if constexpr (complex) {
    plan_ = fft::plan<S>(n);
  } else {
    plan_ = fft::real_plan<S>(n);
  }
  forward(c, spectrum_.data(), S(1) / static_cast<S>(n));
}

template <class T>
void Circulant<T>::forward(const T* x, std::complex<S>* spectrum, S scale) const {
  if constexpr (complex) {
    plan_->run(x, spectrum, Direction::forward, scale);
  } else {
    plan_->r2c(x, spectrum, Direction::forward, scale);
  }
}

template <class T>
bool Circulant<T>::run(const T* x, T* out) const {
  Scratch<std::complex<S>> scratch(bins_);
  forward(x, scratch.data(), S(1));
  S* values = reinterpret_cast<S*>(scratch.data());
  kernels<FftRealTable<S>>().multiply(values, reinterpret_cast<const S*>(spectrum_.data()), values,
                                      bins_, S(1));
  if constexpr (complex) {
    plan_->run(scratch.data(), out, Direction::backward, S(1));
  } else {
    plan_->c2r(scratch.data(), out, Direction::backward, S(1));
  }
  return kernels<ConvolveTable<S>>().finite(reinterpret_cast<const S*>(out),
                                            n_ * (complex ? 2 : 1));
}

template class Circulant<float>;
template class Circulant<double>;
template class Circulant<std::complex<float>>;
template class Circulant<std::complex<double>>;

}  // namespace flipshift::toeplitz
