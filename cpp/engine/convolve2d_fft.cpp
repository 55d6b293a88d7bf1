#include "engine/convolve2d_fft.hpp"

#include <algorithm>
#include <complex>
#include <memory>
#include <type_traits>
#include <vector>

#include "engine/convolve2d_source.hpp"
#include "engine/dispatch.hpp"
#include "engine/fft_cache.hpp"
#include "engine/fft_columns.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/convolve2d_fft.hpp"
#include "kernels/fft.hpp"

namespace flipshift::convolve2d {

namespace {

std::ptrdiff_t to_signed(std::size_t v) { return static_cast<std::ptrdiff_t>(v); }

// The transform of m rows, with the factors that fold 2 m real ones into them.
template <class T>
class Fold {
 public:
  explicit Fold(std::size_t m) : columns_(m), factors_(2 * m) {
    const Roots roots(4 * m);
    for (std::size_t j = 0; j < m; ++j) {
      const Root z = roots[j];
      factors_[2 * j] = static_cast<T>(z.re);
      factors_[2 * j + 1] = static_cast<T>(-z.im);
    }
  }
  std::size_t size() const { return columns_.size(); }
  std::size_t bytes() const { return columns_.bytes() + factors_.size() * sizeof(T); }
  const fft::Columns<T>& columns() const { return columns_; }
  const T* factors() const { return factors_.data(); }

