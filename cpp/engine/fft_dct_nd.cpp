// Trigonometric transforms along the axes of strided arrays.
//
// The shortest lines go by the matrix of the definition, as they lie; short ones side by side, one
// per vector lane. Of the others those that are contiguous on both
// sides are transformed where they lie, and the rest are copied, as many at a time as fill the
// cache lines that they share.
#include <algorithm>
#include <cstdlib>

#include "engine/dispatch.hpp"
#include "engine/fft_axis.hpp"
#include "engine/fft_columns.hpp"
#include "engine/fft_dct.hpp"
#include "engine/fft_dct_dense.hpp"
#include "engine/fft_dct_lanes.hpp"
#include "engine/lines.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "engine/transpose.hpp"
#include "kernels/fft_dct.hpp"

namespace flipshift::fft {

namespace {

// Lines that are copied at once: two vectors of the widest kind, in single precision.
constexpr std::size_t group_size = 32;
// What these may take, half of a second-level cache; below it fewer of them are copied at once.
constexpr std::size_t group_bytes = std::size_t{512} << 10;

// What the complex numbers of lines side by side may take: lines that are not contiguous would have
// to be copied otherwise, and of rough lengths a line alone leaves lanes empty (1.3 to 2.5 times
// faster up to here; measured on Zen 5, 2026-11).
constexpr std::size_t strided_bytes = std::size_t{6} << 20;
constexpr std::size_t smooth_bytes = std::size_t{2} << 20;
constexpr std::size_t rough_bytes = std::size_t{4} << 20;

// Up to group_size lines of both arrays, and whether each follows the one before at one distance.
struct CopiedGroup {
  std::size_t count = 0;
  Lines::Offsets at[group_size], apart{0, 0};
  bool regular = true;

