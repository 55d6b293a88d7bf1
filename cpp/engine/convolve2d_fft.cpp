#include "engine/convolve2d_fft.hpp"

#include <algorithm>
#include <bit>
#include <complex>
#include <memory>
#include <type_traits>
#include <vector>

#include "engine/convolve2d_source.hpp"
#include "engine/dispatch.hpp"
#include "engine/fft_cache.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/convolve2d_fft.hpp"
#include "kernels/fft.hpp"

namespace flipshift::convolve2d {

namespace {

std::ptrdiff_t to_signed(std::size_t v) { return static_cast<std::ptrdiff_t>(v); }

// The passes of transforms of n rows, as kernels/convolve2d_fft.hpp has them, and the factors that
// fold 2 n real rows into n. n > 1 has no prime factors above 7.
template <class T>
class Passes {
 public:
  explicit Passes(std::size_t n) : n_(n), fold_(2 * n) {
    std::size_t rest = n;
    for (const int p : {7, 5, 3})
      for (; rest % static_cast<std::size_t>(p) == 0; rest /= static_cast<std::size_t>(p))
        radices_.push_back(p);
    // The last of the powers of two, to which a product with h is added, is 8 at most.
    const int bits = std::countr_zero(rest), passes = (bits + 4) / 4;
    for (int i = passes; bits > 0 && i-- > 0;)
      radices_.push_back(1 << (bits * (i + 1) / passes - bits * i / passes));
    std::size_t length = n, count = 0;
    for (const int r : radices_) {
      length /= static_cast<std::size_t>(r);
      offsets_.push_back(count);
      count += 2 * length * static_cast<std::size_t>(r - 1);
    }
    factors_ = Buffer<T>(count);
    T* w = factors_.data();
    const Roots roots(n), quarter(4 * n);
    std::size_t done = 1;  // product of the radices before
    length = n;
    for (const int radix : radices_) {
      const auto r = static_cast<std::size_t>(radix);
      length /= r;
      for (std::size_t j = 0; j < length; ++j) {
        for (std::size_t k = 1; k < r; ++k) {
          const Root z = roots[j * k * done];
          *w++ = static_cast<T>(z.re);
          *w++ = static_cast<T>(z.im);
        }
      }
      done *= r;
    }
    for (std::size_t j = 0; j < n; ++j) {
      const Root z = quarter[j];
      fold_[2 * j] = static_cast<T>(z.re);
      fold_[2 * j + 1] = static_cast<T>(-z.im);
    }
  }
  std::size_t size() const { return n_; }
  std::size_t bytes() const { return (factors_.size() + fold_.size()) * sizeof(T); }

  int first_radix() const { return radices_.front(); }
  int last_radix() const { return radices_.back(); }
  std::size_t count() const { return radices_.size(); }
  const T* first_factors() const { return factors_.data(); }
  const T* fold() const { return fold_.data(); }

  // Forward passes begin .. end - 1, in place, and all but the last as they have factors.
  void forward(const FftPasses<T>& passes, std::size_t begin, std::size_t end, T* rows) const {
    std::size_t blocks = 1, length = n_;
    for (std::size_t i = 0; i < end; ++i) {
      const int r = radices_[i];
      length /= static_cast<std::size_t>(r);
      if (i >= begin) {
        if (length > 1) {
          passes.scaled[r](rows, blocks, length, factors_.data() + offsets_[i]);
        } else {
          passes.plain[r](rows, blocks, 1, nullptr);
        }
      }
      blocks *= static_cast<std::size_t>(r);
    }
  }
  // Passes back, from that of number end - 1 down to number begin.
  void back(const FftPasses<T>& passes, const Convolve2dFftTable<T>& table, std::size_t begin,
            std::size_t end, T* rows) const {
    std::size_t length = 1, blocks = n_;
    for (std::size_t i = radices_.size(); i-- > begin;) {
      const int r = radices_[i];
      blocks /= static_cast<std::size_t>(r);
      if (i < end) {
        if (length > 1) {
          table.back[r](rows, blocks, length, factors_.data() + offsets_[i]);
        } else {
          passes.plain[r](rows, blocks, 1, nullptr);
        }
      }
      length *= static_cast<std::size_t>(r);
    }
  }

