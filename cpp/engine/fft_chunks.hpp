// Lines that lie badly for the lanes of vectors: very short ones, those with gaps between their
// numbers, neighbours that are too few to fill a vector. They go through copies in the cache, many
// lines at a time, in which all of them are neighbours.
#pragma once

#include <algorithm>

#include "engine/fft_lane_lines.hpp"
#include "engine/fft_lanes.hpp"
#include "engine/lines.hpp"
#include "engine/prefetch.hpp"
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
Staging staging(const View<const A>& in, const View<B>& out, std::size_t axis, const Lines& lines,
                std::size_t n_full, bool in_registers) {
  const std::size_t w = SideBySide<T>::width();
  if (lines.ndim() == 0) return {};
  const Lines::Dim& inner = lines.dims()[lines.ndim() - 1];
  // Shorter lines do not fill the squares in which contiguous ones are transposed, or do not need
  // all that goes with scratch.
  const std::size_t least = in_registers ? 2 * w : w;
  const auto lies_well = [&](std::ptrdiff_t step, std::size_t n, std::size_t unit,
                             std::ptrdiff_t apart) {
    return (step == 1 && n * unit >= least) || (apart == 1 && inner.size >= w);
  };
  // Kernels without scratch read all numbers of a line.
  const bool filled = in_registers && in.shape[axis] < n_full;
  Staging staged{
      filled || !lies_well(in.strides[axis], in.shape[axis], sizeof(A) / sizeof(T), inner.in),
      !lies_well(out.strides[axis], out.shape[axis], sizeof(B) / sizeof(T), inner.out)};
  // They want neighbours on both sides: one copy alone would be for nothing.
  if (in_registers && staged) {
    staged.in = staged.in || inner.in != 1;
    staged.out = staged.out || inner.out != 1;
  }
  return staged;
}

// Asks for the lines that a copy will read or write next, if they lie one after the other: what is
// left out between them keeps the processor from doing so itself.
template <class X>
void fetch_lines(X* first, std::ptrdiff_t apart, std::size_t count, std::size_t n,
                 std::ptrdiff_t step, bool to_write) {
  constexpr std::size_t most_bytes = std::size_t{128} << 10;
  const auto line = static_cast<std::size_t>(std::abs(apart)) * sizeof(X);
  if (line * count > most_bytes || static_cast<std::size_t>(std::abs(step)) * n * sizeof(X) > line)
    return;
  const char* p = reinterpret_cast<const char*>(
      apart < 0 ? first + apart * static_cast<std::ptrdiff_t>(count - 1) : first);
  prefetch<2>(p, line * count, to_write);
}

// Calls f(offset of the first, axes, number of axes, lines) for the boxes that lines
// first .. first + count - 1 consist of, in their order; an axis of each is cut, those within it
// are whole. `level` axes are looked at, of which the innermost stands for `unit` lines.
template <class F>
void boxes(const Lines& lines, std::size_t first, std::size_t count, F&& f, std::size_t level,
           std::size_t unit = 1) {
  const Lines::Dim* d = lines.dims();
  const auto box = [&](std::size_t some) {
    Lines::Dim axes[max_dims];
    axes[0] = {some, d[level - 1].in, d[level - 1].out};
    std::copy(d + level, d + lines.ndim(), axes + 1);
    f(lines[first * unit], static_cast<const Lines::Dim*>(axes), lines.ndim() - level + 1,
      some * unit);
    first += some;
    count -= some;
  };
  const std::size_t size = d[level - 1].size;
  const std::size_t at = level > 1 ? first % size : 0;
  if (level == 1 || at + count <= size) return box(count);
  if (at > 0) box(size - at);
  if (const std::size_t whole = count / size * size; whole > 0) {
    boxes(lines, first / size, whole / size, f, level - 1, unit * size);
    first += whole;
    count -= whole;
  }
  if (count > 0) box(count);
}