  CopiedGroup(const Lines& lines, std::size_t first, std::size_t most) {
    lines.each(first, std::min(most, lines.count() - first),
               [&](std::size_t i, auto offsets) { at[i] = offsets; });
    for (most = std::min(most, lines.count() - first); count < most; ++count) {
      if (count == 0) continue;
      const Lines::Offsets step{at[count].in - at[count - 1].in, at[count].out - at[count - 1].out};
      if (count == 1) apart = step;
      regular = regular && step.in == apart.in && step.out == apart.out;
    }
  }
};

// How many of the lines go side by side. Contiguous lines gain from it while they are short, or if
// their length does not let one line fill the widest vectors.
template <class T>
std::size_t count_side_by_side(Trigonometric kind, int type, std::size_t n, std::size_t lines,
                               bool contiguous) {
  const std::size_t w = SideBySide<T>::width();
  const std::size_t length = DctLanes<T>::working_length(kind, type, n);
  // Fewer lanes than that are slower than a line at a time, where this has all its lanes full
  // (measured on Zen 5, 2026-11).
  const bool convolved = DctLanes<T>::is_convolved(kind, type, n);
  if (convolved && rough_part(length) > BluesteinLanes<T>::longest) return 0;
  const bool smooth = is_smooth(length);
  const bool full = convolved || smooth || n >= 400;
  const std::size_t enough = !full ? 1 : n < 900 ? w / 2 : 3 * w / 4;
  if (lines < std::max<std::size_t>(enough, 2) || !DctLanes<T>::possible(kind, type, n)) return 0;
  const std::size_t most = !contiguous ? strided_bytes : smooth ? smooth_bytes : rough_bytes;
  if (SideBySide<T>::scratch_bytes(length) > most) return 0;
  if (contiguous &&
      (lines < (full ? w / 2 : 4) || (length > 4 * w * sizeof(T) && length % (2 * w * w) == 0)))
    return 0;
  return lines % w < enough ? lines - lines % w : lines;
}

// Whether numbers of a line fall into the same few sets of a cache. Then each cache line should be
// touched once, by as many bytes as possible.
template <class T>
bool collide(std::size_t n, std::ptrdiff_t in_step, std::ptrdiff_t out_step) {
  constexpr std::ptrdiff_t period = 2048 / static_cast<std::ptrdiff_t>(sizeof(T));
  return n >= 64 && (in_step % period == 0 || out_step % period == 0);
}

// The first `lines_count` lines side by side in the output, four vectors of them at a time through
// a copy.
template <class T>
void dct_tiles(const View<const T>& in, const View<T>& out, std::size_t axis, const Lines& lines,
               std::size_t lines_count, const DctLanes<T>& plan, T scale, bool orthogonalize,
               std::size_t threads) {
  const std::size_t n = plan.size(), w = SideBySide<T>::width(), most = 4 * w;
  const std::ptrdiff_t in_step = in.strides[axis], out_step = out.strides[axis];
  const std::ptrdiff_t apart = lines.apart().in;
  parallel_for((lines_count + most - 1) / most, threads, [&](std::size_t begin, std::size_t end) {
    Scratch<T> copy(n * most);
    for (std::size_t i = begin * most; i < std::min(end * most, lines_count); i += most) {
      const std::size_t count = std::min(most, lines_count - i);
      const auto at = lines[i];
      const T* x = in.data + at.in;
      for (std::size_t j = 0; j < n; ++j, x += in_step) {
        T* const row = copy.data() + most * j;
        if (apart == 1) {
          std::copy_n(x, count, row);
        } else {
          for (std::size_t l = 0; l < count; ++l)
            row[l] = x[apart * static_cast<std::ptrdiff_t>(l)];
        }
      }
      for (std::size_t first = 0; first < count; first += w) {
        LineGroup<const T> from{{}, std::min(w, count - first), static_cast<std::ptrdiff_t>(most)};
        LineGroup<T> to{{}, from.count, from.step};
        for (std::size_t l = 0; l < from.count; ++l)
          from.lines[l] = to.lines[l] = copy.data() + first + l;
        plan.run(from, to, scale, orthogonalize);
      }
      T* y = out.data + at.out;
      for (std::size_t j = 0; j < n; ++j, y += out_step)
        std::copy_n(copy.data() + most * j, count, y);
    }
  });
}

// How many lines are neighbours, if a vector of lines would often reach from some neighbours to the
// next, and is then gathered number by number: even smooth lengths take less time for the last
// vector of neighbours with some lines of the one before, others more. 0 if vectors just go on.
template <class T>
std::size_t row_of_neighbours(std::size_t n, const View<const T>& in, const View<T>& out,
                              const Lines& lines, std::size_t lines_count, std::size_t threads) {
  if (n % 2 != 0 || !is_smooth(n)) return 0;
  if (lines.ndim() < 2 || lines_count != lines.count() || in.data == out.data) return 0;
  const Lines::Dim& inner = lines.dims()[lines.ndim() - 1];
  const std::size_t w = SideBySide<T>::width(), left = inner.size % w;
  if (inner.out != 1 || (inner.in != 1 && inner.in != 2) || inner.size < w || left == 0) return 0;
  // Rows are what threads share.
  return threads == 1 || lines_count / inner.size >= 4 * threads ? inner.size : 0;
}

template <class T>
void dct_side_by_side(const View<const T>& in, const View<T>& out, std::size_t axis,
                      const Lines& lines, std::size_t lines_count, const DctLanes<T>& plan, T scale,
                      bool orthogonalize, std::size_t threads) {
  // Parts of complex numbers are 2 apart.
  const bool near = lines.regular() && lines.apart().out == 1 && std::abs(lines.apart().in) <= 2;
  if (near && collide<T>(plan.size(), in.strides[axis], out.strides[axis]))
    return dct_tiles(in, out, axis, lines, lines_count, plan, scale, orthogonalize, threads);
  // Fetching contiguous lines ahead does not pay here: 5 to 10% slower from 45 to 60 numbers.
  const std::size_t w = SideBySide<T>::width();
  const bool rows = lines.neighbours() && worth_fetching_rows(in, out, axis);
  if (const std::size_t beside =
          row_of_neighbours<T>(plan.size(), in, out, lines, lines_count, threads)) {
    const std::size_t groups = (beside + w - 1) / w;
    return parallel_for(lines_count / beside, threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t g = begin * groups; g < end * groups; ++g) {
        const std::size_t first = g / groups * beside + std::min(g % groups * w, beside - w);
        const Group<T, T> group(in, out, axis, lines, first, w);
        plan.run(group.from, group.to, scale, orthogonalize);
      }
    });
  }
  parallel_for((lines_count + w - 1) / w, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t first = begin * w; first < std::min(end * w, lines_count); first += w) {
      const Group<T, T> group(in, out, axis, lines, first, std::min(w, lines_count - first));
      if (rows) {
        fetch_rows(group.from, plan.size(), false);
        fetch_rows(group.to, plan.size(), true);
      }
      plan.run(group.from, group.to, scale, orthogonalize);
    }
  });
}

