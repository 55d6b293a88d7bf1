#include "engine/fft_real_odd.hpp"

#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"

namespace flipshift::fft {

namespace {

constexpr std::size_t padding = 9;  // rows; keeps groups off each other's cache sets
// Of the primes that have passes: mostly 0.7 to 0.95 of the time of a convolution (in single
// precision backward up to 1.2), and two thirds of its error.
constexpr std::size_t largest_sum = 307;
constexpr std::size_t together = 4;  // groups whose results are stored side by side

// body(begin, end) over `count` pieces of which the last overlaps the one before: both are for one
// thread.
template <class F>
void shared(std::size_t count, std::size_t workers, F&& body) {
  const std::size_t apart = std::max<std::size_t>(count, 2) - 1;
  parallel_for(apart, workers, [&](std::size_t begin, std::size_t end) {
    body(begin, end == apart ? count : end);
  });
}

// The time of the passes over a row, relative to that of radix 8 (measured on Zen 5, 2026-11).
double row_cost(std::size_t n) {
  double cost = 0;
  for (int r : choose_radices(n, Order::large_last))
    cost += r == 3 ? 0.9 : r == 5 ? 1.1 : r == 7 ? 1.3 : std::max(2.0, r / 6.0);
  return cost;
}

}  // namespace

template <class T>
std::unique_ptr<const OddRealLine<T>> OddRealLine<T>::make(std::size_t n) {
  if (n % 2 == 0 || !has_small_primes(n, largest_sum)) return nullptr;
  const FftTable<T>& table = kernels<FftTable<T>>();
  const FftRealOddTable<T>& odd = kernels<FftRealOddTable<T>>();
  const int families = is_smooth(n) ? table.families - 1 : 1;
  constexpr double moving = 2;  // both sweeps' other work, relative to a pass
  double best = 1e300;
  std::size_t best_n1 = 0;
  int best_family = 0;
  for (int f = 0; f < families; ++f) {
    const auto w = static_cast<std::size_t>(table.passes[f].width);
    const auto consider = [&](std::size_t n1, std::size_t n2) {
      const std::size_t half = (n1 + 1) / 2;
      if (half < w || n2 < w) return;
      const double pairs = static_cast<double>((n2 + 2 * w - 1) / (2 * w)),
                   groups = static_cast<double>((half + w - 1) / w);
      const double cost = pairs * static_cast<double>(n1) * (row_cost(n1) + moving) +
                          groups * static_cast<double>(n2) * (row_cost(n2) + moving);
      if (cost >= best) return;
      best = cost;
      best_n1 = n1;
      best_family = f;
    };
    for (std::size_t d = 3; d * d <= n; d += 2) {
      if (n % d) continue;
      consider(d, n / d);
      consider(n / d, d);
    }
  }
  if (best_n1 == 0) return nullptr;
  return std::unique_ptr<const OddRealLine>(
      new OddRealLine(best_n1, n / best_n1, table.passes[best_family], odd.steps[best_family]));
}

template <class T>
OddRealLine<T>::OddRealLine(std::size_t n1, std::size_t n2, const FftPasses<T>& passes,
                            const FftRealOddSteps<T>& steps)
    : passes_(passes),
      steps_(steps),
      n1_(n1),
      n2_(n2),
      w_(static_cast<std::size_t>(passes.width)),
      half_((n1 + 1) / 2),
      first_(n1),
      second_(n2),
      imaginary_order_(half_),
      factors_(Roots(n1 * n2), half_, n2, passes),
      back_factors_(Roots(n1 * n2), n2, half_, passes) {
  imaginary_order_[0] = static_cast<std::uint32_t>(n1);
  for (std::size_t k = 1; k < half_; ++k) imaginary_order_[k] = first_.order()[n1 - k];
}

template <class T>
void OddRealLine<T>::r2c(const T* in, std::complex<T>* out, Direction direction, T scale,
                         std::size_t workers) const {
  const std::size_t row = 2 * w_, groups = (half_ + w_ - 1) / w_, columns = (n2_ + w_ - 1) / w_;
  const std::size_t group_stride = n2_ + padding, pairs = (columns + 1) / 2;
  if (n1_ * n2_ < worth_a_thread) workers = 1;
  Scratch<T> middle(row * group_stride * groups);
  shared(pairs, workers, [&](std::size_t begin, std::size_t end) {
    Scratch<T> rows(row * (n1_ + 1));
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t a = 2 * i, b = std::min(a + 1, columns - 1);
      const std::size_t at[] = {start(a * w_, n2_, w_), start(b * w_, n2_, w_)};
      steps_.load_pair(in + at[0], in + at[1], static_cast<std::ptrdiff_t>(n2_), n1_, rows.data());
      first_.run(passes_, rows.data());
      steps_.untangle(rows.data(), first_.order(), n1_);
      factors_.run(rows.data(), first_.order(), a, middle.data() + row * at[0], group_stride);
      factors_.run(rows.data(), imaginary_order_.data(), b, middle.data() + row * at[1],
                   group_stride);
    }
  });
  const T half_scale = scale / 2;
  auto* y = reinterpret_cast<T*>(out);
  const std::size_t adjacent = half_ / w_, chunks = (groups + together - 1) / together;
  shared(chunks, workers, [&](std::size_t begin, std::size_t end) {
    const std::size_t last = std::min(groups, end * together);
    for (std::size_t g = begin * together; g < last;) {
      const std::size_t count = g < adjacent ? std::min({together, adjacent - g, last - g}) : 1;
      T* block = middle.data() + row * group_stride * g;
      for (std::size_t i = 0; i < count; ++i) second_.run(passes_, block + row * group_stride * i);
      steps_.store_half(block, second_.order(), n2_, count, group_stride, y,
                        start(g * w_, half_, w_), n1_, half_scale,
                        direction == Direction::forward ? half_scale : -half_scale);
      g += count;
    }
  });
  y[1] = 0;
}

