// Lines that lie badly for the lanes of vectors: very short ones, those with gaps between their
// numbers, neighbours that are too few to fill a vector. They go through copies in the cache, many
// lines at a time, in which all of them are neighbours.
#pragma once

#include <algorithm>

#include "engine/fft_lane_lines.hpp"
#include "engine/fft_lanes.hpp"
#include "engine/lines.hpp"
#include "engine/scratch.hpp"
#include "engine/strided_copy.hpp"
#include "engine/threads.hpp"

namespace flipshift::fft {

// Which sides of a transform go through a copy.
struct Staging {
  bool in = false, out = false;
  explicit operator bool() const { return in || out; }
};

template <class T, class A, class B>
Staging staging(const View<const A>& in, const View<B>& out, std::size_t axis, const Lines& lines) {
  const std::size_t w = SideBySide<T>::width();
  if (lines.ndim() == 0) return {};
  const Lines::Dim& inner = lines.dims()[lines.ndim() - 1];
  // Shorter lines do not fill the squares in which contiguous ones are transposed.
  const auto lies_well = [&](std::ptrdiff_t step, std::size_t n, std::size_t unit,
                             std::ptrdiff_t apart) {
    return (step == 1 && n * unit >= w) || (apart == 1 && inner.size >= w);
  };
  return {!lies_well(in.strides[axis], in.shape[axis], sizeof(A) / sizeof(T), inner.in),
          !lies_well(out.strides[axis], out.shape[axis], sizeof(B) / sizeof(T), inner.out)};
}

// The lines cut into chunks of up to `most` that follow each other.
class Chunks {
 public:
  Chunks(const Lines& lines, std::size_t most) : lines_(lines), level_(lines.ndim()) {
    const Lines::Dim* d = lines.dims();
    while (level_ > 0 && inner_ * d[level_ - 1].size <= most) inner_ *= d[--level_].size;
    if (level_ == 0) return;
    const std::size_t size = d[level_ - 1].size, step = std::max<std::size_t>(1, most / inner_);
    parts_ = (size + step - 1) / step;
    step_ = (size + parts_ - 1) / parts_;
    parts_ = (size + step_ - 1) / step_;
    count_ = lines.count() / inner_ / size * parts_;
  }
  std::size_t count() const { return count_; }
  std::size_t most() const { return inner_ * step_; }  // lines in one

  // Calls f(first line, lines, axes, number of axes) for chunk i; the axes are those of its lines,
  // the innermost last.
  template <class F>
  void at(std::size_t i, F&& f) const {
    const Lines::Dim* d = lines_.dims();
    if (level_ == 0) return f(std::size_t{0}, inner_, d, lines_.ndim());
    const std::size_t size = d[level_ - 1].size, begin = i % parts_ * step_;
    const std::size_t some = std::min(step_, size - begin);
    Lines::Dim axes[max_dims];
    axes[0] = {some, d[level_ - 1].in, d[level_ - 1].out};
    std::copy(d + level_, d + lines_.ndim(), axes + 1);
    f((i / parts_ * size + begin) * inner_, some * inner_,
      static_cast<const Lines::Dim*>(axes), lines_.ndim() - level_ + 1);
  }