// Lines that are contiguous or neighbours where they lie, others by a copy.
template <class T>
void dct_dense_axis(const View<const T>& in, const View<T>& out, std::size_t axis,
                    const Lines& lines, const DctDense<T>& plan, T scale, std::size_t threads) {
  const FftDctTable<T>& steps = kernels<FftDctTable<T>>();
  const std::size_t n = in.shape[axis];
  const std::ptrdiff_t in_step = n == 1 ? 1 : in.strides[axis];
  const std::ptrdiff_t out_step = n == 1 ? 1 : out.strides[axis];
  const auto pitch = static_cast<std::ptrdiff_t>(n);
  // `count` lines of one distance, up to group_size of them where they have to be copied.
  const auto copied = [&](const T* x, T* y, Lines::Offsets apart, std::size_t count, T* copy) {
    if (out_step != 1 && apart.out == 1 && count > 1) {
      // Rows of neighbours.
      steps.collect(x, apart.in, in_step, n, count, copy, count);
      return plan.neighbours(copy, static_cast<std::ptrdiff_t>(count), y, out_step, count, scale);
    }
    if (in_step != 1) steps.collect(x, in_step, apart.in, count, n, copy, n);
    const T* const from = in_step == 1 ? x : copy;
    const std::ptrdiff_t from_apart = in_step == 1 ? apart.in : pitch;
    if (out_step == 1) return plan.lines(from, from_apart, y, apart.out, count, scale);
    plan.lines(from, from_apart, copy, pitch, count, scale);
    steps.spread(copy, n, count, n, y, out_step, apart.out);
  };
  const auto run = [&](Lines::Offsets at, Lines::Offsets apart, std::size_t count) {
    const T* x = in.data + at.in;
    T* y = out.data + at.out;
    if (in_step == 1 && out_step == 1) return plan.lines(x, apart.in, y, apart.out, count, scale);
    if (count > 1 && apart.in == 1 && apart.out == 1)
      return plan.neighbours(x, in_step, y, out_step, count, scale);
    Scratch<T> copy(n * group_size);
    for (std::size_t i = 0; i < count; i += group_size) {
      copied(x, y, apart, std::min(group_size, count - i), copy.data());
      x += apart.in * static_cast<std::ptrdiff_t>(group_size);
      y += apart.out * static_cast<std::ptrdiff_t>(group_size);
    }
  };
  if (threads == 1 && lines.regular()) return run(lines[0], lines.apart(), lines.count());
  const std::size_t groups = (lines.count() + group_size - 1) / group_size;
  parallel_for(groups, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t g = begin; g < end; ++g) {
      const CopiedGroup group(lines, g * group_size, group_size);
      for (std::size_t i = 0, next; i < group.count; i = next) {
        Lines::Offsets apart{0, 0};
        for (next = i + 1; next < group.count; ++next) {
          const Lines::Offsets step{group.at[next].in - group.at[next - 1].in,
                                    group.at[next].out - group.at[next - 1].out};
          if (next == i + 1) apart = step;
          if (step.in != apart.in || step.out != apart.out) break;
        }
        run(group.at[i], apart, next - i);
      }
    }
  });
}

// The dimension whose neighbours are adjacent, or how many dimensions there are.
template <class T>
std::size_t adjacent(const View<T>& x) {
  std::size_t d = 0;
  while (d < x.shape.size() && (x.strides[d] != 1 || x.shape[d] == 1)) ++d;
  return d;
}

// Whether lines of neighbours take less time side by side in the lanes than by the dense matrix, of
// all lengths that it has (1.05 to 4 times, Zen 5; half a vector of neighbours is its best case).
template <class T>
bool dense_is_slower(const View<const T>& in, const View<T>& out, std::size_t axis,
                     const Lines& lines, int type) {
  const std::size_t n = in.shape[axis], w = SideBySide<T>::width(), a = adjacent(in);
  return n >= (n % 2 ? 25 : 18) && type != 1 && is_smooth(n) && a < in.shape.size() && a != axis &&
         a == adjacent(out) && in.shape[a] > 1 && in.shape[a] != w / 2 && lines.count() >= 2 * w;
}