 private:
  std::size_t n_;
  std::vector<int> radices_;
  std::vector<std::size_t> offsets_;  // of each pass in factors_
  Buffer<T> factors_, fold_;
};

template <class T>
std::shared_ptr<const Passes<T>> passes_of(std::size_t n) {
  constexpr std::size_t cache_limit = std::size_t{4} << 20;
  static fft::Cache<Passes<T>> cache(cache_limit, sizeof(T) == 4 ? "float32" : "float64");
  return cache.get(n);
}

template <class T>
struct RealOf {
  using type = T;
};
template <class T>
struct RealOf<std::complex<T>> {
  using type = T;
};

template <class T>
class Tiles {
  using R = typename RealOf<T>::type;
  static constexpr bool is_complex = !std::is_same_v<R, T>;

 public:
  Tiles(const Problem<T>& problem, const Blocks& blocks)
      : p_(problem),
        split_rows_(blocks.rows),
        split_cols_(blocks.cols),
        table_(kernels<Convolve2dFftTable<R>>()),
        passes_(kernels<FftTable<R>>().passes[0]),
        w_(static_cast<std::size_t>(table_.width)),
        n1_(blocks.rows.size),
        n2_(blocks.cols.size),
        m_(is_complex ? n1_ : n1_ / 2),
        slots_((m_ + w_ - 1) / w_),
        down_(passes_of<R>(m_)),
        across_(passes_of<R>(n2_)),
        // One row for lanes beyond the last column. Odd: slots at a multiple of 4096 B would
        // compete for the same sets of the cache.
        slot_((p_.inner * n2_ + 1) | 1),
        spectrum_(row() * slots_ * n2_),
        to_(whole_groups(n2_ * p_.inner)),
        from_(to_.size()) {
    for (std::size_t i = 0; i < to_.size(); ++i) {
      const std::size_t sample = i / w_ * w_ + lane_sample(i % w_);
      const std::size_t j = sample / p_.inner, first = sample % p_.inner * n2_;
      const bool inside = j < n2_;
      to_[i] = static_cast<std::uint32_t>(inside ? first + j : p_.inner * n2_);
      // h has its first tap at column 0, so output j is at j + taps - 1.
      from_[i] = static_cast<std::uint32_t>(inside ? first + (j + p_.h.cols - 1) % n2_ : 0);
    }
    transform_kernel();
  }

  std::size_t count() const { return p_.outer * split_rows_.blocks * split_cols_.blocks; }

  // Tiles begin .. end - 1.
  template <class F>
  void run(std::size_t begin, std::size_t end, F&& done) const {
    Workspace space{Scratch<R>(row() * slot_ * slots_), Scratch<R>(row() * m_),
                    Scratch<T>(n1_ * w_), Scratch<T>(copies() ? n1_ * to_.size() : 0)};
    for (std::size_t t = begin; t < end; ++t) {
      const std::size_t i = t / split_cols_.blocks % split_rows_.blocks * split_rows_.outputs;
      const std::size_t j = t % split_cols_.blocks * split_cols_.outputs;
      const Part part{t / (split_cols_.blocks * split_rows_.blocks), i,
                      std::min(i + split_rows_.outputs, p_.out.rows), j,
                      std::min(j + split_cols_.outputs, p_.out.cols)};
      forward(part, space);
      along_rows(space);
      backward(part, space);
      done(part);
    }
  }

 private:
  struct Workspace {
    Scratch<R> slots;  // of W frequencies
    Scratch<R> rows;   // of W columns
    Scratch<T> edge;   // W columns of samples
    Scratch<T> block;  // all samples of a tile
  };

