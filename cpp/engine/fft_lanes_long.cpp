#include "engine/fft_lanes_long.hpp"

#include <algorithm>
#include <cstdlib>

#include "engine/dispatch.hpp"
#include "engine/fft_cache.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"

namespace flipshift::fft {

namespace {

template <class T>
const FftPasses<T>& passes() {
  return kernels<FftTable<T>>().passes[0];
}

// The most balanced n1 <= n2.
std::size_t shorter_factor(std::size_t n) {
  std::size_t best = 1;
  for (std::size_t d = 2; d * d <= n; ++d)
    if (n % d == 0) best = d;
  return best;
}

// Rows between the blocks of sweep 2 that keep them off each other's cache sets.
constexpr std::size_t padding = 9;

}  // namespace

template <class T>
bool LongSideBySide<T>::possible(std::size_t n, std::ptrdiff_t in_step) {
  // Shorter lines go faster as copies, each of which stays in the second-level cache (0.6 to 0.9 of
  // the speed at 2^13 to 2^15; 1 to 2 times at 2^16 and above).
  constexpr std::size_t from = 65536, scratch_to = std::size_t{64} << 20;
  constexpr std::size_t least = 16;  // of both factors
  if (n < from || 2 * sizeof(T) * static_cast<std::size_t>(passes<T>().width) * n > scratch_to ||
      !is_smooth(n))
    return false;
  const std::size_t n1 = shorter_factor(n), n2 = n / n1;
  // A column whose numbers fall into one set of the caches is read slower than the line is copied.
  const std::size_t apart = static_cast<std::size_t>(std::abs(in_step)) * n2 * sizeof(C);
  return n1 >= least && n2 <= 16 * n1 && apart % 4096 != 0;
}

template <class T>
LongSideBySide<T>::LongSideBySide(std::size_t n)
    : n1_(shorter_factor(n)),
      n2_(n / n1_),
      first_(n1_, Order::lines),
      second_(n2_, Order::large_first),
      tw_(2 * (n1_ - 1) * n2_),
      frequency_(n1_) {
  for (std::size_t k = 0; k < n1_; ++k)
    frequency_[first_.order()[k]] = static_cast<std::uint32_t>(k);
  const Roots roots(n);
  T* w = tw_.data();
  for (std::size_t column = 0; column < n2_; ++column) {
    std::size_t done = 1, length = n1_;  // product of the radices before, and after
    for (int radix : first_.radices()) {
      const auto r = static_cast<std::size_t>(radix);
      length /= r;
      for (std::size_t j = 0; j < length; ++j) {
        for (std::size_t k = 1; k < r; ++k) {
          const Root z = roots[(column + n2_ * j) * k * done];
          *w++ = static_cast<T>(z.re);
          *w++ = static_cast<T>(z.im);
        }
      }
      done *= r;
    }
  }
}

template <class T>
std::size_t LongSideBySide<T>::bytes() const {
  return first_.bytes() + second_.bytes() + tw_.size() * sizeof(T) +
         frequency_.size() * sizeof(std::uint32_t);
}

template <class T>
void LongSideBySide<T>::c2c(const C* in, std::ptrdiff_t in_step, C* out, std::ptrdiff_t out_step,
                            Direction direction, T scale, std::size_t workers) const {
  const FftPasses<T>& p = passes<T>();
  const std::size_t row = 2 * static_cast<std::size_t>(p.width), pitch = n2_ + padding;
  const T sign = direction == Direction::forward ? T(1) : T(-1);
  Scratch<T> middle(row * pitch * n1_);
  parallel_for(n2_, workers, [&](std::size_t begin, std::size_t end) {
    Scratch<T> rows(row * n1_);
    for (std::size_t column = begin; column < end; ++column) {
      const T* w = tw_.data() + 2 * (n1_ - 1) * column;
      const C* x = in + static_cast<std::ptrdiff_t>(column) * in_step;
      std::size_t blocks = 1, length = n1_;
      for (int r : first_.radices()) {
        length /= static_cast<std::size_t>(r);
        if (blocks == 1) {
          p.first_scaled[r](reinterpret_cast<const T*>(x),
                            in_step * static_cast<std::ptrdiff_t>(n2_), rows.data(), length, w,
                            sign);
        } else {
          p.scaled[r](rows.data(), blocks, length, w);
        }
        w += 2 * length * static_cast<std::size_t>(r - 1);
        blocks *= static_cast<std::size_t>(r);
      }
      for (std::size_t i = 0; i < n1_; ++i)
        std::copy_n(rows.data() + row * i, row, middle.data() + row * (pitch * i + column));
    }
  });
  parallel_for(n1_, workers, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      T* block = middle.data() + row * pitch * i;
      second_.run_but_last(p, block);
      C* y = out + static_cast<std::ptrdiff_t>(frequency_[i]) * out_step;
      second_.run_last(p, block, 1, 0, reinterpret_cast<T*>(y),
                       out_step * static_cast<std::ptrdiff_t>(n1_), scale, sign * scale);
    }
  });
}

template <class T>
std::shared_ptr<const LongSideBySide<T>> long_lanes_plan(std::size_t n) {
  constexpr std::size_t cache_limit = std::size_t{8} << 20;
  static Cache<LongSideBySide<T>> cache(cache_limit, sizeof(T) == 4 ? "complex64" : "complex128");
  return cache.get(n);
}

template class LongSideBySide<float>;
template class LongSideBySide<double>;
template std::shared_ptr<const LongSideBySide<float>> long_lanes_plan(std::size_t);
template std::shared_ptr<const LongSideBySide<double>> long_lanes_plan(std::size_t);

}  // namespace flipshift::fft