// How many lines are taken at once, no more than `most` if W fit in there: boxes that are whole, if
// they nearly fill the vectors.
inline std::size_t chunk_lines(const Lines& lines, std::size_t most, std::size_t w) {
  const Lines::Dim* d = lines.dims();
  most = std::max(most / w * w, w);
  std::size_t level = lines.ndim(), inner = 1;
  while (level > 0 && inner * d[level - 1].size <= most) inner *= d[--level].size;
  if (level == 0) return inner;
  const std::size_t parts = (d[level - 1].size + most / inner - 1) / (most / inner);
  const std::size_t lines_each = inner * ((d[level - 1].size + parts - 1) / parts);
  const std::size_t padded = (lines_each + w - 1) / w * w;
  return d[level - 1].size % parts == 0 && 8 * (padded - lines_each) <= lines_each ? lines_each
                                                                                   : most;
}

// Along one axis, calls together(group of up to W lines, numbers of a line) or, where both sides
// hold neighbours, tiled(group, groups) for up to tile_of(steps of both) groups of W. Lines of the
// input go on with zeros up to n_full numbers.
template <class T, class A, class B, class TileOf, class Together, class Tiled>
void by_chunks(const View<const A>& in, const View<B>& out, std::size_t axis, const Lines& lines,
               Staging staged, std::size_t n_full, std::size_t threads, TileOf&& tile_of,
               Together&& together, Tiled&& tiled) {
  // About the first-level cache; 24 KiB are as good, more lines than these at once save nothing.
  constexpr std::size_t chunk_bytes = std::size_t{48} << 10, most_lines = 512;
  const std::size_t w = SideBySide<T>::width();
  const std::size_t n_in = in.shape[axis], n_out = out.shape[axis];
  const Lines::Dim inner = lines.dims()[lines.ndim() - 1];
  const bool same = static_cast<const void*>(in.data) == out.data;
  const bool in_place = std::is_same_v<A, B> && staged.in && staged.out;
  const std::size_t each =
      (staged.in ? n_full * sizeof(A) : 0) + (staged.out && !in_place ? n_out * sizeof(B) : 0);
  const std::size_t fit = std::min(most_lines, chunk_bytes / each);
  const std::size_t most = chunk_lines(lines, fit, w);
  const std::size_t padded = (most + w - 1) / w * w;
  // Lines that are nearly contiguous, on their way to contiguous ones, are copied as lines.
  const bool as_lines = staged.in && !staged.out && out.strides[axis] == 1 && n_in >= w &&
                        std::abs(in.strides[axis]) <= std::abs(inner.in);
  const std::size_t in_pitch = copy_pitch<A>(as_lines ? n_full : padded);
  const std::size_t out_pitch = copy_pitch<B>(padded);
  const std::ptrdiff_t pitch = static_cast<std::ptrdiff_t>(in_pitch);
  const std::ptrdiff_t line_step = as_lines ? pitch : 1, number_step = as_lines ? 1 : pitch;
  constexpr std::size_t near_bytes = std::size_t{1} << 20;
  const bool worth_fetching =
      lines.regular() && lines.count() * (n_in * sizeof(A) + n_out * sizeof(B)) > near_bytes;
  parallel_for((lines.count() + most - 1) / most, threads, [&](std::size_t begin, std::size_t end) {
    Scratch<A> from(staged.in ? in_pitch * (as_lines ? most : n_full) : 0);
    Scratch<B> own(staged.out && !in_place ? out_pitch * n_out : 0);
    B* const to = in_place ? reinterpret_cast<B*>(from.data()) : own.data();
    bool filled = false;
    const auto chunk = [&](std::size_t first, std::size_t count) {
      const std::size_t lanes = (count + w - 1) / w * w;
      CopyAxis copied[max_dims + 1];
      // Between the lines of a box and the copy; these lie along the others in turn.
      const auto axes_of = [&](const Lines::Dim* axes, std::size_t n, bool of_in) {
        std::ptrdiff_t line = of_in ? line_step : 1;
        for (std::size_t d = n; d-- > 0; line *= static_cast<std::ptrdiff_t>(axes[d].size))
          copied[d] = of_in ? CopyAxis{axes[d].size, axes[d].in, line}
                            : CopyAxis{axes[d].size, line, axes[d].out};
      };
      if (staged.in) {
        A* copy = from.data();
        boxes(
            lines, first, count,
            [&](Lines::Offsets at, const Lines::Dim* axes, std::size_t n, std::size_t some) {
              axes_of(axes, n, true);
              copied[n] = {n_in, in.strides[axis], number_step};
              copy_strided(in.data + at.in, copy, copied, n + 1);
              copy += static_cast<std::ptrdiff_t>(some) * line_step;
            },
            lines.ndim());
        if (as_lines) {
          for (std::size_t i = 0; n_in < n_full && i < count; ++i)
            std::fill(from.data() + in_pitch * i + n_in, from.data() + in_pitch * i + n_full, A(0));
        } else {
          if (n_in < n_full && (in_place || !filled))
            std::fill(from.data() + in_pitch * n_in, from.data() + in_pitch * n_full, A(0));
          filled = true;
          for (std::size_t j = 0; lanes > count && j < n_in; ++j)
            std::fill(from.data() + in_pitch * j + count, from.data() + in_pitch * j + lanes, A(0));
        }
      }
      if (worth_fetching && first + 2 * most <= lines.count()) {
        const Lines::Offsets next = lines[first + most];
        if (staged.in)
          fetch_lines(in.data + next.in, inner.in, most, n_in, in.strides[axis], false);
        if (staged.out)
          fetch_lines(out.data + next.out, inner.out, most, n_out, out.strides[axis], true);
      }
      Group<A, B> group;
      group.from.step = staged.in ? number_step : in.strides[axis];
      group.to.step = staged.out ? static_cast<std::ptrdiff_t>(out_pitch) : out.strides[axis];
      const bool both = staged.in && staged.out;
      const std::size_t tile =
          both || n_in == n_full || staged.in ? tile_of(group.from.step, group.to.step) : 1;
      // Groups from line i on that are neighbours on both sides.
      const auto neighbours = [&](std::size_t i) {
        if (both) return (lanes - i) / w;
        const std::size_t left =
            inner.size - (lines.ndim() == 1 ? first + i : (first + i) % inner.size);
        return (staged.in ? inner.out : inner.in) == 1 ? std::min(left, count - i) / w : 0;
      };
      for (std::size_t i = 0; i < count;) {
        // The last lines once more with some before them, rather than in half a vector.
        if (!both && count - i < w && i > 0 && !same) i = count - w;
        const std::size_t groups = tile > 1 ? std::min(tile, neighbours(i)) : 0;
        if (groups > 1 || (groups == 1 && tile == register_groups)) {
          const Lines::Offsets at = both ? Lines::Offsets{} : lines[first + i];
          group.from.lines[0] = staged.in ? from.data() + i : in.data + at.in;
          group.to.lines[0] = staged.out ? to + i : out.data + at.out;
          tiled(group, groups);
          i += groups * w;
        } else {
          const std::size_t some = both ? w : std::min(w, count - i);
          group.from.count = group.to.count = some;
          group.from.adjacent = staged.in && !as_lines;
          group.to.adjacent = staged.out;
          if (!both)
            lines.each(first + i, some, [&](std::size_t l, Lines::Offsets at) {
              group.from.lines[l] = in.data + at.in;
              group.to.lines[l] = out.data + at.out;
            });
          if (staged.in)
            for (std::size_t l = 0; l < some; ++l)
              group.from.lines[l] = from.data() + static_cast<std::ptrdiff_t>(i + l) * line_step;
          if (staged.out)
            for (std::size_t l = 0; l < some; ++l) group.to.lines[l] = to + i + l;
          together(group, staged.in ? n_full : n_in);
          i += w;
        }
      }
      if (staged.out) {
        const B* copy = to;
        boxes(
            lines, first, count,
            [&](Lines::Offsets at, const Lines::Dim* axes, std::size_t n, std::size_t some) {
              axes_of(axes, n, false);
              copied[n] = {n_out, static_cast<std::ptrdiff_t>(out_pitch), out.strides[axis]};
              copy_strided(copy, out.data + at.out, copied, n + 1);
              copy += some;
            },
            lines.ndim());
      }
    };
    for (std::size_t i = begin; i < end; ++i)
      chunk(i * most, std::min(most, lines.count() - i * most));
  });
}

}  // namespace flipshift::fft