  std::size_t row() const { return 2 * w_; }
  std::size_t whole_groups(std::size_t n) const { return (n + w_ - 1) / w_ * w_; }
  // Which of W neighbours lane i holds.
  std::size_t lane_sample(std::size_t i) const { return is_complex ? passes_.column[i] : i; }
  // The samples of images that the second-level cache does not hold go through a copy of each tile,
  // which takes whole rows instead of a cache line here and there: 1.1 to 1.5 times faster.
  bool is_far() const {
    constexpr std::size_t near_bytes = std::size_t{1} << 20;
    return p_.x.rows * p_.x.cols * p_.inner * sizeof(T) > near_bytes;
  }
  // Outputs do where a column of them falls into a few sets of the cache: 1.2 to 1.4 times faster.
  bool collides() const { return p_.out.cols * p_.inner * sizeof(T) % 2048 == 0; }
  bool copies() const { return gathers() || is_far() || collides(); }
  // Whether rows outside of x hold anything but zeros.
  bool gathers() const { return p_.outside.rows != Boundary::fill || p_.outside.fillvalue != T(0); }

  // W neighbours of the rows of an image, transformed along their columns.
  void columns(const T* x, std::size_t stride, std::size_t begin, std::size_t end, R* rows) const {
    const int r = down_->first_radix();
    (is_complex ? table_.first_complex : table_.first_real)[r](
        reinterpret_cast<const R*>(x), to_signed(stride), begin, end, m_, down_->first_factors(),
        down_->fold(), rows);
    down_->forward(passes_, 1, down_->count(), rows);
  }

  void transform_kernel() {
    const std::size_t groups = whole_groups(p_.h.cols) / w_;
    Scratch<R> slots(row() * (n2_ + 1) * slots_), rows(row() * m_);
    Scratch<T> block(n1_ * w_);
    std::vector<std::uint32_t> to(w_);
    std::fill_n(slots.data(), row() * (n2_ + 1) * slots_, R(0));
    for (std::size_t g = 0; g < groups; ++g) {
      // The last tap is at row 0, so that output i has row i. What is above wraps around, with the
      // other sign if 2 m real rows go as m complex ones.
      const std::size_t first = g * w_, width = std::min(w_, p_.h.cols - first);
      std::fill_n(block.data(), n1_ * w_, T(0));
      for (std::size_t k = 0; k < p_.h.rows; ++k) {
        const bool last = k + 1 == p_.h.rows;
        T* const to_row = block.data() + (last ? 0 : n1_ - (p_.h.rows - 1) + k) * w_;
        const T* const taps = p_.h.data + k * p_.h.cols + first;
        for (std::size_t l = 0; l < width; ++l) to_row[l] = is_complex || last ? taps[l] : -taps[l];
      }
      columns(block.data(), w_, 0, n1_, rows.data());
      for (std::size_t i = 0; i < w_; ++i)
        to[i] = static_cast<std::uint32_t>(std::min(first + lane_sample(i), n2_));
      table_.turn(rows.data(), m_, to.data(), slots.data(), n2_ + 1);
    }
    for (std::size_t s = 0; s < slots_; ++s) {
      R* const from = slots.data() + s * row() * (n2_ + 1);
      across_->forward(passes_, 0, across_->count(), from);
      std::copy_n(from, row() * n2_, spectrum_.data() + s * row() * n2_);
    }
  }

