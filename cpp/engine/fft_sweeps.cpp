// Smooth lengths in one sweep or two over the data.
#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/fft_columns.hpp"
#include "engine/fft_plan.hpp"
#include "engine/fft_turn.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/fft_sweep.hpp"

namespace flipshift::fft {

namespace {

// From this length on the data are swept twice, in cache-sized pieces (measured on Zen 5, 2026-11).
template <class T>
constexpr std::size_t two_sweeps_from = 32768 / sizeof(T);

// Of passes that leave many lanes empty (2313 = 9 times 257 takes twice as long as by convolution).
constexpr std::size_t largest_at_few_lanes = 127;

// One sweep: the W lanes are the residues of the index modulo W. n = W m; the columns of m rows are
// transformed, twisted by w_n^(lane k), and joined by a transform across the lanes. Scratch: n
// numbers, which fit into the first- or second-level cache.
template <class T>
class OneSweep final : public Algorithm<T> {
 public:
  OneSweep(std::size_t n, const FftPasses<T>& passes)
      : passes_(passes), columns_(n / static_cast<std::size_t>(passes.width)) {
    const auto w = static_cast<std::size_t>(passes.width);
    if (w == 1) return;
    const std::size_t m = n / w;
    lane_tw_ = Buffer<T>(2 * n);
    const Roots roots(n);
    for (std::size_t k = 0; k < m; ++k) {
      T* row = lane_tw_.data() + 2 * w * columns_.order()[k];
      for (std::size_t i = 0; i < w; ++i) {
        const Root z = roots[k * passes.column[i]];
        row[i] = static_cast<T>(z.re);
        row[w + i] = static_cast<T>(z.im);
      }
    }
  }

  void run(const T* x, T* y, bool backward, T scale, std::size_t) const override {
    const T conj = backward ? T(-1) : T(1);
    const std::size_t m = columns_.size();
    Scratch<T> rows(2 * m * static_cast<std::size_t>(passes_.width));
    columns_.run_from(passes_, x, passes_.width, conj, rows.data(),
                      passes_.width > 1 ? lane_tw_.data() : nullptr);
    passes_.finish(rows.data(), columns_.order(), m, y, scale, conj * scale);
  }

  std::size_t bytes() const override { return columns_.bytes() + lane_tw_.size() * sizeof(T); }
  std::string describe() const override {
    return "one sweep " + std::to_string(passes_.width) + " x " + std::to_string(columns_.size()) +
           ", radices" + columns_.describe() + ", lanes " + std::to_string(passes_.width);
  }

 private:
  const FftPasses<T>& passes_;
  Columns<T> columns_;
  Buffer<T> lane_tw_;
};

template <class T>
T* put_scalar(T* at, const Root& z) {
  at[0] = static_cast<T>(z.re);
  at[1] = static_cast<T>(z.im);
  return at + 2;
}

// The first sweep for any n1, n2 >= W: transforms W adjacent columns of n1 numbers, then multiplies
// by w_n^(j2 k1) and transposes.
template <class T>
class LateTurn {
 public:
  LateTurn(std::size_t n1, std::size_t n2, const FftPasses<T>& passes)
      : passes_(passes),
        columns_(n1),
        groups_{n2, static_cast<std::size_t>(passes.width)},
        factors_(Roots(n1 * n2), n1, n2, passes) {}

  std::size_t size() const { return columns_.size(); }
  // Groups begin .. end - 1 of the columns.
  void run(const T* x, T conj, T* out, std::size_t group_stride, std::size_t begin,
           std::size_t end) const {
    Scratch<T> rows(2 * groups_.w * size());
    for (std::size_t g = begin; g < end; ++g) {
      const std::size_t j = groups_.start(g);
      columns_.run_from(passes_, x + 2 * j, static_cast<std::ptrdiff_t>(groups_.n), conj,
                        rows.data());
      factors_.run(rows.data(), columns_.order(), g, out + 2 * groups_.w * j, group_stride);
    }
  }
  std::size_t bytes() const { return columns_.bytes() + factors_.bytes(); }
  std::string describe() const { return columns_.describe(); }

