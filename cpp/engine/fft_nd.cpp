// Transforms along the axes of strided arrays.
//
// A line that is contiguous on both sides and fills the vectors well runs through its plan where it
// lies. Other lines are taken side by side, one per vector lane. Lines too long
// for that, and those whose length has no direct algorithm, are copied one by one.
#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/fft_lanes.hpp"
#include "engine/lines.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"

namespace flipshift::fft {

namespace {

// What a group of lines side by side may take: half of a second-level cache.
constexpr std::size_t lanes_cache_bytes = std::size_t{512} << 10;
// Elements below which a thread costs more than it saves.
constexpr std::size_t worth_a_thread = 32768;

// Whether lines of n go side by side rather than one by one. Contiguous lines gain from it while
// they are short, or if their length does not let one line fill the widest vectors.
template <class T>
bool side_by_side(std::size_t n, std::size_t lines, bool contiguous) {
  const std::size_t w = SideBySide<T>::width();
  if (n < 2 || lines < 2 || !is_smooth(n)) return false;
  if (SideBySide<T>::scratch_bytes(n) > lanes_cache_bytes) return false;
  return !contiguous || (lines >= w / 2 && (n < 16 * w || n % (w * w) != 0));
}

template <class A, class B>
void copy_strided(const A* in, std::ptrdiff_t in_step, B* out, std::ptrdiff_t out_step,
                  std::size_t n) {
  for (std::size_t j = 0; j < n; ++j) {
    *out = *in;
    in += in_step;
    out += out_step;
  }
}

// Along one axis: calls group(in lines, out lines) for up to W lines at a time if `together`, else
// single(in line, out line) for each line, both contiguous: where they lie, or else by copies.
template <class T, class A, class B, class Group, class Single>
void each_line(const View<const A>& in, const View<B>& out, std::size_t axis, std::size_t workers,
               bool together, Group&& group, Single&& single) {
  const std::size_t n_in = in.shape[axis], n_out = out.shape[axis];
  const std::ptrdiff_t in_step = in.strides[axis], out_step = out.strides[axis];
  const Lines lines(in.shape, in.strides, out.strides, axis);
  const std::size_t threads =
      std::min(workers, std::max<std::size_t>(1, (n_in + n_out) * lines.count() / worth_a_thread));
  if (together) {
    const std::size_t group_size = SideBySide<T>::width();
    const std::size_t groups = (lines.count() + group_size - 1) / group_size;
    parallel_for(groups, threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t g = begin; g < end; ++g) {
        LineGroup<const A> from{{}, 0, in_step};
        LineGroup<B> to{{}, 0, out_step};
        const std::size_t first = g * group_size;
        for (; from.count < group_size && first + from.count < lines.count(); ++from.count) {
          const auto at = lines[first + from.count];
          from.lines[from.count] = in.data + at.in;
          to.lines[from.count] = out.data + at.out;
        }
        to.count = from.count;
        group(from, to);
      }
    });
    return;
  }
  parallel_for(lines.count(), threads, [&](std::size_t begin, std::size_t end) {
    Scratch<A> from(in_step == 1 ? 0 : n_in);
    Scratch<B> to(out_step == 1 ? 0 : n_out);
    for (std::size_t i = begin; i < end; ++i) {
      const auto at = lines[i];
      const A* x = in.data + at.in;
      B* y = out.data + at.out;
      if (in_step != 1) copy_strided(x, in_step, from.data(), 1, n_in);
      single(in_step == 1 ? x : from.data(), out_step == 1 ? y : to.data());
      if (out_step != 1) copy_strided(to.data(), 1, y, out_step, n_out);
    }
  });
}

template <class A, class B>
bool contiguous(const View<A>& in, const View<B>& out, std::size_t axis) {
  return in.strides[axis] == 1 && out.strides[axis] == 1;
}
template <class A>
std::size_t line_count(const View<A>& v, std::size_t axis) {
  return product(v.shape) / v.shape[axis];
}

// One axis of a complex transform.
template <class T>
void c2c_axis(const View<const std::complex<T>>& in, const View<std::complex<T>>& out,
              std::size_t axis, Direction direction, T scale, std::size_t workers) {
  using C = std::complex<T>;
  const std::size_t n = in.shape[axis];
  if (side_by_side<T>(n, line_count(in, axis), contiguous(in, out, axis))) {
    const SideBySide<T> lanes(n);
    each_line<T>(
        in, out, axis, workers, true,
        [&](const auto& from, const auto& to) { lanes.c2c(from, to, direction, scale); },
        [](const C*, C*) {});
  } else {
    const auto plan = fft::plan<T>(n);
    each_line<T>(
        in, out, axis, workers, false, [](const auto&, const auto&) {},
        [&](const C* x, C* y) { plan->run(x, y, direction, scale); });
  }
}