 private:
  const Lines& lines_;
  std::size_t level_, inner_ = 1, step_ = 1, parts_ = 1, count_ = 1;
};

// Along one axis, calls together(group of up to W lines, numbers of a line) or, where both sides
// are copies, tiled(group, groups) for up to `tile` groups of W. Lines of the input go on with
// zeros up to n_full numbers.
template <class T, class A, class B, class Together, class Tiled>
void by_chunks(const View<const A>& in, const View<B>& out, std::size_t axis, const Lines& lines,
               Staging staged, std::size_t n_full, std::size_t threads, std::size_t tile,
               Together&& together, Tiled&& tiled) {
  // Copies stay in the second-level cache; more lines than these at once save nothing.
  constexpr std::size_t chunk_bytes = std::size_t{96} << 10, most_lines = 512;
  const std::size_t w = SideBySide<T>::width();
  const std::size_t n_in = in.shape[axis], n_out = out.shape[axis];
  const bool in_place = std::is_same_v<A, B> && staged.in && staged.out;
  const std::size_t each = (staged.in ? n_full * sizeof(A) : 0) +
                           (staged.out && !in_place ? n_out * sizeof(B) : 0);
  const std::size_t fit = std::min(most_lines, chunk_bytes / each) / w * w;
  const Chunks chunks(lines, std::max(fit, w));
  const std::size_t padded = (chunks.most() + w - 1) / w * w;
  const std::size_t in_pitch = copy_pitch<A>(padded), out_pitch = copy_pitch<B>(padded);
  parallel_for(chunks.count(), threads, [&](std::size_t begin, std::size_t end) {
    Scratch<A> from(staged.in ? in_pitch * n_full : 0);
    Scratch<B> own(staged.out && !in_place ? out_pitch * n_out : 0);
    B* const to = in_place ? reinterpret_cast<B*>(from.data()) : own.data();
    bool filled = false;
    const auto copies = [&](const Lines::Dim* axes, std::size_t count, bool of_in, CopyAxis* c) {
      std::ptrdiff_t line = 1;
      for (std::size_t d = count; d-- > 0; line *= static_cast<std::ptrdiff_t>(axes[d].size))
        c[d] = of_in ? CopyAxis{axes[d].size, axes[d].in, line}
                     : CopyAxis{axes[d].size, line, axes[d].out};
      c[count] = of_in ? CopyAxis{n_in, in.strides[axis], static_cast<std::ptrdiff_t>(in_pitch)}
                       : CopyAxis{n_out, static_cast<std::ptrdiff_t>(out_pitch), out.strides[axis]};
    };
    const auto chunk = [&](std::size_t first, std::size_t count, const Lines::Dim* axes,
                           std::size_t naxes) {
      const std::size_t lanes = (count + w - 1) / w * w;
      const Lines::Offsets start = lines[first];
      CopyAxis c[max_dims + 1];
      if (staged.in) {
        copies(axes, naxes, true, c);
        copy_strided(in.data + start.in, from.data(), c, naxes + 1);
        if (n_in < n_full && (in_place || !filled))
          std::fill(from.data() + in_pitch * n_in, from.data() + in_pitch * n_full, A(0));
        filled = true;
        for (std::size_t j = 0; lanes > count && j < n_in; ++j)
          std::fill(from.data() + in_pitch * j + count, from.data() + in_pitch * j + lanes, A(0));
      }
      Group<A, B> group;
      group.from.step = staged.in ? static_cast<std::ptrdiff_t>(in_pitch) : in.strides[axis];
      group.to.step = staged.out ? static_cast<std::ptrdiff_t>(out_pitch) : out.strides[axis];
      const bool both = staged.in && staged.out;
      for (std::size_t i = 0; i < count;) {
        const std::size_t groups = both && tile > 1 ? std::min(tile, (lanes - i) / w) : 1;
        if (groups > 1 || (both && tile > 1)) {
          group.from.lines[0] = from.data() + i;
          group.to.lines[0] = to + i;
          tiled(group, groups);
        } else {
          const std::size_t some = both ? w : std::min(w, count - i);
          group.from.count = group.to.count = some;
          group.from.adjacent = staged.in;
          group.to.adjacent = staged.out;
          if (!both)
            lines.each(first + i, some, [&](std::size_t l, Lines::Offsets at) {
              group.from.lines[l] = in.data + at.in;
              group.to.lines[l] = out.data + at.out;
            });
          if (staged.in)
            for (std::size_t l = 0; l < some; ++l) group.from.lines[l] = from.data() + i + l;
          if (staged.out)
            for (std::size_t l = 0; l < some; ++l) group.to.lines[l] = to + i + l;
          together(group, staged.in ? n_full : n_in);
        }
        i += groups * w;
      }
      if (staged.out) {
        copies(axes, naxes, false, c);
        copy_strided(static_cast<const B*>(to), out.data + start.out, c, naxes + 1);
      }
    };
    for (std::size_t i = begin; i < end; ++i) chunks.at(i, chunk);
  });
}

}  // namespace flipshift::fft