 private:
  const FftPasses<T>& passes_;
  Columns<T> columns_;
  Groups groups_;  // of columns
  TurnFactors<T> factors_;
};

// The first sweep for n1 = ra rb, W a divisor of ra and n2: transposes after ra, as
// kernels/fft_sweep.hpp says.
template <class T>
class EarlyTurn {
 public:
  EarlyTurn(std::size_t ra, std::size_t rb, std::size_t n2, const FftSweepTable<T>& kernels)
      : kernels_(kernels),
        ra_(ra),
        rb_(rb),
        n2_(n2),
        row_tw_(2 * rb * (ra - 1)),
        lane_tw_(2 * ra * n2),
        step_tw_(2 * rb * n2) {
    const std::size_t w = width();
    const Roots roots(ra * rb * n2);
    T* row = row_tw_.data();
    for (std::size_t b = 0; b < rb; ++b)
      for (std::size_t k = 1; k < ra; ++k) row = put_scalar(row, roots[n2 * b * k]);
    T* lane = lane_tw_.data();
    for (std::size_t g = 0; g < n2; g += w)
      for (std::size_t t = 0; t < ra; t += w)
        for (std::size_t l = 0; l < w; ++l) {
          for (std::size_t i = 0; i < w; ++i) {
            put_lane_less_one(lane, i, w, roots[(g + l) * (t + kernels.column[i])]);
          }
          lane += 2 * w;
        }
    T* step = step_tw_.data();
    for (std::size_t j = 0; j < n2; ++j)
      for (std::size_t k = 0; k < rb; ++k) step = put_scalar(step, roots[j * ra * k]);
  }

  std::size_t size() const { return ra_ * rb_; }
  void run(const T* x, T conj, T* out, std::size_t group_stride, std::size_t begin,
           std::size_t end) const {
    const std::size_t w = width();
    Scratch<T> rows(2 * w * size());
    for (std::size_t j = begin * w; j < end * w; j += w) {
      kernels_.spread[ra_](x + 2 * j, static_cast<std::ptrdiff_t>(n2_), rows.data(), rb_,
                           row_tw_.data(), conj);
      kernels_.gather[rb_](rows.data(), ra_ / w, lane_tw_.data() + 2 * ra_ * j,
                           step_tw_.data() + 2 * rb_ * j, out + 2 * w * j, group_stride);
    }
  }
  std::size_t bytes() const {
    return (row_tw_.size() + lane_tw_.size() + step_tw_.size()) * sizeof(T);
  }
  std::string describe() const {
    std::string text = " ";
    return text.append(std::to_string(ra_)).append(" ").append(std::to_string(rb_));
  }

 private:
  std::size_t width() const { return static_cast<std::size_t>(kernels_.width); }
  const FftSweepTable<T>& kernels_;
  std::size_t ra_, rb_, n2_;
  Buffer<T> row_tw_, lane_tw_, step_tw_;
};

// Two sweeps for n = n1 n2, both at least W. After the first one, of which there are two kinds,
// lanes are frequencies k1. Sweep 2 transforms n2 rows in place without any shuffle and stores runs
// of adjacent numbers in natural order. Scratch: n numbers and a little.
template <class T, class First>
class TwoSweeps final : public Algorithm<T> {
 public:
  TwoSweeps(First first, std::size_t n2, const FftPasses<T>& passes)
      : passes_(passes),
        first_(std::move(first)),
        columns_(n2, Order::large_first),
        groups_{first_.size(), static_cast<std::size_t>(passes.width)},
        size_(first_.size() * n2) {}

  void run(const T* x, T* y, bool backward, T scale, std::size_t workers) const override {
    const std::size_t row = 2 * groups_.w, group_stride = columns_.size() + padding;
    if (2 * sizeof(T) * size_ < worth_sharing_line) workers = 1;
    Scratch<T> middle(row * group_stride * groups_.count(), workers);
    // A group that overlaps the one before goes to the same thread.
    const Groups columns{columns_.size(), groups_.w};
    const std::size_t apart = columns.n / columns.w;
    parallel_for(apart, workers, [&](std::size_t begin, std::size_t end) {
      first_.run(x, backward ? T(-1) : T(1), middle.data(), group_stride, begin,
                 end == apart ? columns.count() : end);
    });
    const bool streamed = columns_.can_stream(passes_) &&
                          2 * sizeof(T) * size_ >= (workers > 1 ? 2 * stream_from : stream_from);
    const std::size_t chunks = (groups_.n / groups_.w + together - 1) / together;
    parallel_for(chunks, workers, [&](std::size_t begin, std::size_t end) {
      second_sweep(middle.data(), group_stride, y, scale, backward ? -scale : scale,
                   begin * together, end == chunks ? groups_.count() : end * together, streamed);
    });
  }