template <class T>
View<const T> as_const(const View<T>& v) {
  return {v.data, v.shape, v.strides};
}

}  // namespace

template <class T>
void c2c(const View<const std::complex<T>>& in, const View<std::complex<T>>& out, const Shape& axes,
         Direction direction, T scale, std::size_t workers) {
  if (product(out.shape) == 0) return;
  View<const std::complex<T>> from = in;
  if (axes.empty() && (in.data != out.data || scale != T(1))) {
    const Lines numbers(in.shape, in.strides, out.strides, in.shape.size());
    for (std::size_t i = 0; i < numbers.count(); ++i)
      out.data[numbers[i].out] = in.data[numbers[i].in] * scale;
  }
  // The last axis first: its lines are usually the contiguous ones.
  for (std::size_t i = axes.size(); i-- > 0;) {
    c2c_axis(from, out, axes[i], direction, scale, workers);
    from = as_const(out);
    scale = T(1);
  }
}

template <class T>
void r2c(const View<const T>& in, const View<std::complex<T>>& out, const Shape& axes,
         Direction direction, T scale, std::size_t workers) {
  if (product(out.shape) == 0) return;
  using C = std::complex<T>;
  const std::size_t axis = axes.back(), n = in.shape[axis];
  if (side_by_side<T>(n, line_count(in, axis), contiguous(in, out, axis))) {
    const RealSideBySide<T> lanes(n);
    each_line<T>(
        in, out, axis, workers, true,
        [&](const auto& from, const auto& to) { lanes.r2c(from, to, direction, scale); },
        [](const T*, C*) {});
  } else {
    const auto plan = real_plan<T>(n);
    each_line<T>(
        in, out, axis, workers, false, [](const auto&, const auto&) {},
        [&](const T* x, C* y) { plan->r2c(x, y, direction, scale); });
  }
  const Shape rest(axes.begin(), axes.end() - 1);
  c2c(as_const(out), out, rest, direction, T(1), workers);
}

template <class T>
void c2r(const View<const std::complex<T>>& in, const View<T>& out, const Shape& axes,
         Direction direction, T scale, std::size_t workers) {
  if (product(out.shape) == 0) return;
  using C = std::complex<T>;
  const std::size_t axis = axes.back(), n = out.shape[axis];
  const auto last = [&](const View<const C>& from) {
    if (side_by_side<T>(n, line_count(out, axis), contiguous(from, out, axis))) {
      const RealSideBySide<T> lanes(n);
      each_line<T>(
          from, out, axis, workers, true,
          [&](const auto& x, const auto& y) { lanes.c2r(x, y, direction, scale); },
          [](const C*, T*) {});
    } else {
      const auto plan = real_plan<T>(n);
      each_line<T>(
          from, out, axis, workers, false, [](const auto&, const auto&) {},
          [&](const C* x, T* y) { plan->c2r(x, y, direction, scale); });
    }
  };
  if (axes.size() == 1) return last(in);
  const Shape rest(axes.begin(), axes.end() - 1);
  Scratch<C> middle(product(in.shape));
  const View<C> view{middle.data(), in.shape, contiguous_strides(in.shape)};
  c2c(in, view, rest, direction, T(1), workers);
  last(as_const(view));
}

template <class T>
std::string describe(std::size_t n, std::size_t lines, bool contiguous, bool real) {
  if (!side_by_side<T>(n, lines, contiguous))
    return real ? real_plan<T>(n)->describe() : plan<T>(n)->describe();
  return std::to_string(SideBySide<T>::width()) + " lines side by side, radices" +
         (real ? RealSideBySide<T>(n).describe() : SideBySide<T>(n).describe());
}

#define FLIPSHIFT_INSTANTIATE(T)                                                                 \
  template std::string describe<T>(std::size_t, std::size_t, bool, bool);                        \
  template void c2c(const View<const std::complex<T>>&, const View<std::complex<T>>&,            \
                    const Shape&, Direction, T, std::size_t);                                    \
  template void r2c(const View<const T>&, const View<std::complex<T>>&, const Shape&, Direction, \
                    T, std::size_t);                                                             \
  template void c2r(const View<const std::complex<T>>&, const View<T>&, const Shape&, Direction, \
                    T, std::size_t);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::fft
