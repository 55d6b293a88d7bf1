// Long lengths whose prime factors are too large for passes but far smaller than the length, in two
// sweeps over the data. A convolution with a chirp takes each large factor by itself, in lanes and
// in the cache, where one for the whole length would go over two to three times the data.
// Scratch: n numbers and a little.
#include <algorithm>
#include <cmath>

#include "engine/dispatch.hpp"
#include "engine/fft_bluestein_lanes.hpp"
#include "engine/fft_columns.hpp"
#include "engine/fft_plan.hpp"
#include "engine/fft_stages.hpp"
#include "engine/fft_turn.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/fft_lanes.hpp"

namespace flipshift::fft {

namespace {

template <class T>
const FftPasses<T>& passes() {
  return kernels<FftTable<T>>().passes[0];
}

template <class T>
class RoughSweeps final : public Algorithm<T> {
 public:
  RoughSweeps(std::size_t n1, std::size_t n2)
      : first_(n1, true),
        second_(n2, true),
        columns_{n2, static_cast<std::size_t>(passes<T>().width)},
        frequencies_{n1, columns_.w},
        factors_(Roots(n1 * n2), n1, n2, passes<T>()) {}

  void run(const T* x, T* y, bool backward, T scale, std::size_t workers) const override {
    const std::size_t row = 2 * columns_.w, group_stride = columns_.n + padding;
    if (row * group_stride * frequencies_.count() * sizeof(T) < worth_sharing_convolution)
      workers = 1;
    const T conj = backward ? T(-1) : T(1);
    Scratch<T> middle(row * group_stride * frequencies_.count(), workers);
    // A group that overlaps the one before goes to the same thread.
    const auto last = [](const Groups& groups, std::size_t end) {
      return end == groups.whole() ? groups.count() : end;
    };
    parallel_for(columns_.whole(), workers, [&](std::size_t begin, std::size_t end) {
      Scratch<T> rows(row * first_.size());
      for (std::size_t g = begin; g < last(columns_, end); ++g) {
        const std::size_t j = columns_.start(g);
        kernels<FftLanesTable<T>>().load_tile(x + 2 * j, static_cast<std::ptrdiff_t>(columns_.n),
                                              first_.size(), 1, 0, rows.data(), conj);
        first_.run(rows.data());
        factors_.run(rows.data(), first_.order(), g, middle.data() + row * j, group_stride);
      }
    });
    parallel_for(frequencies_.whole(), workers, [&](std::size_t begin, std::size_t end) {
      for (std::size_t g = begin; g < last(frequencies_, end); ++g) {
        T* const block = middle.data() + row * group_stride * g;
        second_.run(block);
        passes<T>().store(block, second_.order(), second_.size(), y + 2 * frequencies_.start(g),
                          static_cast<std::ptrdiff_t>(frequencies_.n), scale, conj * scale);
      }
    });
  }

  bool is_bluestein() const override { return true; }
  std::size_t bytes() const override { return first_.bytes() + second_.bytes() + factors_.bytes(); }
  std::string describe() const override {
    std::string text = "two sweeps " + std::to_string(first_.size());
    text.append(" x ").append(std::to_string(second_.size())).append(", radices");
    text.append(first_.describe()).append(" x").append(second_.describe());
    return text.append(", lanes ").append(std::to_string(columns_.w));
  }

 private:
  static constexpr std::size_t padding = 9;  // rows; keeps the groups off each other's cache sets
  Stages<T> first_, second_;
  Groups columns_, frequencies_;
  TurnFactors<T> factors_;
};

// One of the two factors of a length: whether a convolution is in its columns, and what a number
// costs, relative to passes of small radices.
struct Side {
  std::size_t n, rough;
  bool convolved;
  explicit Side(std::size_t length)
      : n(length), rough(has_small_primes(n) ? largest_rough_prime(n) : rough_part(n)) {
    convolved = rough >= BluesteinLanes<double>::shortest;
  }
  bool possible() const { return !convolved || rough <= BluesteinLanes<double>::longest; }
  double cost() const { return convolved ? 3 : 1 + static_cast<double>(rough) / 40; }
  // Rows of scratch of its convolution.
  std::size_t rows() const { return convolved ? 9 * rough / 4 : 0; }
};

// n1 of the split whose scratch is bounded that takes least time, or 0; w lanes of `bytes` bytes.
std::size_t best_split(std::size_t n, std::size_t w, std::size_t bytes) {
  // Bytes for columns in a sweep: for long lengths two sevenths of the data.
  const std::size_t limit = std::max(std::size_t{512} << 10, 2 * n * bytes / 7);
  constexpr double enough_lanes = 0.68;  // below, one convolution for all is as fast
  constexpr double cache = 4 << 20;      // columns of this size would take twice the time
  const auto lanes = [&](std::size_t k) {
    return static_cast<double>(k) / static_cast<double>((k + w - 1) / w * w);
  };
  std::size_t best = 0;
  double least = HUGE_VAL;
  for (std::size_t d = w; d * d <= n; ++d) {
    if (n % d != 0 || std::min(lanes(d), lanes(n / d)) < enough_lanes) continue;
    for (const std::size_t n1 : {n / d, d}) {
      const Side first(n1), second(n / n1);
      const std::size_t columns = n1 + first.rows(), blocks = second.n + second.rows();
      if (!first.possible() || !second.possible() ||
          bytes * w * std::max(columns, second.rows()) > limit)
        continue;
      const auto far = static_cast<double>(bytes * w * std::max(columns, blocks)) / cache;
      const double cost = (first.cost() / lanes(second.n) + second.cost() / lanes(n1)) * (1 + far);
      if (cost < least) {
        least = cost;
        best = n1;
      }
    }
  }
  return best;
}

}  // namespace

template <class T>
std::unique_ptr<const Algorithm<T>> make_rough(std::size_t n) {
  constexpr std::size_t shortest = 2000;
  if (n < shortest) return nullptr;
  const auto w = static_cast<std::size_t>(passes<T>().width);
  const std::size_t n1 = best_split(n, w, 2 * sizeof(T));
  return n1 > 0 ? std::make_unique<RoughSweeps<T>>(n1, n / n1) : nullptr;
}

template std::unique_ptr<const Algorithm<float>> make_rough(std::size_t);
template std::unique_ptr<const Algorithm<double>> make_rough(std::size_t);

}  // namespace flipshift::fft