  std::size_t bytes() const override { return first_.bytes() + columns_.bytes(); }
  std::string describe() const override {
    return "two sweeps " + std::to_string(first_.size()) + " x " + std::to_string(columns_.size()) +
           ", radices" + first_.describe() + " x" + columns_.describe() + ", lanes " +
           std::to_string(passes_.width);
  }

 private:
  // Groups begin .. end - 1 of the frequencies k1.
  void second_sweep(T* middle, std::size_t group_stride, T* y, T re_scale, T im_scale,
                    std::size_t begin, std::size_t end, bool streamed) const {
    const std::size_t size = 2 * groups_.w * group_stride;
    // Those that lie side by side in y, of which an overlapping one is none.
    const std::size_t adjacent = std::min(end, groups_.n / groups_.w);
    const auto stride = static_cast<std::ptrdiff_t>(groups_.n);
    Scratch<T> carry(streamed ? groups_.w * columns_.size() : 0);
    for (std::size_t g = begin; g < end;) {
      const std::size_t count = g < adjacent ? std::min(together, adjacent - g) : 1;
      T* block = middle + size * g;
      T* to = y + 2 * groups_.start(g);
      for (std::size_t i = 0; i < count; ++i) columns_.run_but_last(passes_, block + size * i);
      if (streamed && g < adjacent) {
        columns_.run_last_streamed(passes_, block, count, group_stride, to, stride, re_scale,
                                   im_scale, carry.data(), g == begin, g + count == adjacent);
      } else {
        columns_.run_last(passes_, block, count, group_stride, to, stride, re_scale, im_scale);
      }
      g += count;
    }
  }