  // The samples of a tile, transformed along its columns.
  void forward(const Part& part, Workspace& space) const {
    // Samples beyond these, if any, are zeros that need no place (see extent()).
    const std::size_t in_rows = std::min(part.row_end - part.row_begin + p_.h.rows - 1, n1_);
    const std::size_t in_cols = std::min(part.col_end - part.col_begin + p_.h.cols - 1, n2_);
    const std::ptrdiff_t top = p_.row_start + to_signed(part.row_begin) - to_signed(p_.h.rows - 1);
    const std::ptrdiff_t left = p_.col_start + to_signed(part.col_begin) - to_signed(p_.h.cols - 1);
    const std::size_t stride = p_.x.cols * p_.inner, samples = in_cols * p_.inner;
    const T* const x = p_.x.data + part.image * p_.x.rows * stride;
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(-top, 0, to_signed(in_rows));
    const std::ptrdiff_t end =
        std::clamp<std::ptrdiff_t>(to_signed(p_.x.rows) - top, begin, to_signed(in_rows));
    const bool gathered = is_far() || (gathers() && end - begin != to_signed(in_rows));
    const std::size_t pitch = to_.size();
    if (gathered) {
      T* const block = space.block.data();
      Source<T>(x, p_.x.rows, p_.x.cols, p_.inner, p_.outside)
          .gather(top, left, in_rows, in_cols, block, to_signed(pitch));
      for (std::size_t i = 0; i < in_rows; ++i)
        std::fill(block + i * pitch + samples, block + i * pitch + whole_groups(samples), T(0));
    }
    for (std::size_t s = 0; s < samples; s += w_) {
      const std::ptrdiff_t at = left * to_signed(p_.inner) + to_signed(s);
      if (gathered) {
        columns(space.block.data() + s, pitch, 0, in_rows, space.rows.data());
      } else if (s + w_ <= samples && at >= 0 && at + to_signed(w_) <= to_signed(stride)) {
        columns(x + top * to_signed(stride) + at, stride, static_cast<std::size_t>(begin),
                static_cast<std::size_t>(end), space.rows.data());
      } else {
        edge(x + top * to_signed(stride), at, std::min(w_, samples - s),
             static_cast<std::size_t>(begin), static_cast<std::size_t>(end), space.edge.data());
        columns(space.edge.data(), w_, static_cast<std::size_t>(begin),
                static_cast<std::size_t>(end), space.rows.data());
      }
      table_.turn(space.rows.data(), m_, to_.data() + s, space.slots.data(), slot_);
    }
    for (std::size_t s = 0; s < slots_ && in_cols < n2_; ++s) {
      for (std::size_t c = 0; c < p_.inner; ++c)
        std::fill_n(space.slots.data() + row() * (s * slot_ + c * n2_ + in_cols),
                    row() * (n2_ - in_cols), R(0));
    }
  }

  // Samples at .. at + count - 1 of rows, of which not all lie inside, as W columns.
  void edge(const T* x, std::ptrdiff_t at, std::size_t count, std::size_t begin, std::size_t end,
            T* columns) const {
    const std::ptrdiff_t stride = to_signed(p_.x.cols * p_.inner), inner = to_signed(p_.inner);
    const std::ptrdiff_t from = std::clamp<std::ptrdiff_t>(-at, 0, to_signed(count));
    const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(stride - at, from, to_signed(count));
    struct Copy {
      std::ptrdiff_t to, from;
    };
    Copy copies[fft_max_width];
    std::size_t n_copies = 0;
    T beyond[fft_max_width];
    for (std::ptrdiff_t i = 0; i < to_signed(w_); ++i) {
      beyond[i] = T(0);
      if (i >= to_signed(count) || (i >= from && i < to)) continue;
      const std::ptrdiff_t sample = at + i;
      const std::ptrdiff_t pixel = sample >= 0 ? sample / inner : -((inner - 1 - sample) / inner);
      const std::ptrdiff_t inside = index_inside(pixel, to_signed(p_.x.cols), p_.outside.cols);
      if (inside < 0) {
        beyond[i] = p_.outside.fillvalue;
      } else {
        copies[n_copies++] = {i, inside * inner + sample - pixel * inner};
      }
    }
    for (std::size_t j = begin; j < end; ++j) {
      const T* const line = x + to_signed(j) * stride;
      T* const out = columns + j * w_;
      std::copy_n(beyond, w_, out);
      std::copy(line + at + from, line + at + to, out + from);
      for (std::size_t i = 0; i < n_copies; ++i) out[copies[i].to] = line[copies[i].from];
    }
  }

  void along_rows(Workspace& space) const {
    const std::size_t inner_passes = across_->count() - 1;
    for (std::size_t s = 0; s < slots_; ++s) {
      R* rows = space.slots.data() + row() * slot_ * s;
      for (std::size_t c = 0; c < p_.inner; ++c, rows += row() * n2_) {
        across_->forward(passes_, 0, inner_passes, rows);
        table_.product[across_->last_radix()](rows, spectrum_.data() + row() * n2_ * s, n2_);
        across_->back(passes_, table_, 0, inner_passes, rows);
      }
    }
  }

