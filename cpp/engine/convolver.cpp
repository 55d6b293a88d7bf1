#include "engine/convolver.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "engine/convolve.hpp"
#include "engine/convolve_cost.hpp"

namespace flipshift::convolve {

namespace {

constexpr std::size_t remembered_choices = 8;
// Of one kind that one kernel is kept in; the last used one stays whatever its size.
constexpr std::size_t kept_bytes = std::size_t{64} << 20;

// The next of 4, 5, 6, 7 times a power of two: few lengths, so that signals of many lengths share
// one spectrum, and none longer than need be by more than a quarter.
std::size_t shared_size(std::size_t least) {
  std::size_t step = 8;
  while (8 * step < least) step *= 2;
  return (least + step - 1) / step * step;
}

// Forgets the last of `all`, beyond the first, while they are too large.
template <class Vector, class Bytes>
void limit(Vector& all, Bytes&& bytes) {
  std::size_t sum = 0;
  for (const auto& one : all) sum += bytes(one);
  while (all.size() > 1 && sum > kept_bytes) {
    sum -= bytes(all.back());
    all.pop_back();
  }
}

}  // namespace

template <class T>
Convolver<T>::Convolver(const T* h, std::size_t m) {
  Buffer<T> copy(m);
  std::copy_n(h, m, copy.data());
  h_ = std::make_shared<const Buffer<T>>(std::move(copy));
}

template <class T>
auto Convolver<T>::choose(std::size_t n, std::size_t n_out, std::ptrdiff_t start) const -> Choice {
  const std::size_t m = taps();
  Choice best{n, n_out, start, Route::direct, 0};
  // What every call takes is left out on all sides; it is about the same for all methods.
  const double call = direct_ns<T>(0, 0);
  double ns = direct_sum<T>(std::max(n, m), std::min(n, m), n_out, start).ns - call;
  const auto consider = [&](Route route, std::size_t size, double cost) {
    if (cost >= ns) return;
    ns = cost;
    best.route = route;
    best.size = size;
  };
  const std::size_t whole = shared_size(cyclic_length(n, m, n_out, start));
  consider(Route::spectrum, whole, block_ns<T>(whole));
  if (n < m) {
    consider(Route::unprepared, 0, by_transforms<T>(m, n, n_out, start).ns - call);
    return best;
  }
  for (std::size_t size = std::bit_ceil(2 * m); size < whole; size *= 2) {
    const double blocks = std::ceil(static_cast<double>(n_out) / static_cast<double>(size - m + 1));
    consider(Route::spectrum, size, block_ns<T>(size) * blocks);
  }
  return best;
}

template <class T>
std::shared_ptr<const Spectrum<T>> Convolver<T>::spectrum(std::size_t size) const {
  const auto found = std::find_if(spectra_.begin(), spectra_.end(),
                                  [&](const Made& made) { return made.size == size; });
  if (found != spectra_.end()) {
    std::rotate(spectra_.begin(), found, found + 1);
  } else {
    spectra_.insert(spectra_.begin(),
                    {size, 2 * size * sizeof(T),
                     std::make_shared<const Spectrum<T>>(h_->data(), taps(), size)});
    limit(spectra_, [](const Made& made) { return made.bytes; });
  }
  return spectra_.front().spectrum;
}

template <class T>
void Convolver<T>::run(const T* x, std::size_t n, T* out, std::size_t n_out, std::ptrdiff_t start,
                       std::size_t workers) const {
  const std::size_t m = taps();
  const auto directly = [&] {
    convolve::run(x, n, h_->data(), m, out, n_out, start, Method::direct, workers);
  };
  if (std::min({n, m, n_out}) <= 16) return directly();
  Choice choice;
  std::shared_ptr<const Spectrum<T>> prepared;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(choices_.begin(), choices_.end(), [&](const Choice& c) {
      return c.n == n && c.n_out == n_out && c.start == start;
    });
    if (found != choices_.end()) {
      choice = *found;
    } else {
      choice = choose(n, n_out, start);
      if (choices_.size() == remembered_choices) choices_.erase(choices_.begin());
      choices_.push_back(choice);
    }
    if (choice.route == Route::spectrum) prepared = spectrum(choice.size);
  }
  if (choice.route == Route::direct) return directly();
  if (prepared) return prepared->run(x, n, out, n_out, start, workers);
  convolve::run(x, n, h_->data(), m, out, n_out, start, Method::fft, workers);
}

template <class T>
std::shared_ptr<const Partitions<T>> Convolver<T>::partitions(const PartitionScheme& scheme) const {
  const auto same = [&](const std::shared_ptr<const Partitions<T>>& p) {
    return p->scheme().taps == scheme.taps && p->scheme().block == scheme.block;
  };
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(partitions_.begin(), partitions_.end(), same);
  if (found != partitions_.end()) {
    std::rotate(partitions_.begin(), found, found + 1);
  } else {
    partitions_.insert(partitions_.begin(), std::make_shared<const Partitions<T>>(h_, scheme));
    limit(partitions_, [](const auto& p) { return p->bytes(); });
  }
  return partitions_.front();
}

template class Convolver<float>;
template class Convolver<double>;
template class Convolver<std::complex<float>>;
template class Convolver<std::complex<double>>;

}  // namespace flipshift::convolve
