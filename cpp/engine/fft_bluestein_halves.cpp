#include "engine/fft_bluestein_halves.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/dispatch.hpp"
#include "engine/fft_plan.hpp"
#include "engine/fft_turn.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"

namespace flipshift::fft {

namespace {

// Up to here it takes 5 to 20% more time than one convolution, whose scratch is 4 times the data
// (measured on Zen 5, 2026-11).
constexpr std::size_t shortest = 24000;
constexpr std::size_t padding = 1;  // rows; keeps the groups off each other's cache sets

template <class T>
const FftPasses<T>& passes() {
  return kernels<FftTable<T>>().passes[0];
}
template <class T>
const FftBluesteinTable<T>& steps() {
  return kernels<FftBluesteinTable<T>>();
}

// What a row costs in the passes of a transform, relative to radix 8.
double row_cost(std::size_t n) {
  double cost = 0;
  for (int r : choose_radices(n, Order::large_last)) {
    cost += r < 5 ? 0.9 : r == 5 ? 1.1 : r == 7 ? 1.3 : r == 8 ? 1.0 : r == 16 ? 1.35 : 2.0;
  }
  return cost;
}

// n1 and n2, multiples of w whose product is at least n, that take the least time. A number has
// `bytes` bytes.
std::pair<std::size_t, std::size_t> choose_split(std::size_t n, std::size_t w, std::size_t bytes) {
  constexpr double moving = 4;  // what else is done with a row, relative to a pass
  constexpr std::size_t lopsided = 4;
  const auto root = static_cast<std::size_t>(std::sqrt(static_cast<double>(n)));
  std::pair<std::size_t, std::size_t> best{0, 0};
  double least = HUGE_VAL;
  for (std::size_t n1 = w; n1 <= lopsided * (root + w); n1 += w) {
    if (!is_smooth(n1) || n1 * lopsided < root) continue;
    std::size_t n2 = (n + n1 * w - 1) / (n1 * w) * w;
    while (!is_smooth(n2)) n2 += w;
    if (n2 > lopsided * (root + w)) continue;
    // Columns whose rows fall into the same sets of a cache.
    const std::size_t apart = n2 * bytes;
    const double colliding = apart % 4096 == 0 ? 2 : apart % 2048 == 0 ? 1 : 0;
    const double cost =
        static_cast<double>(n1 * n2) * (row_cost(n1) + row_cost(n2) + moving + colliding);
    if (cost < least) {
      least = cost;
      best = {n1, n2};
    }
  }
  return best;
}

template <class T>
void put(Buffer<T>& table, std::size_t i, const Root& z) {
  table[2 * i] = static_cast<T>(z.re);
  table[2 * i + 1] = static_cast<T>(z.im);
}

}  // namespace

template <class T>
std::unique_ptr<const BluesteinHalves<T>> BluesteinHalves<T>::make(std::size_t n) {
  if (n < shortest) return nullptr;
  const auto [n1, n2] = choose_split(n, static_cast<std::size_t>(passes<T>().width), 2 * sizeof(T));
  return n1 > 0 ? std::unique_ptr<const BluesteinHalves>(new BluesteinHalves(n, n1, n2)) : nullptr;
}

template <class T>
BluesteinHalves<T>::BluesteinHalves(std::size_t n, std::size_t n1, std::size_t n2)
    : n_(n),
      m_(n1 * n2),
      w_(static_cast<std::size_t>(passes<T>().width)),
      first_(n1),
      second_(n2),
      group_stride_(n2 + padding),
      chirp_(2 * (n / 2 + 1)) {
  const Roots chirp(2 * n), roots(2 * m_);
  const auto number = [&](std::size_t k) { return chirp[k * k % (2 * n)]; };
  for (std::size_t k = 0; k <= n / 2; ++k) put(chirp_, k, number(k));
  // Of the kernel of 2 m points, numbers j and j + m, the second of which is number m - j.
  for (const std::size_t odd : {0, 1}) {
    Buffer<double> kernel(2 * m_);
    for (std::size_t j = 0; j < m_; ++j) {
      const Root none{0, 0}, a = j < n ? number(j) : none, b = m_ - j < n ? number(m_ - j) : none;
      const Root w = roots[odd * j];
      const long double re = odd ? a.re - b.re : a.re + b.re, im = odd ? b.im - a.im : -a.im - b.im;
      const auto points = static_cast<long double>(2 * m_);
      kernel[2 * j] = static_cast<double>((re * w.re - im * w.im) / points);
      kernel[2 * j + 1] = static_cast<double>((re * w.im + im * w.re) / points);
    }
    spectrum_[odd] = kernel_spectrum<T>(std::move(kernel), m_ / 2 + !odd);
  }
  make_factors();
}

// Number j = n2 j1 + j2 and frequency 2 (k1 + n1 k2) + odd meet in the root of 2 m to the power
//   2 m j1 k2 + 2 n2 j1 k1 + 2 n1 j2 k2 + odd n2 j1 + (2 k1 + odd) j2,
// the last two of which belong to no transform. turn_ has n2 j1. On the way there j2 is the lane
// plus W h: lane_ has (2 k1 + odd) times the lane, step_ 2 k1 W h, more_ W h. On the way back k1 is
// the lane plus W g: back_lane_ has (2 times the lane + odd) j2, back_step_ 2 W g j2.
template <class T>
void BluesteinHalves<T>::make_factors() {
  const std::size_t n1 = first_.size(), n2 = second_.size();
  const Roots roots(2 * m_);
  turn_ = Buffer<T>(2 * n1);
  for (std::size_t j = 0; j < n1; ++j) put(turn_, j, roots[n2 * j]);
  more_ = Buffer<T>(2 * (n2 / w_));
  step_ = Buffer<T>(4 * (m_ / w_));
  back_step_ = Buffer<T>(4 * (m_ / w_));
  for (std::size_t h = 0; h < n2 / w_; ++h) {
    put(more_, h, roots[w_ * h]);
    for (std::size_t k = 0; k < n1; ++k)
      put_step(step_.data() + 4 * (n1 * h + k), roots[2 * k * w_ * h]);
  }
  for (std::size_t g = 0; g < n1 / w_; ++g)
    for (std::size_t j = 0; j < n2; ++j)
      put_step(back_step_.data() + 4 * (n2 * g + j), roots[2 * j * w_ * g]);
  for (const std::size_t odd : {0, 1}) {
    lane_[odd] = Buffer<T>(2 * w_ * n1);
    back_lane_[odd] = Buffer<T>(2 * w_ * n2);
    for (std::size_t i = 0; i < w_; ++i) {
      const std::size_t lane = passes<T>().column[i];
      const auto put_lane = [&](Buffer<T>& table, std::size_t row, const Root& z) {
        put_lane_less_one(table.data() + 2 * w_ * row, i, w_, z);
      };
      for (std::size_t k = 0; k < n1; ++k) put_lane(lane_[odd], k, roots[(2 * k + odd) * lane]);
      for (std::size_t j = 0; j < n2; ++j)
        put_lane(back_lane_[odd], j, roots[(2 * lane + odd) * j]);
    }
  }
}

template <class T>
void BluesteinHalves<T>::run(const T* x, T* y, bool backward, T scale, std::size_t workers) const {
  const T conj = backward ? T(-1) : T(1);
  convolve(x, y, {n_, n_, false, false, conj, scale, conj * scale, false}, workers);
}

template <class T>
void BluesteinHalves<T>::r2c(const T* in, std::complex<T>* out, Direction direction, T scale,
                             std::size_t workers) const {
  const T im_scale = direction == Direction::forward ? scale : -scale;
  convolve(in, reinterpret_cast<T*>(out),
           {n_, n_ / 2 + 1, true, false, T(1), scale, im_scale, false}, workers);
  out[0] = out[0].real();
}

template <class T>
void BluesteinHalves<T>::c2r(const std::complex<T>* in, T* out, Direction direction, T scale,
                             std::size_t workers) const {
  // The real part of half of the spectrum is half of the whole.
  const T conj = direction == Direction::forward ? T(1) : T(-1);
  convolve(reinterpret_cast<const T*>(in), out,
           {n_ / 2 + 1, n_, false, true, conj, 2 * scale, T(0), true}, workers);
}

template <class T>
void BluesteinHalves<T>::convolve(const T* x, T* y, const Ends& ends, std::size_t workers) const {
  if (4 * sizeof(T) * m_ < worth_sharing_convolution) workers = 1;
  const std::size_t first_groups = first_.size() / w_, second_groups = second_.size() / w_;
  const std::size_t elements = ends.in * (ends.real_in ? 1 : 2);
  Scratch<T> middle(2 * group_stride_ * first_.size(), workers);
  Scratch<T> copy(x == y ? elements : 0);
  if (x == y) {
    std::copy_n(x, elements, copy.data());
    x = copy.data();
  }
  for (const std::size_t odd : {0, 1}) {
    parallel_for(second_groups, workers, [&](std::size_t begin, std::size_t end) {
      enter(x, ends, odd, middle.data(), begin, end);
    });
    parallel_for(first_groups, workers, [&](std::size_t begin, std::size_t end) {
      multiply(odd, middle.data(), begin, end);
    });
    parallel_for(second_groups, workers, [&](std::size_t begin, std::size_t end) {
      leave(middle.data(), odd, ends, y, begin, end);
    });
  }
}

// Groups h = begin .. end - 1 of W columns.
template <class T>
void BluesteinHalves<T>::enter(const T* x, const Ends& ends, std::size_t odd, T* middle,
                               std::size_t begin, std::size_t end) const {
  const std::size_t n1 = first_.size(), n2 = second_.size();
  Scratch<T> rows(2 * w_ * n1);
  for (std::size_t h = begin; h < end; ++h) {
    steps<T>().enter[ends.real_in](x, ends.in, chirp_.data(), n_, sign(), ends.in_im, w_ * h, n2,
                                   n1, odd ? turn_.data() : nullptr, more_.data() + 2 * h,
                                   rows.data());
    if (ends.half_first && h == 0) {
      rows[0] = x[0] / 2;
      rows[w_] = 0;
    }
    first_.run(passes<T>(), rows.data());
    passes<T>().turn(rows.data(), first_.order(), n1, lane_[odd].data(), step_.data() + 4 * n1 * h,
                     middle + 2 * w_ * w_ * h, group_stride_);
  }
}

// Groups g of W frequencies k1.
template <class T>
void BluesteinHalves<T>::multiply(std::size_t odd, T* middle, std::size_t begin,
                                  std::size_t end) const {
  const std::size_t n1 = first_.size(), n2 = second_.size();
  Scratch<T> rows(2 * w_ * n2);
  for (std::size_t g = begin; g < end; ++g) {
    T* const block = middle + 2 * w_ * group_stride_ * g;
    second_.run(passes<T>(), block);
    steps<T>().multiply(block, second_.order(), n2, spectrum_[odd].data(), m_, odd, w_ * g, n1,
                        rows.data());
    second_.run(passes<T>(), rows.data());
    passes<T>().turn(rows.data(), second_.order(), n2, back_lane_[odd].data(),
                     back_step_.data() + 4 * n2 * g, block, w_);
  }
}

template <class T>
void BluesteinHalves<T>::leave(const T* middle, std::size_t odd, const Ends& ends, T* y,
                               std::size_t begin, std::size_t end) const {
  const std::size_t n1 = first_.size(), square = 2 * w_ * w_;
  Scratch<T> rows(2 * w_ * n1);
  for (std::size_t h = begin; h < end; ++h) {
    const T* from = middle + square * h;
    for (std::size_t g = 0; g < n1 / w_; ++g, from += 2 * w_ * group_stride_)
      std::memcpy(rows.data() + square * g, from, square * sizeof(T));
    first_.run(passes<T>(), rows.data());
    steps<T>().leave[ends.real_out](rows.data(), first_.order(), chirp_.data(), n_, sign(), w_ * h,
                                    second_.size(), odd ? turn_.data() : nullptr, ends.re_scale,
                                    ends.im_scale, y, ends.out);
  }
}

template <class T>
std::size_t BluesteinHalves<T>::bytes() const {
  std::size_t count =
      chirp_.size() + turn_.size() + more_.size() + step_.size() + back_step_.size();
  for (const std::size_t odd : {0, 1})
    count += spectrum_[odd].size() + lane_[odd].size() + back_lane_[odd].size();
  return count * sizeof(T) + first_.bytes() + second_.bytes();
}

template <class T>
std::string BluesteinHalves<T>::describe() const {
  std::string text = "Bluestein by twice ";
  text.append(std::to_string(m_)).append(": two sweeps ").append(std::to_string(first_.size()));
  text.append(" x ").append(std::to_string(second_.size())).append(", radices");
  text.append(first_.describe()).append(" x").append(second_.describe());
  return text.append(", lanes ").append(std::to_string(w_));
}

template class BluesteinHalves<float>;
template class BluesteinHalves<double>;

}  // namespace flipshift::fft
