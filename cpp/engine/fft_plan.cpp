#include "engine/fft_plan.hpp"

#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/scratch.hpp"

namespace flipshift::fft {

namespace {

// From this length on the data are swept twice, in cache-sized pieces (measured on Zen 5, 2026-11).
template <class T>
constexpr std::size_t two_sweeps_from = 32768 / sizeof(T);

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

  void run(const T* x, T* y, T conj, T re_scale, T im_scale) const override {
    const std::size_t m = columns_.size();
    Scratch<T> rows(2 * m * static_cast<std::size_t>(passes_.width));
    columns_.run_from(passes_, x, passes_.width, conj, rows.data(),
                      passes_.width > 1 ? lane_tw_.data() : nullptr);
    passes_.finish(rows.data(), columns_.order(), m, y, re_scale, im_scale);
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

// Two sweeps for n = n1 n2, both at least W. Sweep 1 transforms W adjacent columns of n1 numbers at
// a time, applies w_n^(j2 k1) as the product of a vector (of lane and k1) and a scalar (of the
// group of columns and k1), and transposes, so that lanes become frequencies k1. Sweep 2 transforms
// n2 rows in place without any shuffle and stores runs of adjacent numbers in natural order. Where
// W does not divide n1 or n2, the last group of W overlaps the one before and computes the same
// once more. Scratch: n numbers and a little.
template <class T>
class TwoSweeps final : public Algorithm<T> {
 public:
  TwoSweeps(std::size_t n1, std::size_t n2, const FftPasses<T>& passes)
      : passes_(passes), columns1_(n1), columns2_(n2, true) {
    const auto w = static_cast<std::size_t>(passes.width);
    const Roots roots(n1 * n2);
    lane_tw_ = Buffer<T>(2 * w * n1);
    step_tw_ = Buffer<T>(2 * n1 * groups(n2));
    for (std::size_t k = 0; k < n1; ++k) {
      for (std::size_t i = 0; i < w; ++i) {
        const Root z = roots[k * passes.column[i]];
        lane_tw_[2 * w * k + i] = static_cast<T>(z.re);
        lane_tw_[2 * w * k + w + i] = static_cast<T>(z.im);
      }
    }
    T* step = step_tw_.data();
    for (std::size_t g = 0; g < groups(n2); ++g) {
      for (std::size_t k = 0; k < n1; ++k) {
        const Root z = roots[start(g, n2) * k];
        *step++ = static_cast<T>(z.re);
        *step++ = static_cast<T>(z.im);
      }
    }
  }

  void run(const T* x, T* y, T conj, T re_scale, T im_scale) const override {
    const auto w = static_cast<std::size_t>(passes_.width);
    const std::size_t n1 = columns1_.size(), n2 = columns2_.size(), row = 2 * w;
    const std::size_t group_stride = n2 + padding;
    Scratch<T> middle(row * group_stride * groups(n1));
    {
      Scratch<T> rows(row * n1);
      for (std::size_t g = 0; g < groups(n2); ++g) {
        const std::size_t j = start(g, n2);
        columns1_.run_from(passes_, x + 2 * j, static_cast<std::ptrdiff_t>(n2), conj, rows.data());
        passes_.turn(rows.data(), columns1_.order(), n1, lane_tw_.data(),
                     step_tw_.data() + 2 * n1 * g, middle.data() + row * j, group_stride);
      }
    }
    const auto sweep = [&](std::size_t g, std::size_t count) {
      T* block = middle.data() + row * group_stride * g;
      for (std::size_t i = 0; i < count; ++i)
        columns2_.run_but_last(passes_, block + row * group_stride * i);
      columns2_.run_last(passes_, block, count, group_stride, y + 2 * start(g, n1),
                         static_cast<std::ptrdiff_t>(n1), re_scale, im_scale);
    };
    const std::size_t adjacent = n1 / w;  // groups that lie side by side in y
    for (std::size_t g = 0; g < adjacent; g += together) sweep(g, std::min(together, adjacent - g));
    if (adjacent < groups(n1)) sweep(adjacent, 1);
  }

  std::size_t bytes() const override {
    return columns1_.bytes() + columns2_.bytes() + (lane_tw_.size() + step_tw_.size()) * sizeof(T);
  }
  std::string describe() const override {
    return "two sweeps " + std::to_string(columns1_.size()) + " x " +
           std::to_string(columns2_.size()) + ", radices" + columns1_.describe() + " |" +
           columns2_.describe() + ", lanes " + std::to_string(passes_.width);
  }

 private:
  // Groups of W that cover 0 .. n, and where each starts.
  std::size_t groups(std::size_t n) const {
    const auto w = static_cast<std::size_t>(passes_.width);
    return (n + w - 1) / w;
  }
  std::size_t start(std::size_t g, std::size_t n) const {
    const auto w = static_cast<std::size_t>(passes_.width);
    return std::min(g * w, n - w);
  }

  static constexpr std::size_t padding = 9;  // rows; keeps the groups off each other's cache sets
  // Groups stored at once, 64 W bytes a run or more. To read several groups of columns at once in
  // sweep 1 gained nothing at 2^12 .. 2^18.
  static constexpr std::size_t together = 4;
  const FftPasses<T>& passes_;
  Columns<T> columns1_, columns2_;
  Buffer<T> lane_tw_, step_tw_;
};

// Any n by a cyclic convolution with a chirp: jk = (j^2 + k^2 - (k-j)^2) / 2 (Bluestein, 1970).
// Scratch: the padded length, at most about 2.1 n numbers, besides that of the inner transform.
template <class T>
class Bluestein final : public Algorithm<T> {
 public:
  explicit Bluestein(std::size_t n) : n_(n), inner_(good_size(2 * n - 1)) {
    const std::size_t m = inner_.size();
    chirp_ = Buffer<T>(2 * n);
    spectrum_ = Buffer<T>(2 * m);
    std::fill_n(spectrum_.data(), 2 * m, T(0));
    const Roots roots(2 * n);
    std::size_t square = 0;  // k^2 mod 2n
    for (std::size_t k = 0; k < n; ++k) {
      const Root z = roots[square];
      chirp_[2 * k] = static_cast<T>(z.re);
      chirp_[2 * k + 1] = static_cast<T>(z.im);
      for (const std::size_t i : {k, (m - k) % m}) {
        spectrum_[2 * i] = static_cast<T>(z.re / static_cast<long double>(m));
        spectrum_[2 * i + 1] = static_cast<T>(-z.im / static_cast<long double>(m));
      }
      square = (square + 2 * k + 1) % (2 * n);
    }
    run_inner(spectrum_.data(), 1);
  }

  void run(const T* x, T* y, T conj, T re_scale, T im_scale) const override {
    const FftRealTable<T>& k = kernels<FftRealTable<T>>();
    const std::size_t m = inner_.size();
    Scratch<T> work(2 * m);
    T* a = work.data();
    // conj(x) c = conj(x conj(c)): conjugating here is left to the signs of the inner transform.
    k.multiply(x, chirp_.data(), a, n_, conj);
    std::fill(a + 2 * n_, a + 2 * m, T(0));
    run_inner(a, conj);
    k.multiply(a, spectrum_.data(), a, m, 1);
    // The backward transform as the conjugate of the forward one of the conjugate.
    inner_.algorithm().run(a, a, -1, 1, -1);
    k.multiply(a, chirp_.data(), a, n_, 1);
    for (std::size_t i = 0; i < n_; ++i) {
      y[2 * i] = a[2 * i] * re_scale;
      y[2 * i + 1] = a[2 * i + 1] * im_scale;
    }
  }

  std::size_t bytes() const override {
    return (chirp_.size() + spectrum_.size()) * sizeof(T) + inner_.bytes();
  }
  std::string describe() const override {
    return "Bluestein by " + std::to_string(inner_.size()) + ": " + inner_.describe();
  }

 private:
  void run_inner(T* a, T conj) const { inner_.algorithm().run(a, a, conj, 1, 1); }

  std::size_t n_;
  Plan<T> inner_;
  Buffer<T> chirp_, spectrum_;
};

template <class T>
class Identity final : public Algorithm<T> {
 public:
  void run(const T* x, T* y, T conj, T re_scale, T im_scale) const override {
    const T re = x[0], im = x[1];
    y[0] = re * re_scale;
    y[1] = im * conj * im_scale;
  }
  std::size_t bytes() const override { return 0; }
  std::string describe() const override { return "a copy"; }
};

// The share of lanes that do new work when n columns are taken w at a time.
double lanes_used(std::size_t n, std::size_t w) {
  return static_cast<double>(n) / static_cast<double>((n + w - 1) / w * w);
}

// n1 of the best split n = n1 n2 into two sweeps at width w: neither below w, lanes well used, and
// not so lopsided that the columns of one outgrow the cache. 0 if there is none.
struct Split {
  std::size_t n1 = 0;
  double lanes = 0;
};
Split best_split(std::size_t n, std::size_t w) {
  Split best;
  for (std::size_t d = w; d * d <= n; ++d) {
    if (n % d || n / d > 16 * d) continue;
    const double lanes = (lanes_used(d, w) + lanes_used(n / d, w)) / 2;
    if (lanes >= best.lanes - 0.02) best = {d, lanes};  // the more balanced one, if as good
  }
  return best;
}

}  // namespace

template <class T>
std::unique_ptr<const Algorithm<T>> make_algorithm(std::size_t n) {
  if (n == 1) return std::make_unique<Identity<T>>();
  if (!is_smooth(n)) return std::make_unique<Bluestein<T>>(n);
  const FftTable<T>& table = kernels<FftTable<T>>();
  int one = 0;  // the family for one sweep
  for (; one + 1 < table.families; ++one) {
    const auto w = static_cast<std::size_t>(table.passes[one].width);
    if (n % w == 0 && n / w >= w) break;
  }
  // Two sweeps for long transforms, and where the lanes would stay emptier in one: a second sweep
  // costs about a third more.
  const auto width = [&](int f) { return static_cast<double>(table.passes[f].width); };
  double best = n >= two_sweeps_from<T> ? 0 : width(one);
  int two = -1;
  Split split;
  for (int f = 0; f + 1 < table.families; ++f) {
    const Split s = best_split(n, static_cast<std::size_t>(table.passes[f].width));
    if (s.n1 > 0 && 0.75 * s.lanes * width(f) > best) {
      best = 0.75 * s.lanes * width(f);
      split = s;
      two = f;
    }
  }
  if (two >= 0) return std::make_unique<TwoSweeps<T>>(split.n1, n / split.n1, table.passes[two]);
  return std::make_unique<OneSweep<T>>(n, table.passes[one]);
}

template std::unique_ptr<const Algorithm<float>> make_algorithm(std::size_t);
template std::unique_ptr<const Algorithm<double>> make_algorithm(std::size_t);

// The numbers 2^a, 3 2^a, 5 2^a, 7 2^a and 9 2^a lie within 25% of each other and all but the
// shortest of them are multiples of every vector width.
std::size_t good_size(std::size_t n) {
  std::size_t best = 1;
  while (best < n) best *= 2;
  for (std::size_t odd : {3, 5, 7, 9, 11, 13, 15}) {
    // At least 2^6 in them: two lanes of 8 in double, and half the length of a real transform too.
    std::size_t size = odd * 64;
    while (size < n) size *= 2;
    best = std::min(best, size);
  }
  return best;
}

}  // namespace flipshift::fft
