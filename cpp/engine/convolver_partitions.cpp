#include "engine/convolver_partitions.hpp"

#include <algorithm>
#include <cstring>

#include "engine/convolve_samples.hpp"
#include "engine/scratch.hpp"
#include "kernels/spectrum.hpp"

namespace flipshift::convolve {

template <class T>
StageTransform<T>::StageTransform(std::size_t size) : size_(size) {
  const std::size_t numbers = is_complex<T> ? 2 * size : size;
  tiles_ = (numbers + spectrum_tile<S> - 1) / spectrum_tile<S>;
  if constexpr (is_complex<T>) {
    plan_ = fft::plan<S>(2 * size);
  } else {
    plan_ = fft::real_plan<S>(2 * size);
  }
}

template <class T>
std::size_t StageTransform<T>::slot_numbers() const {
  return 2 * spectrum_tile<S> * tiles_;
}

template <class T>
std::size_t StageTransform<T>::buffer_numbers() const {
  return std::max(slot_numbers(), 2 * (size_ + 1));
}

template <class T>
void StageTransform<T>::forward(const T* x, S scale, S* tiles, std::size_t slots,
                                std::size_t slot) const {
  Scratch<S> scratch(buffer_numbers());
  auto* spectrum = reinterpret_cast<std::complex<S>*>(scratch.data());
  std::size_t numbers;
  if constexpr (is_complex<T>) {
    numbers = 2 * size_;
    plan_->run(x, spectrum, fft::Direction::forward, scale);
  } else {
    numbers = size_;
    plan_->r2c(x, spectrum, fft::Direction::forward, scale);
    spectrum[0] = {spectrum[0].real(), spectrum[size_].real()};
  }
  constexpr std::size_t tile = 2 * spectrum_tile<S>;
  std::fill(scratch.data() + 2 * numbers, scratch.data() + slot_numbers(), S(0));
  for (std::size_t t = 0; t < tiles_; ++t)
    std::memcpy(tiles + (t * slots + slot) * tile, scratch.data() + t * tile, tile * sizeof(S));
}

template <class T>
void StageTransform<T>::backward(S* block) const {
  auto* spectrum = reinterpret_cast<std::complex<S>*>(block);
  if constexpr (is_complex<T>) {
    plan_->run(spectrum, spectrum, fft::Direction::backward, S(1));
  } else {
    spectrum[size_] = spectrum[0].imag();
    spectrum[0] = spectrum[0].real();
    plan_->c2r(spectrum, block, fft::Direction::backward, S(1));
  }
}

template <class T>
Partitions<T>::Partitions(std::shared_ptr<const Buffer<T>> taps, const PartitionScheme& scheme)
    : h_(std::move(taps)),
      scheme_(scheme),
      head_taps_(scheme.stages.empty() ? h_->size() : std::min(h_->size(), scheme.block)),
      head_(h_->data(), 1, head_taps_) {
  const T* h = h_->data();
  const std::size_t m = h_->size();
  for (const Stage& stage : scheme.stages) {
    const std::size_t left = m - std::min(m, stage.offset);
    const std::size_t count = std::min(stage.count, (left + stage.size - 1) / stage.size);
    const StageTransform<T> transform(stage.size);
    Spectra s{count, Buffer<S>(transform.slot_numbers() * count)};
    Scratch<T> padded(2 * stage.size);
    for (std::size_t k = 0; k < count; ++k) {
      const T* taps = h + stage.offset + k * stage.size;
      const auto n = std::min<std::size_t>(stage.size, static_cast<std::size_t>(h + m - taps));
      std::fill(std::copy_n(taps, n, padded.data()), padded.data() + 2 * stage.size, T(0));
      transform.forward(padded.data(), S(1) / static_cast<S>(2 * stage.size), s.spectra.data(),
                        count, k);
    }
    stages_.push_back(std::move(s));
  }
}

template <class T>
void Partitions<T>::head(const T* x, T* out, std::size_t n) const {
  const std::size_t before = head_taps_ - 1;
  head_.apply(0, x - before, before + n, out, n, static_cast<std::ptrdiff_t>(before), false);
}

template <class T>
std::size_t Partitions<T>::bytes() const {
  std::size_t numbers = 0;
  for (const Spectra& s : stages_) numbers += s.spectra.size();
  return numbers * sizeof(S) + head_taps_ * sizeof(T);
}

#define FLIPSHIFT_INSTANTIATE(T)    \
  template class StageTransform<T>; \
  template class Partitions<T>;
FLIPSHIFT_FOR_FLOATS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