 private:
  fft::Columns<T> columns_;
  Buffer<T> factors_;
};

template <class T>
std::shared_ptr<const Fold<T>> fold_plan(std::size_t m) {
  constexpr std::size_t cache_limit = std::size_t{4} << 20;
  static fft::Cache<Fold<T>> cache(cache_limit, sizeof(T) == 4 ? "float32" : "float64");
  return cache.get(m);
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
        down_(fold_plan<R>(m_)),
        across_(fold_plan<R>(n2_)),
        // One row for lanes beyond the last column. Odd: slots at a multiple of 4096 B would
        // compete for the same sets of the cache.
        slot_((p_.inner * n2_ + 1) | 1),
        spectrum_(row() * slots_ * n2_),
        to_(whole_groups(n2_ * p_.inner)),
        from_(to_.size()) {
    const std::uint32_t* order = across_->columns().order();
    for (std::size_t i = 0; i < to_.size(); ++i) {
      const std::size_t sample = i / w_ * w_ + lane_sample(i % w_);
      const std::size_t j = sample / p_.inner, first = sample % p_.inner * n2_;
      const bool inside = j < n2_;
      to_[i] = static_cast<std::uint32_t>(inside ? first + j : p_.inner * n2_);
      // h has its first tap at column 0, so output j is at j + taps - 1.
      from_[i] = static_cast<std::uint32_t>(inside ? first + order[(j + p_.h.cols - 1) % n2_] : 0);
    }
    transform_kernel();
  }

  std::size_t count() const { return p_.outer * split_rows_.blocks * split_cols_.blocks; }

  // Tiles begin .. end - 1.
  template <class F>
  void run(std::size_t begin, std::size_t end, F&& done) const {
    Workspace space{Scratch<R>(row() * slot_ * (slots_ + 1)), Scratch<R>(row() * m_),
                    Scratch<T>(n1_ * w_), Scratch<T>(gathers() ? n1_ * to_.size() : 0)};
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
    // Rows in slots of W frequencies; what was transformed back stands one slot before.
    Scratch<R> slots;
    Scratch<R> rows;   // of W columns
    Scratch<T> edge;   // W columns of samples
    Scratch<T> block;  // all samples of a tile
  };

  std::size_t row() const { return 2 * w_; }
  std::size_t whole_groups(std::size_t n) const { return (n + w_ - 1) / w_ * w_; }
  // Which of W neighbours lane i holds.
  std::size_t lane_sample(std::size_t i) const { return is_complex ? passes_.column[i] : i; }
  // Whether rows outside of x hold anything but zeros.
  bool gathers() const { return p_.outside.rows != Boundary::fill || p_.outside.fillvalue != T(0); }

  void fold(const T* x, std::size_t stride, std::size_t begin, std::size_t end, R* rows) const {
    (is_complex ? table_.fold_complex : table_.fold_real)(
        reinterpret_cast<const R*>(x), to_signed(stride), begin, end, m_, down_->factors(), rows);
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
      fold(block.data(), w_, 0, n1_, rows.data());
      down_->columns().run(passes_, rows.data());
      for (std::size_t i = 0; i < w_; ++i)
        to[i] = static_cast<std::uint32_t>(std::min(first + lane_sample(i), n2_));
      table_.turn(rows.data(), down_->columns().order(), m_, to.data(), slots.data(), n2_ + 1);
    }
    const std::uint32_t* order = across_->columns().order();
    for (std::size_t s = 0; s < slots_; ++s) {
      R* const from = slots.data() + s * row() * (n2_ + 1);
      across_->columns().run(passes_, from);
      R* h = spectrum_.data() + s * row() * n2_;
      for (std::size_t k = 0; k < n2_; ++k, h += row())
        std::copy_n(from + row() * order[k], row(), h);
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
    const bool gathered = gathers() && end - begin != to_signed(in_rows);
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
        fold(space.block.data() + s, pitch, 0, in_rows, space.rows.data());
      } else if (s + w_ <= samples && at >= 0 && at + to_signed(w_) <= to_signed(stride)) {
        fold(x + top * to_signed(stride) + at, stride, static_cast<std::size_t>(begin),
             static_cast<std::size_t>(end), space.rows.data());
      } else {
        edge(x + top * to_signed(stride), at, std::min(w_, samples - s),
             static_cast<std::size_t>(begin), static_cast<std::size_t>(end), space.edge.data());
        fold(space.edge.data(), w_, static_cast<std::size_t>(begin), static_cast<std::size_t>(end),
             space.rows.data());
      }
      down_->columns().run(passes_, space.rows.data());
      table_.turn(space.rows.data(), down_->columns().order(), m_, to_.data() + s,
                  space.slots.data() + row() * slot_, slot_);
    }
    for (std::size_t s = 1; s <= slots_ && in_cols < n2_; ++s) {
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
    const fft::Columns<R>& columns = across_->columns();
    for (std::size_t s = 0; s < slots_; ++s) {
      R* to = space.slots.data() + row() * slot_ * s;
      R* from = to + row() * slot_;
      for (std::size_t c = 0; c < p_.inner; ++c, to += row() * n2_, from += row() * n2_) {
        columns.run(passes_, from);
        table_.product(from, columns.order(), spectrum_.data() + row() * n2_ * s, to, n2_);
        columns.run(passes_, to);
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
    const auto unfold = is_complex ? table_.unfold_complex : table_.unfold_real;
    for (std::size_t s = 0; s < samples; s += w_) {
      table_.turn_back(space.slots.data(), slot_, from_.data() + s, m_, space.rows.data());
      down_->columns().run(passes_, space.rows.data());
      const bool whole = s + w_ <= samples;
      T* const to = whole ? y + s : space.edge.data();
      unfold(space.rows.data(), down_->columns().order(), m_, down_->factors(), rows,
             reinterpret_cast<R*>(to), to_signed(whole ? stride : w_), scale);
      if (whole) continue;
      for (std::size_t i = 0; i < rows; ++i)
        std::copy_n(to + i * w_, samples - s, y + i * stride + s);
    }
  }

  const Problem<T> p_;
  const Split split_rows_, split_cols_;
  const Convolve2dFftTable<R>& table_;
  const FftPasses<R>& passes_;
  const std::size_t w_, n1_, n2_, m_, slots_;
  const std::shared_ptr<const Fold<R>> down_, across_;
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
  std::ptrdiff_t whole = met;
  if (zero_outside) {
    // Of the samples 0 .. met - 1 that the outputs meet, those of x are begin .. end - 1.
    const std::ptrdiff_t first = start - (to_signed(taps) - 1);
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(-first, 0, met);
    const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(to_signed(n) - first, begin, met);
    whole = std::max({end, met - begin, to_signed(outputs), to_signed(taps)});
  }
  return {outputs, taps, static_cast<std::size_t>(whole)};
}

template <class T>
void by_transforms(const Problem<T>& p, const Blocks& blocks,
                   const std::function<void(const Part&)>& done) {
  const Tiles<T> tiles(p, blocks);
  parallel_for(tiles.count(), p.workers,
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