template <class T>
void OddRealLine<T>::c2r(const std::complex<T>* in, T* out, Direction direction, T scale,
                         std::size_t workers) const {
  const std::size_t row = 2 * w_, groups = (half_ + w_ - 1) / w_, columns = (n2_ + w_ - 1) / w_;
  const std::size_t group_stride = half_ + padding, pairs = (columns + 1) / 2;
  if (n1_ * n2_ < worth_a_thread) workers = 1;
  Scratch<T> middle(row * group_stride * columns);
  const auto* x = reinterpret_cast<const T*>(in);
  // The result is real, so that conjugating what goes in reverses the sign of the exponent.
  const T conj = direction == Direction::backward ? T(-1) : T(1);
  shared(groups, workers, [&](std::size_t begin, std::size_t end) {
    Scratch<T> rows(row * n2_);
    for (std::size_t g = begin; g < end; ++g) {
      const std::size_t at = start(g * w_, half_, w_);
      steps_.load_half(x, at, n1_, n2_, rows.data(), conj);
      if (at == 0) rows[w_] = 0;  // the imaginary part of in[0]
      second_.run(passes_, rows.data());
      back_factors_.run(rows.data(), second_.order(), g, middle.data() + row * at, group_stride);
    }
  });
  shared(pairs, workers, [&](std::size_t begin, std::size_t end) {
    Scratch<T> rows(row * n1_);
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t a = 2 * i, b = std::min(a + 1, columns - 1);
      steps_.tangle(middle.data() + row * group_stride * a, middle.data() + row * group_stride * b,
                    n1_, rows.data());
      first_.run(passes_, rows.data());
      steps_.store_pair(rows.data(), first_.order(), n1_, out + start(a * w_, n2_, w_),
                        out + start(b * w_, n2_, w_), static_cast<std::ptrdiff_t>(n2_), scale);
    }
  });
}

template <class T>
std::size_t OddRealLine<T>::bytes() const {
  return first_.bytes() + second_.bytes() + imaginary_order_.size() * sizeof(std::uint32_t) +
         factors_.bytes() + back_factors_.bytes();
}

template <class T>
std::string OddRealLine<T>::describe() const {
  return "two sweeps " + std::to_string(n1_) + " x " + std::to_string(n2_) +
         ", half of each, radices" + first_.describe() + " x" + second_.describe() + ", lanes " +
         std::to_string(w_);
}

template class OddRealLine<float>;
template class OddRealLine<double>;

}  // namespace flipshift::fft
