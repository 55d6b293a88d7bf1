// One axis of an array: how its lines are taken, and the loop over them.
//
// A line that is contiguous on both sides and fills the vectors well runs through its plan where it
// lies. Other lines are taken side by side, one per vector lane, and if they are neighbours on both
// sides several vectors of them at a time. Lines too long for that, and those whose length has no
// direct algorithm, are copied to where they are contiguous, as many at once as fill cache lines;
// but for very long neighbours, which have sweeps of their own (fft_lanes_long.hpp).
//
// Results larger than the caches gain nothing from stores past them along the last axis (measured
// from 16 to 256 MB, from a copy of each line in the cache).
#pragma once

#include <algorithm>
#include <type_traits>

#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/fft_chunks.hpp"
#include "engine/fft_lane_lines.hpp"
#include "engine/fft_lanes.hpp"
#include "engine/fft_plan.hpp"
#include "engine/lines.hpp"
#include "engine/prefetch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"

namespace flipshift::fft {

// What lines side by side may take: half of a second-level cache.
constexpr std::size_t lanes_cache_bytes = std::size_t{512} << 10;

// Whether lines of n go side by side rather than one by one. Contiguous lines gain from it while
// they are short, or if their length does not let one line fill the widest vectors.
template <class T>
bool side_by_side(std::size_t n, std::size_t lines, bool contiguous, bool real = false) {
  const std::size_t w = SideBySide<T>::width();
  if (n < 2 || lines < 2 || !SideBySide<T>::possible(n)) return false;
  const std::size_t rows = real && n % 2 == 0 ? n / 2 : n;
  if (SideBySide<T>::scratch_bytes(rows) > lanes_cache_bytes) return false;
  // A pass of a large prime takes as long for a vector that is half empty; without such a pass
  // fewer lines suffice. Measured for n = 145 to 2900.
  constexpr std::size_t few_numbers = 200;
  if (!is_smooth(n)) return lines >= (n < few_numbers ? w / 4 : std::min(w, w / 4 + 3));
  // A single line that fills the vectors beats a vector that is half empty.
  if (lines <= w / 2 && n >= 16 * w) return false;
  return !contiguous || (lines >= w / 2 && (n < 16 * w || n % (w * w) != 0));
}

// Whether lines would have to be copied for lanes as well as one by one, so that they may count as
// contiguous.
template <class A, class B>
bool scattered(const View<const A>& in, const View<B>& out, std::size_t axis, const Lines& lines) {
  return out.strides[axis] == 1 && in.strides[axis] != 1 && lines.count() > 1 &&
         lines[1].in - lines[0].in != 1;
}

// Copies lines to where they are contiguous, and back. Neighbours go row by row, so that each cache
// line of theirs is touched once.
template <class X>
LineGroup<X> part_of(const LineGroup<X>& group, std::size_t first, std::size_t count,
                     std::size_t row) {
  LineGroup<X> part;
  part.count = count;
  part.step = group.step;
  part.adjacent = group.adjacent;
  for (std::size_t i = 0; i < count; ++i)
    part.lines[i] = group.lines[first + i] + static_cast<std::ptrdiff_t>(row) * group.step;
  return part;
}
// Calls f(lines, first of them, first row, rows) for no more than W lines and some rows at a time,
// so that what W lines leave of a cache line is there for the next.
template <class T, class X, class F>
void in_blocks(const LineGroup<X>& group, std::size_t n, F&& f) {
  constexpr std::size_t rows = 64;
  const std::size_t w = SideBySide<T>::width();
  for (std::size_t j = 0; j < n; j += rows)
    for (std::size_t i = 0; i < group.count; i += w)
      f(part_of(group, i, std::min(w, group.count - i), j), i, j, std::min(rows, n - j));
}
template <class T, class A>
void copy_in(const LineGroup<const A>& from, std::size_t n, A* to, std::size_t pitch) {
  if (from.count > SideBySide<T>::width())
    return in_blocks<T>(
        from, n,
        [&](const LineGroup<const A>& part, std::size_t i, std::size_t j, std::size_t rows) {
          copy_in<T>(part, rows, to + i * pitch + j, pitch);
        });
  if (2 * from.count > SideBySide<T>::width() && from.neighbours(from.count))
    return to_contiguous<T>(from, n, to, pitch);
  if (from.neighbours(from.count)) {
    constexpr bool real = std::is_same_v<T, A>;
    constexpr std::size_t few = real ? 4 : 2;
    const FftLanesTable<T>& k = kernels<FftLanesTable<T>>();
    std::size_t i = 0;
    for (; i + few <= from.count; i += few)
      (real ? k.few_to_lines : k.few_complex_to_lines)(
          reinterpret_cast<const T*>(from.lines[i]), from.step, n,
          reinterpret_cast<T*>(to + i * pitch),
          static_cast<std::ptrdiff_t>(real ? pitch : 2 * pitch));
    if (i == from.count) return;
    const A* x = from.lines[0];
    for (std::size_t j = 0; j < n; ++j, x += from.step)
      for (std::size_t l = i; l < from.count; ++l) to[l * pitch + j] = x[l];
    return;
  }
  compact<T>(from, n, to, pitch);
}
template <class T, class B>
void copy_out(const B* from, std::size_t pitch, std::size_t n, const LineGroup<B>& to) {
  if (to.count > SideBySide<T>::width())
    return in_blocks<T>(
        to, n, [&](const LineGroup<B>& part, std::size_t i, std::size_t j, std::size_t rows) {
          copy_out<T>(from + i * pitch + j, pitch, rows, part);
        });
  if (2 * to.count > SideBySide<T>::width() && to.neighbours(to.count))
    return from_contiguous<T>(from, pitch, n, to);
  if (to.neighbours(to.count)) {
    constexpr bool real = std::is_same_v<T, B>;
    constexpr std::size_t few = real ? 4 : 2;
    const FftLanesTable<T>& k = kernels<FftLanesTable<T>>();
    std::size_t i = 0;
    for (; i + few <= to.count; i += few)
      (real ? k.few_from_lines : k.few_complex_from_lines)(
          reinterpret_cast<const T*>(from + i * pitch),
          static_cast<std::ptrdiff_t>(real ? pitch : 2 * pitch), n,
          reinterpret_cast<T*>(to.lines[i]), to.step);
    if (i == to.count) return;
    B* y = to.lines[0];
    for (std::size_t j = 0; j < n; ++j, y += to.step)
      for (std::size_t l = i; l < to.count; ++l) y[l] = from[l * pitch + j];
    return;
  }
  for (std::size_t i = 0; i < to.count; ++i) {
    B* y = to.lines[i];
    for (std::size_t j = 0; j < n; ++j, y += to.step) *y = from[i * pitch + j];
  }
}

// Whether threads share each line, rather than the lines: there are too few of these, and they are
// long.
inline bool shared_lines(std::size_t lines, std::size_t bytes, std::size_t threads) {
  return lines < threads && bytes >= worth_sharing_line;
}

// Along one axis, calls single(in line, out line, threads) for lines of n_in numbers to lines of
// n_out, both contiguous: where they lie, or else copied. `single` can work in place.
template <class T, class A, class B, class Single>
void one_by_one(const View<const A>& in, const View<B>& out, std::size_t axis, const Lines& lines,
                std::size_t n_in, std::size_t n_out, std::size_t threads, Single&& single) {
  const std::size_t bytes = std::max(n_in * sizeof(A), n_out * sizeof(B));
  const std::size_t each = shared_lines(lines.count(), bytes, threads) ? threads : 1;
  if (each > 1) threads = 1;
  const bool copied_in = in.strides[axis] != 1 && n_in > 1;
  const bool copied_out = out.strides[axis] != 1 && n_out > 1;
  if (!copied_in && !copied_out)
    return parallel_for(lines.count(), threads, [&](std::size_t begin, std::size_t end) {
      lines.each(begin, end - begin, [&](std::size_t, Lines::Offsets at) {
        single(in.data + at.in, out.data + at.out, each);
      });
    });
  constexpr std::size_t most_bytes = std::size_t{16} << 20;
  // One copy is enough for both sides, as every plan can work in place.
  constexpr std::size_t in_units = sizeof(A) / sizeof(T), out_units = sizeof(B) / sizeof(T);
  const std::size_t pitch = std::max(copied_in ? copy_pitch<A>(n_in) * in_units : 0,
                                     copied_out ? copy_pitch<B>(n_out) * out_units : 0);
  std::size_t most = std::min<std::size_t>(fft_max_width, lines.count());
  const std::size_t least = 64 / std::min(sizeof(A), sizeof(B));
  // As many as stay in the second-level cache; else as many as share cache lines.
  constexpr std::size_t near_bytes = std::size_t{704} << 10;
  if (const std::size_t fit = near_bytes / (pitch * sizeof(T)); fit >= least)
    most = std::min(most, fit < fft_max_width ? fit / least * least : fit);
  while (most > least && most * pitch * sizeof(T) > most_bytes) most = (most + 1) / 2;
  const std::size_t groups = (lines.count() + most - 1) / most;
  parallel_for(groups, threads, [&](std::size_t begin, std::size_t end) {
    Scratch<T> copy(most * pitch);
    auto* const from = reinterpret_cast<A*>(copy.data());
    auto* const to = reinterpret_cast<B*>(copy.data());
    for (std::size_t g = begin; g < end; ++g) {
      const Group<A, B> group(in, out, axis, lines, g * most,
                              std::min(most, lines.count() - g * most));
      if (copied_in) copy_in<T>(group.from, n_in, from, pitch / in_units);
      for (std::size_t i = 0; i < group.from.count; ++i)
        single(copied_in ? from + i * (pitch / in_units) : group.from.lines[i],
               copied_out ? to + i * (pitch / out_units) : group.to.lines[i], each);
      if (copied_out) copy_out<T>(to, pitch / out_units, n_out, group.to);
    }
  });
}

// Asks for memory that the groups of contiguous lines to come will read or write. What leaves one
// group for the next within a few cache lines is too short for the processor's own prefetch: 1.5 to
// 3 times faster from 8 to 64 numbers a line in the third-level cache.
template <class A>
void fetch(const LineGroup<A>& group, std::size_t n, bool to_write) {
  constexpr std::size_t most_bytes = 8192;
  const std::size_t bytes = group.count * n * sizeof(A);
  if (group.step != 1 || bytes > most_bytes) return;
  const auto* p = reinterpret_cast<const char*>(group.lines[group.count - 1] + n) + fft_fetch_ahead;
  prefetch(p, bytes, to_write);
}

// The same for neighbours, whose rows lie far apart: too many streams for the processor to follow,
// each too short. Only where memory is slow to answer: 1.3 to 3 times faster for arrays that leave
// the caches, 20% slower where they do not.
template <class A>
void fetch_rows(const LineGroup<A>& group, std::size_t n, bool to_write) {
  constexpr std::ptrdiff_t ahead = 512;
  for (std::size_t j = 0; j < n; ++j) {
    const A* row = group.lines[0] + static_cast<std::ptrdiff_t>(j) * group.step;
    const auto* p = reinterpret_cast<const char*>(row) + ahead;
    prefetch(p, group.count * sizeof(A), to_write);
  }
}
template <class A, class B>
bool worth_fetching_rows(const View<A>& in, const View<B>& out, std::size_t axis) {
  constexpr std::size_t from_bytes = std::size_t{8} << 20, most_rows = 128;
  return std::max(in.shape[axis], out.shape[axis]) <= most_rows &&
         product(in.shape) * sizeof(A) + product(out.shape) * sizeof(B) >= from_bytes;
}

// tiled(group, 1) for neighbours that do not fill a group, in place: by the kernel of the others,
// whose roundings they have where they are not in place.
template <class T, class B, class Tiled>
void in_a_copy(const Group<B, B>& lines, std::size_t n, Tiled&& tiled) {
  const std::size_t w = SideBySide<T>::width(), count = lines.to.count;
  Scratch<B> copy(w * n);
  std::fill_n(copy.data(), w * n, B(0));
  const auto row = [&](std::size_t j) {
    return lines.to.lines[0] + static_cast<std::ptrdiff_t>(j) * lines.to.step;
  };
  for (std::size_t j = 0; j < n; ++j) std::copy_n(row(j), count, copy.data() + w * j);
  Group<B, B> group;
  group.from.step = group.to.step = static_cast<std::ptrdiff_t>(w);
  group.from.lines[0] = group.to.lines[0] = copy.data();
  tiled(group, 1);
  for (std::size_t j = 0; j < n; ++j) std::copy_n(copy.data() + w * j, count, row(j));
}

// Along one axis, calls together(group of lines, numbers of each) for W lines at a time and, where
// lines lie side by side in both arrays, tiled(first of them, groups) for up to `tile` groups of W.
template <class T, class A, class B, class Together, class Tiled>
void by_groups(const View<const A>& in, const View<B>& out, std::size_t axis, const Lines& lines,
               std::size_t threads, std::size_t tile, Together&& together, Tiled&& tiled) {
  const std::size_t w = SideBySide<T>::width();
  // No group goes beyond the end of a run of neighbours, unless these are too few to fill one.
  const bool neighbours = lines.run() >= w;
  const std::size_t run = neighbours ? lines.run() : lines.count();
  if (!neighbours) tile = 1;
  const std::size_t unit = w * tile, units = (run + unit - 1) / unit;  // of a run
  const std::size_t n_in = in.shape[axis], n_out = out.shape[axis];
  const bool in_place = static_cast<const void*>(in.data) == out.data;
  const bool rows = neighbours && tile == 1 && worth_fetching_rows(in, out, axis);
  parallel_for(lines.count() / run * units, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t u = begin; u < end; ++u) {
      const std::size_t from = u / units * run;
      const std::size_t last = from + std::min(run, (u % units + 1) * unit);
      const std::size_t begins = from + u % units * unit;
      for (std::size_t first = begins; first < last;) {
        // The last lines of a run once more with some before them, rather than in half a vector.
        const bool again = last - first < w && first > begins && neighbours;
        if (again && !in_place) first = last - w;
        const Group<A, B> group(in, out, axis, lines, first, std::min(w, last - first));
        if constexpr (std::is_same_v<A, B>) {
          if (again && in_place && tile == register_groups) {
            in_a_copy<T>(group, n_in, tiled);
            break;
          }
        }
        const std::size_t whole = std::min(tile, (last - first) / w);
        if (whole > 1 || (whole == 1 && tile == register_groups)) {
          tiled(group, whole);
          first += whole * w;
        } else {
          fetch(group.from, n_in, false);
          fetch(group.to, n_out, true);
          if (rows) {
            fetch_rows(group.from, n_in, false);
            fetch_rows(group.to, n_out, true);
          }
          together(group, n_in);
          first += group.from.count;
        }
      }
    }
  });
}

}  // namespace flipshift::fft