  static constexpr std::size_t padding = 9;  // rows; keeps the groups off each other's cache sets
  // Groups stored at once, 64 W bytes a run or more. To read several groups of columns at once in
  // sweep 1 gained nothing at 2^12 .. 2^18.
  static constexpr std::size_t together = 4;
  // Bytes of output from which it is better stored past the caches; twice as many where threads
  // share them, who soon are as fast as memory.
  static constexpr std::size_t stream_from = std::size_t{4} << 20;
  static_assert(together <= fft_max_together);
  const FftPasses<T>& passes_;
  First first_;
  Columns<T> columns_;
  Groups groups_;  // of frequencies k1
  std::size_t size_;
};

// The share of lanes that do new work when n columns are taken w at a time.
double lanes_used(std::size_t n, std::size_t w) {
  return static_cast<double>(n) / static_cast<double>((n + w - 1) / w * w);
}

// n1 of the best split n = n1 n2 into two sweeps at width w: neither below w, lanes well used, and
// not so lopsided that the columns of one outgrow the cache, where that is to be avoided. 0 if
// there is none.
struct Split {
  std::size_t n1 = 0;
  double lanes = 0;
};
Split best_split(std::size_t n, std::size_t w) {
  Split best;
  const std::size_t lopsided = is_smooth(n) ? 32 : 128;
  for (std::size_t d = w; d * d <= n; ++d) {
    if (n % d || n / d > lopsided * d) continue;
    const double lanes = (lanes_used(d, w) + lanes_used(n / d, w)) / 2;
    if (lanes >= best.lanes - 0.02) best = {d, lanes};  // the more balanced one, if as good
  }
  return best;
}

// The time that a pass of radix r takes, relative to radix 8 (measured on Zen 5, 2026-11).
double pass_cost(std::size_t r) {
  switch (r) {
    case 2:
    case 3:
      return 0.9;
    case 4:
      return 0.95;
    case 5:
      return 1.1;
    case 7:
      return 1.3;
    case 8:
      return 1.0;
    case 16:
      return 1.35;
    default:
      return std::max(2.0, static_cast<double>(r) / 6);
  }
}

// The best n = ra rb n2 for an early turn. ra = 0 if there is none, or if the rows of sweep 2 would
// leave the cache: then a late turn, which allows longer columns, is as fast.
struct EarlySplit {
  std::size_t ra = 0, rb = 0, n2 = 0;
};
template <class T>
EarlySplit best_early_split(std::size_t n, const FftSweepTable<T>& kernels) {
  constexpr std::size_t comfortable = std::size_t{64} << 10, largest = 2 * comfortable;  // bytes
  const auto w = static_cast<std::size_t>(kernels.width);
  EarlySplit best;
  double best_cost = 1e9;
  for (std::size_t ra = w; ra <= fft_max_radix; ra *= 2) {
    for (std::size_t rb = 2; rb <= fft_max_radix; ++rb) {
      if (!kernels.spread[ra] || !kernels.gather[rb] || n % (ra * rb * w) != 0) continue;
      const std::size_t n2 = n / (ra * rb), bytes = 2 * sizeof(T) * w * n2;
      if (n2 < 8 || bytes > largest) continue;
      double cost = pass_cost(ra) + pass_cost(rb);
      if (ra > w) cost += 0.25;  // spills
      if (bytes > comfortable) cost += 0.5;
      for (int r : choose_radices(n2, Order::large_first))
        cost += pass_cost(static_cast<std::size_t>(r));
      if (cost < best_cost - 0.01 || (cost < best_cost + 0.01 && n2 < best.n2)) {
        best = {ra, rb, n2};
        best_cost = cost;
      }
    }
  }
  return best;
}

}  // namespace

template <class T>
std::unique_ptr<const Algorithm<T>> make_sweeps(std::size_t n) {
  if (!has_small_primes(n)) return nullptr;
  const FftTable<T>& table = kernels<FftTable<T>>();
  // The passes of primes that are no radix of the kernels exist for the widest family only.
  const bool smooth = is_smooth(n);
  const int families = smooth ? table.families : 2;
  int one = 0;  // the family for one sweep
  for (; one + 1 < families; ++one) {
    const auto w = static_cast<std::size_t>(table.passes[one].width);
    if (n % w == 0 && n / w >= w &&
        choose_radices(n / w, Order::large_last).back() <= fft_max_radix)
      break;
  }
  // Two sweeps for long transforms, and where the lanes would stay emptier in one: a second sweep
  // costs about a third more.
  const auto width = [&](int f) { return static_cast<double>(table.passes[f].width); };
  double best = n >= two_sweeps_from<T> || (!smooth && one > 0) ? 0 : width(one);
  int two = -1;
  Split split;
  for (int f = 0; f + 1 < families; ++f) {
    const Split s = best_split(n, static_cast<std::size_t>(table.passes[f].width));
    if (s.n1 > 0 && 0.75 * s.lanes * width(f) > best) {
      best = 0.75 * s.lanes * width(f);
      split = s;
      two = f;
    }
  }
  // Empty lanes make the passes of large primes slower than Bluestein's algorithm.
  if (two >= 0 && !smooth && split.lanes < 0.85 && largest_rough_prime(n) > largest_at_few_lanes)
    return nullptr;
  if (two >= 0) {
    const FftSweepTable<T>& sweep = kernels<FftSweepTable<T>>();
    if (const EarlySplit e = best_early_split<T>(n, sweep); e.ra > 0)
      return std::make_unique<TwoSweeps<T, EarlyTurn<T>>>(EarlyTurn<T>(e.ra, e.rb, e.n2, sweep),
                                                          e.n2, table.passes[0]);
    const FftPasses<T>& passes = table.passes[two];
    const std::size_t n2 = n / split.n1;
    return std::make_unique<TwoSweeps<T, LateTurn<T>>>(LateTurn<T>(split.n1, n2, passes), n2,
                                                       passes);
  }
  if (!smooth && one > 0) return nullptr;
  return std::make_unique<OneSweep<T>>(n, table.passes[one]);
}

template std::unique_ptr<const Algorithm<float>> make_sweeps(std::size_t);
template std::unique_ptr<const Algorithm<double>> make_sweeps(std::size_t);

}  // namespace flipshift::fft
