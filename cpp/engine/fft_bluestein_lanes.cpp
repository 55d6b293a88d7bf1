#include "engine/fft_bluestein_lanes.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/dispatch.hpp"
#include "engine/fft_plan.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "kernels/fft_bluestein.hpp"

namespace flipshift::fft {

namespace {

// What a row costs in a pass, relative to radix 8.
double row_cost(int r) {
  return r < 5 ? 0.9 : r < 7 ? 1.05 : r == 7 ? 1.3 : r < 10 ? 1.1 : r == 11 || r == 13 ? 2 : 1.4;
}
double row_costs(std::size_t n) {
  double cost = 0;
  for (int r : choose_radices(n, Order::lines)) cost += row_cost(r);
  return cost;
}

template <class T>
void put(Buffer<T>& table, std::size_t i, long double re, long double im) {
  table[2 * i] = static_cast<T>(re);
  table[2 * i + 1] = static_cast<T>(im);
}

}  // namespace

template <class T>
typename BluesteinLanes<T>::Split BluesteinLanes<T>::split(std::size_t r) {
  constexpr double moving = 2;           // what else is done with a row
  constexpr std::size_t resident = 144;  // rows of a block and its copy in a cache of 48 KiB
  const FftBluesteinTable<T>& steps = kernels<FftBluesteinTable<T>>();
  Split best{0, 0};
  double least = HUGE_VAL;
  for (std::size_t d = 1; d <= fft_max_radix; ++d) {
    if (!steps.first[d]) continue;
    for (std::size_t block = (2 * r - 2) / d + 1; block * d <= 3 * r + 64; ++block) {
      if (!is_smooth(block)) continue;
      const double each = row_cost(static_cast<int>(d)) + row_costs(block) + moving;
      const double cost = static_cast<double>(d * block) * each * (block > resident ? 1.3 : 1);
      if (cost < least) {
        least = cost;
        best = {d, block};
      }
    }
  }
  return best;
}

template <class T>
BluesteinLanes<T>::BluesteinLanes(std::size_t n, std::size_t r) : BluesteinLanes(n, r, split(r)) {}

template <class T>
BluesteinLanes<T>::BluesteinLanes(std::size_t n, std::size_t r, Split split)
    : r_(r),
      m_(n / r),
      d_(split.d),
      block_(split.block, Order::lines),
      chirp_(2 * r),
      spectrum_(2 * split.d * split.block),
      tw_(2 * (split.d - 1) * split.block),
      turned_(2 * n) {
  const std::size_t block = split.block, points = d_ * block;
  Buffer<double> kernel(2 * points);
  std::fill_n(kernel.data(), 2 * points, 0.0);
  const Roots chirp(2 * r), roots(n), all(points);
  for (std::size_t k = 0; k < r; ++k) {
    const Root z = chirp[k * k % (2 * r)];
    put(chirp_, k, z.re, z.im);
    const auto count = static_cast<long double>(points);
    for (const std::size_t i : {k, (points - k) % points})
      put(kernel, i, z.re / count, -z.im / count);
    for (std::size_t j = 0; j < m_; ++j) {
      const Root w = roots[j * k];
      put(turned_, r * j + k, z.re * w.re - z.im * w.im, -z.re * w.im - z.im * w.re);
    }
  }
  const Buffer<T> spectrum = kernel_spectrum<T>(std::move(kernel), points);
  for (std::size_t k = 0; k < points; ++k)
    put(spectrum_, k % d_ * block + k / d_, spectrum[2 * k], spectrum[2 * k + 1]);
  for (std::size_t j = 0; j < block; ++j)
    for (std::size_t k = 1; k < d_; ++k)
      put(tw_, (d_ - 1) * j + k - 1, all[j * k].re, all[j * k].im);
}

template <class T>
std::size_t BluesteinLanes<T>::bytes() const {
  return block_.bytes() +
         (chirp_.size() + spectrum_.size() + tw_.size() + turned_.size()) * sizeof(T);
}

template <class T>
void BluesteinLanes<T>::run(T* rows) const {
  const FftPasses<T>& passes = kernels<FftTable<T>>().passes[0];
  const FftBluesteinTable<T>& steps = kernels<FftBluesteinTable<T>>();
  const std::size_t row = 2 * static_cast<std::size_t>(passes.width), block = block_.size();
  Scratch<T> all(row * d_ * block), copy(row * block);
  for (std::size_t j = 0; j < m_; ++j, rows += row) {
    steps.first[d_](rows, m_, r_, chirp_.data(), block, tw_.data(), all.data());
    for (std::size_t k = 0; k < d_; ++k) {
      T* const part = all.data() + row * block * k;
      block_.run(passes, part);
      steps.multiply_rows(part, block_.order(), spectrum_.data() + 2 * block * k, block,
                          copy.data());
      block_.run(passes, copy.data());
      std::copy_n(copy.data(), row * block, part);
    }
    steps.last[d_](all.data(), block_.order(), block, tw_.data(), turned_.data() + 2 * r_ * j, r_,
                   rows, m_);
  }
}

template class BluesteinLanes<float>;
template class BluesteinLanes<double>;

}  // namespace flipshift::fft