  void backward(const Part& part, Workspace& space) const {
    const std::size_t rows = part.row_end - part.row_begin;
    const std::size_t samples = (part.col_end - part.col_begin) * p_.inner;
    const std::size_t stride = p_.out.cols * p_.inner;
    T* const y = p_.out.data + (part.image * p_.out.rows + part.row_begin) * stride +
                 part.col_begin * p_.inner;
    // The scale comes last: earlier it could take small taps to where numbers lose precision.
    const R scale = R(1) / (static_cast<R>(m_) * static_cast<R>(n2_));
    const auto last = (is_complex ? table_.last_complex : table_.last_real)[down_->first_radix()];
    const bool copied = collides();
    for (std::size_t s = 0; s < samples; s += w_) {
      table_.turn_back(space.slots.data(), slot_, from_.data() + s, m_, space.rows.data());
      down_->back(passes_, table_, 1, down_->count(), space.rows.data());
      const bool whole = s + w_ <= samples;
      T* const to = copied ? space.block.data() + s : whole ? y + s : space.edge.data();
      const std::size_t pitch = copied ? to_.size() : whole ? stride : w_;
      last(space.rows.data(), m_, down_->first_factors(), down_->fold(), rows,
           reinterpret_cast<R*>(to), to_signed(pitch), scale);
      if (copied || whole) continue;
      for (std::size_t i = 0; i < rows; ++i)
        std::copy_n(to + i * w_, samples - s, y + i * stride + s);
    }
    for (std::size_t i = 0; copied && i < rows; ++i)
      std::copy_n(space.block.data() + i * to_.size(), samples, y + i * stride);
  }

  const Problem<T> p_;
  const Split split_rows_, split_cols_;
  const Convolve2dFftTable<R>& table_;
  const FftPasses<R>& passes_;
  const std::size_t w_, n1_, n2_, m_, slots_;
  const std::shared_ptr<const Passes<R>> down_, across_;
  const std::size_t slot_;  // rows from one slot to the next
  Scratch<R> spectrum_;
  std::vector<std::uint32_t> to_, from_;  // the row of each sample of a tile, and of each output
};

}  // namespace

// Samples that are certain to be 0 need no place of their own in a transform, nor do outputs need
// to be kept from wrapping around to them.
Extent extent(std::size_t n, std::size_t taps, std::size_t outputs, std::ptrdiff_t start,
              bool zero_outside) {
  const std::ptrdiff_t met = to_signed(outputs + taps) - 1;
  std::ptrdiff_t whole = met, met_taps = to_signed(taps);
  if (zero_outside) {
    // Of the samples 0 .. met - 1 that the outputs meet, those of x are begin .. end - 1.
    const std::ptrdiff_t first = start - (to_signed(taps) - 1);
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(-first, 0, met);
    const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(to_signed(n) - first, begin, met);
    whole = std::max({end, met - begin, to_signed(outputs), to_signed(taps)});
    met_taps = std::clamp<std::ptrdiff_t>(end - begin + to_signed(outputs) - 1, 1, met_taps);
  }
  const std::ptrdiff_t last = to_signed(outputs), first_inside = to_signed(taps) - 1 - start;
  const std::ptrdiff_t from = std::clamp<std::ptrdiff_t>(first_inside, 0, last);
  const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(to_signed(n) - start, from, last);
  const std::size_t ends = (from > 0) + (to < last);
  const auto size = [](std::ptrdiff_t v) { return static_cast<std::size_t>(v); };
  return {outputs, taps, size(whole), size(met_taps), n, size(to - from), ends};
}

template <class T>
void by_transforms(const Problem<T>& p, const Blocks& blocks,
                   const std::function<void(const Part&)>& done) {
  // Of outputs, below which a second thread gains nothing (40 us).
  constexpr std::size_t bytes_worth_a_thread = std::size_t{192} << 10;
  const std::size_t bytes = p.outer * p.out.rows * p.out.cols * p.inner * sizeof(T);
  const Tiles<T> tiles(p, blocks);
  parallel_for(tiles.count(), bytes < bytes_worth_a_thread ? 1 : p.workers,
               [&](std::size_t begin, std::size_t end) { tiles.run(begin, end, done); });
}

#define FLIPSHIFT_INSTANTIATE(T)                                \
  template void by_transforms(const Problem<T>&, const Blocks&, \
                              const std::function<void(const Part&)>&);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
FLIPSHIFT_INSTANTIATE(std::complex<float>)
FLIPSHIFT_INSTANTIATE(std::complex<double>)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve2d