template <class T>
void dct_axis(const View<const T>& in, const View<T>& out, std::size_t axis, Trigonometric kind,
              int type, T scale, bool orthogonalize, std::size_t threads) {
  const FftDctTable<T>& steps = kernels<FftDctTable<T>>();
  const std::size_t n = in.shape[axis];
  const std::ptrdiff_t in_step = in.strides[axis], out_step = out.strides[axis];
  const bool in_place = in_step == 1 && out_step == 1;
  const Lines lines(in.shape, in.strides, out.strides, axis);
  if (n <= DctDense<T>::longest() && !dense_is_slower(in, out, axis, lines, type))
    return dct_dense_axis(in, out, axis, lines, *dct_dense<T>(kind, type, n, orthogonalize), scale,
                          threads);
  const std::size_t beside = count_side_by_side<T>(kind, type, n, lines.count(), in_place);
  if (beside > 0)
    dct_side_by_side(in, out, axis, lines, beside, *dct_lanes<T>(kind, type, n), scale,
                     orthogonalize, threads);
  const std::size_t rest = lines.count() - beside;
  if (rest == 0) return;
  const DctPlan<T> plan(kind, type, n, orthogonalize);
  // An odd number of cache lines, so that the copies do not fall into the same sets.
  const std::size_t per_line = 64 / sizeof(T);
  const std::size_t pitch = ((n + per_line - 1) / per_line | 1) * per_line;
  std::size_t most = group_size;
  while (most > per_line && most * pitch * sizeof(T) > group_bytes) most /= 2;
  if (in_place) most = 1;
  parallel_for((rest + most - 1) / most, threads, [&](std::size_t begin, std::size_t end) {
    if (in_place) {
      for (std::size_t i = begin; i < end; ++i) {
        const auto at = lines[beside + i];
        plan.run(in.data + at.in, out.data + at.out, scale);
      }
      return;
    }
    Scratch<T> copies(most * pitch);
    for (std::size_t g = begin; g < end; ++g) {
      const CopiedGroup group(lines, beside + g * most, most);
      // Without one distance between them, line by line.
      const std::size_t at_once = group.regular ? group.count : 1;
      for (std::size_t i = 0; i < group.count && in_step != 1; i += at_once)
        steps.collect(in.data + group.at[i].in, in_step, group.apart.in, at_once, n,
                      copies.data() + i * pitch, pitch);
      for (std::size_t i = 0; i < group.count; ++i) {
        T* const copy = copies.data() + i * pitch;
        plan.run(in_step == 1 ? in.data + group.at[i].in : copy,
                 out_step == 1 ? out.data + group.at[i].out : copy, scale);
      }
      for (std::size_t i = 0; i < group.count && out_step != 1; i += at_once)
        steps.spread(copies.data() + i * pitch, pitch, at_once, n, out.data + group.at[i].out,
                     out_step, group.apart.out);
    }
  });
}

// Copies arrays of three and more dimensions, small enough for a cache, whose neighbours are along
// one dimension in `in` and along another in `out`; false if they are not. Short lines then take
// less time where they lie than if each were collected (by a third, 3 to 30 numbers in 3-D).
template <class T>
bool copied_turned(const View<const T>& in, const View<T>& out) {
  constexpr std::size_t most_bytes = std::size_t{1} << 20;
  const std::size_t a = adjacent(in), b = adjacent(out), dims = in.shape.size();
  if (dims < 3 || a == dims || b == dims || a == b || product(in.shape) * sizeof(T) > most_bytes)
    return false;
  for (std::size_t d = 0; d < dims; ++d)
    if (in.strides[d] <= 0 || out.strides[d] <= 0) return false;
  // One line along `a` for each matrix, which begins where b is 0.
  Shape shape = in.shape;
  shape[b] = 1;
  const Lines matrices(shape, in.strides, out.strides, a);
  for (std::size_t i = 0; i < matrices.count(); ++i)
    transpose(in.data + matrices[i].in, static_cast<std::size_t>(in.strides[b]), in.shape[b],
              in.shape[a], out.data + matrices[i].out, static_cast<std::size_t>(out.strides[a]));
  return true;
}

}  // namespace

template <class T>
void dct(const View<const T>& in, const View<T>& out, const Shape& axes, Trigonometric kind,
         int type, T scale, bool orthogonalize, std::size_t workers) {
  if (product(out.shape) == 0) return;
  // Bytes for each thread: a line takes longer than a Fourier transform of as many.
  const std::size_t each = axes.size() > 1 ? std::size_t{256} << 10 : std::size_t{128} << 10;
  const std::size_t bytes = product(out.shape) * sizeof(T);
  workers = std::min(workers, std::max<std::size_t>(1, bytes / each));
  View<const T> from = in;
  if (in.data != out.data && in.shape[axes.back()] <= DctDense<T>::longest() &&
      copied_turned(in, out))
    from = {out.data, out.shape, out.strides};
  // The last axis first: its lines are usually the contiguous ones.
  for (std::size_t i = axes.size(); i-- > 0;) {
    dct_axis(from, out, axes[i], kind, type, scale, orthogonalize, workers);
    from = {out.data, out.shape, out.strides};
    scale = T(1);
  }
}

template void dct(const View<const float>&, const View<float>&, const Shape&, Trigonometric, int,
                  float, bool, std::size_t);
template void dct(const View<const double>&, const View<double>&, const Shape&, Trigonometric, int,
                  double, bool, std::size_t);

}  // namespace flipshift::fft
