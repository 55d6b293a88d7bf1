// Fourier transforms along several axes of strided arrays.
//
// One axis after the other, the last first, since its lines are usually the contiguous ones. Where
// several axes of a part of the array fit into the cache, that part goes through all of them before
// the next part starts. No axis is transformed where the input is only filled up with zeros: each
// pass reads the part that has been reached so far and writes what follows from it.
#include <cstdlib>

#include "engine/fft_axis.hpp"
#include "engine/fft_lanes_long.hpp"
#include "engine/fft_lanes_real.hpp"

namespace flipshift::fft {

namespace {

// A part that goes through several axes at once: half of a second-level cache.
constexpr std::size_t part_bytes = std::size_t{512} << 10;

// Threads for a transform of `bytes` along so many axes.
std::size_t threads_for(std::size_t bytes, std::size_t axes, std::size_t workers) {
  const std::size_t each = axes > 1 ? 2 * worth_a_batch_thread : worth_a_batch_thread;
  return std::min(workers, std::max<std::size_t>(1, bytes / each));
}

template <class A, class B>
bool contiguous(const View<A>& in, const View<B>& out, std::size_t axis) {
  return in.strides[axis] == 1 && out.strides[axis] == 1;
}

// Whether lines had better go in the order of the input: they are neighbours there, which share
// cache lines, and contiguous and long enough in the output not to.
template <class A, class B>
bool by_input(const View<const A>& in, const View<B>& out, std::size_t axis) {
  constexpr std::size_t least_bytes = 32, least_neighbours = 4;
  if (out.strides[axis] != 1 || in.strides[axis] == 1 || out.shape[axis] * sizeof(B) < least_bytes)
    return false;
  std::size_t nearest = axis;  // of the others, in the output
  bool found = false;
  for (std::size_t d = 0; d < in.shape.size(); ++d) {
    if (d == axis || in.shape[d] == 1) continue;
    found = found || (in.strides[d] == 1 && in.shape[d] >= least_neighbours);
    if (nearest == axis || std::abs(out.strides[d]) <= std::abs(out.strides[nearest])) nearest = d;
  }
  return found && in.strides[nearest] != 1;
}

template <class T>
View<const T> readable(const View<T>& v) {
  return {v.data, v.shape, v.strides};
}
template <class T>
View<T> with_length(const View<T>& v, std::size_t axis, std::size_t n) {
  View<T> part = v;
  part.shape[axis] = n;
  return part;
}
template <class T>
View<T> slice(const View<T>& v, std::size_t axis, std::size_t begin, std::size_t n) {
  View<T> part = with_length(v, axis, n);
  part.data += static_cast<std::ptrdiff_t>(begin) * v.strides[axis];
  return part;
}

template <class T>
std::size_t bytes(const View<T>& v) {
  return product(v.shape) * sizeof(T);
}

// Calls kernel(in line, distance, out line, distance, groups) for groups of W contiguous lines at
// equal distances; those that do not fill a group come with some others again, or in a copy.
// Returns whether it could.
template <class T, class A, class B, class Kernel>
bool by_short_kernel(const View<const A>& in, const View<B>& out, std::size_t axis,
                     const Lines& lines, std::size_t threads, Kernel&& kernel) {
  const std::size_t count = lines.count(), w = SideBySide<T>::width(), whole = count / w * w;
  if (!lines.regular() || whole == 0 || !contiguous(in, out, axis)) return false;
  const Lines::Offsets apart = lines.apart();
  const auto run = [&](std::size_t line, std::size_t groups) {
    const auto first = static_cast<std::ptrdiff_t>(line);
    kernel(in.data + first * apart.in, apart.in, out.data + first * apart.out, apart.out, groups);
  };
  parallel_for(whole / w, threads,
               [&](std::size_t begin, std::size_t end) { run(begin * w, end - begin); });
  if (whole == count) return true;
  if constexpr (std::is_same_v<A, B>) {
    if (in.data == out.data) {
      const std::size_t n = out.shape[axis];
      const auto distance = static_cast<std::ptrdiff_t>(n);
      B* const first = out.data + static_cast<std::ptrdiff_t>(whole) * apart.out;
      Scratch<B> copy(w * n);
      std::fill_n(copy.data(), w * n, B(0));
      for (std::size_t i = 0; i < count - whole; ++i)
        std::copy_n(first + static_cast<std::ptrdiff_t>(i) * apart.out, n, copy.data() + i * n);
      kernel(copy.data(), distance, copy.data(), distance, 1);
      for (std::size_t i = 0; i < count - whole; ++i)
        std::copy_n(copy.data() + i * n, n, first + static_cast<std::ptrdiff_t>(i) * apart.out);
      return true;
    }
  }
  run(count - w, 1);
  return true;
}

// Neighbours too long for the cache, W at a time, if they fill the vectors.
template <class T>
bool long_neighbours(const View<const std::complex<T>>& in, const View<std::complex<T>>& out,
                     std::size_t axis, const Lines& lines, Direction direction, T scale,
                     std::size_t threads) {
  const std::size_t n = out.shape[axis], count = lines.count(), w = SideBySide<T>::width();
  if (in.shape[axis] != n || count % w != 0 || !lines.neighbours() ||
      !LongSideBySide<T>::possible(n, in.strides[axis]))
    return false;
  const auto plan = long_lanes_plan<T>(n);
  const std::size_t groups = count / w, each = groups < threads ? threads : 1;
  parallel_for(groups, each > 1 ? 1 : threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t line = begin * w; line < end * w; line += w)
      plan->c2c(in.data + line, in.strides[axis], out.data + line, out.strides[axis], direction,
                scale, each);
  });
  return true;
}

// One axis of a complex transform, to lines of out.shape[axis] numbers. Along the others both views
// have the shape of `in`.
template <class T>
void c2c_axis(const View<const std::complex<T>>& in, const View<std::complex<T>>& out,
              std::size_t axis, Direction direction, T scale, std::size_t workers) {
  using C = std::complex<T>;
  const std::size_t n_in = in.shape[axis], n = out.shape[axis];
  const Lines lines(in.shape, in.strides, out.strides, axis, by_input(in, out, axis));
  const std::size_t threads = threads_for(n * lines.count() * sizeof(C), 1, workers);
  if (n_in == n && n <= fft_max_short && kernels<FftShortTable<T>>().complex[n]) {
    const T sign = direction == Direction::forward ? T(1) : T(-1);
    const bool done = by_short_kernel<T>(
        in, out, axis, lines, threads,
        [&](const C* x, std::ptrdiff_t x_apart, C* y, std::ptrdiff_t y_apart, std::size_t groups) {
          kernels<FftShortTable<T>>().complex[n](reinterpret_cast<const T*>(x), x_apart,
                                                 reinterpret_cast<T*>(y), y_apart, groups, sign,
                                                 scale, sign * scale);
        });
    if (done) return;
  }
  const bool one_by_one_suits = contiguous(in, out, axis) || scattered(in, out, axis, lines);
  if (!side_by_side<T>(n, lines.count(), one_by_one_suits)) {
    if (long_neighbours(in, out, axis, lines, direction, scale, threads)) return;
    const auto plan = fft::plan<T>(n);
    return one_by_one<T, C, C>(in, out, axis, lines, n_in, n, threads,
                               [&](const C* x, C* y, std::size_t each) {
                                 if (n_in < n) {
                                   if (x != y) std::copy_n(x, n_in, y);
                                   std::fill(y + n_in, y + n, C(0));
                                   x = y;
                                 }
                                 plan->run(x, y, direction, scale, each);
                               });
  }
  const auto plan = lanes_plan<T>(n);
  const std::size_t tile = n_in == n ? plan->tile(in.strides[axis], out.strides[axis]) : 1;
  by_groups<T, C, C>(
      in, out, axis, lines, threads, tile,
      [&](const Group<C, C>& g) { plan->c2c(g.from, n_in, g.to, direction, scale); },
      [&](const Group<C, C>& g, std::size_t groups) {
        plan->c2c_tile(g.from.lines[0], g.from.step, g.to.lines[0], g.to.step, groups, direction,
                       scale);
      });
}

template <class T>
void r2c_axis(const View<const T>& in, const View<std::complex<T>>& out, std::size_t axis,
              std::size_t n, Direction direction, T scale, std::size_t workers) {
  using C = std::complex<T>;
  const std::size_t n_in = in.shape[axis];
  const Lines lines(in.shape, in.strides, out.strides, axis, by_input(in, out, axis));
  const std::size_t threads = threads_for(n * lines.count() * sizeof(T), 1, workers);
  const bool one_by_one_suits = contiguous(in, out, axis) || scattered(in, out, axis, lines);
  if (!side_by_side<T>(n, lines.count(), one_by_one_suits, true)) {
    const auto plan = real_plan<T>(n);
    return one_by_one<T, T, C>(in, out, axis, lines, n_in, n / 2 + 1, threads,
                               [&](const T* x, C* y, std::size_t each) {
                                 if (n_in == n) return plan->r2c(x, y, direction, scale, each);
                                 Scratch<T> padded(n);
                                 std::copy_n(x, n_in, padded.data());
                                 std::fill(padded.data() + n_in, padded.data() + n, T(0));
                                 plan->r2c(padded.data(), y, direction, scale, each);
                               });
  }
  const auto plan = real_lanes_plan<T>(n);
  if (n_in == n && plan->has_short()) {
    const bool done = by_short_kernel<T>(
        in, out, axis, lines, threads,
        [&](const T* x, std::ptrdiff_t x_apart, C* y, std::ptrdiff_t y_apart, std::size_t groups) {
          plan->r2c_short(x, x_apart, y, y_apart, groups, direction, scale);
        });
    if (done) return;
  }
  by_groups<T, T, C>(
      in, out, axis, lines, threads, n_in == n ? plan->tile() : 1,
      [&](const Group<T, C>& g) { plan->r2c(g.from, n_in, g.to, direction, scale); },
      [&](const Group<T, C>& g, std::size_t groups) {
        plan->r2c_tile(g.from.lines[0], g.from.step, g.to.lines[0], g.to.step, groups, direction,
                       scale);
      });
}

template <class T>
void c2r_axis(const View<const std::complex<T>>& in, const View<T>& out, std::size_t axis,
              Direction direction, T scale, std::size_t workers) {
  using C = std::complex<T>;
  const std::size_t n_in = in.shape[axis], n = out.shape[axis], half = n / 2 + 1;
  const Lines lines(in.shape, in.strides, out.strides, axis, by_input(in, out, axis));
  const std::size_t threads = threads_for(n * lines.count() * sizeof(T), 1, workers);
  const bool one_by_one_suits = contiguous(in, out, axis) || scattered(in, out, axis, lines);
  if (!side_by_side<T>(n, lines.count(), one_by_one_suits, true)) {
    const auto plan = real_plan<T>(n);
    return one_by_one<T, C, T>(in, out, axis, lines, n_in, n, threads,
                               [&](const C* x, T* y, std::size_t each) {
                                 if (n_in == half) return plan->c2r(x, y, direction, scale, each);
                                 Scratch<C> padded(half);
                                 std::copy_n(x, n_in, padded.data());
                                 std::fill(padded.data() + n_in, padded.data() + half, C(0));
                                 plan->c2r(padded.data(), y, direction, scale, each);
                               });
  }
  const auto plan = real_lanes_plan<T>(n);
  if (n_in == half && plan->has_short()) {
    const bool done = by_short_kernel<T>(
        in, out, axis, lines, threads,
        [&](const C* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart, std::size_t groups) {
          plan->c2r_short(x, x_apart, y, y_apart, groups, direction, scale);
        });
    if (done) return;
  }
  by_groups<T, C, T>(
      in, out, axis, lines, threads, n_in == half ? plan->tile() : 1,
      [&](const Group<C, T>& g) { plan->c2r(g.from, n_in, g.to, direction, scale); },
      [&](const Group<C, T>& g, std::size_t groups) {
        plan->c2r_tile(g.from.lines[0], g.from.step, g.to.lines[0], g.to.step, groups, direction,
                       scale);
      });
}

// An array cut along its outermost axis into parts that fit the cache, if several of `axes` lie
// within a part. `fixed` is an axis that cannot be the outermost one, because it is the first or
// the last to be transformed.
class Parts {
 public:
  template <class T>
  Parts(const View<T>& out, const Shape& axes, std::size_t fixed) {
    const std::size_t total = bytes(out), ndim = out.shape.size();
    if (total <= part_bytes || axes.size() < 2) return;
    axis_ = ndim;
    for (std::size_t d = 0; d < ndim; ++d)
      if (out.shape[d] > 1 &&
          (axis_ == ndim || std::abs(out.strides[d]) > std::abs(out.strides[axis_])))
        axis_ = d;
    if (axis_ == ndim || axis_ == fixed) return;
    for (std::size_t a : axes)
      if (a != axis_) inner_.push_back(a);
    if (inner_.size() < 2) return;
    transformed_ = inner_.size() < axes.size();
    // Equal parts, as many for each of two or four threads.
    const std::size_t length = out.shape[axis_];
    const std::size_t parts = ((total + part_bytes - 1) / part_bytes + 3) / 4 * 4;
    step_ = std::max<std::size_t>(1, (length + parts - 1) / parts);
  }

  explicit operator bool() const { return step_ > 0; }
  std::size_t axis() const { return axis_; }
  bool transformed() const { return transformed_; }  // whether axis() is one of the axes
  const Shape& inner() const { return inner_; }      // the others

  // Calls f(begin, length) for each part of `length` along axis().
  template <class F>
  void each(std::size_t length, std::size_t workers, F&& f) const {
    parallel_for((length + step_ - 1) / step_, workers, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin * step_; i < std::min(length, end * step_); i += step_)
        f(i, std::min(step_, length - i));
    });
  }

 private:
  std::size_t axis_ = 0, step_ = 0;
  bool transformed_ = false;
  Shape inner_;
};

// conj(out[-k]) for the upper half of the last of `axes`, k running along all of them.
template <class T>
class Mirror {
  using C = std::complex<T>;

 public:
  Mirror(const View<C>& out, const Shape& axes) : out_(out), kinds_(out.shape.size(), kept) {
    for (std::size_t a : axes) kinds_[a] = a == axes.back() ? halved : reversed;
    for (std::size_t d = 0; d < out.shape.size(); ++d) order_.push_back(d);
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return std::abs(out.strides[a]) > std::abs(out.strides[b]);
    });
  }
  void fill(std::size_t workers) {
    workers_ = threads_for(bytes(out_), 2, workers);
    along(0, out_.data, out_.data);
  }

 private:
  enum Kind { kept, reversed, halved };

  void along(std::size_t level, C* to, const C* from) const {
    const std::size_t d = order_[level], n = out_.shape[d];
    const std::ptrdiff_t step = out_.strides[d];
    std::size_t k = 0;
    if (kinds_[d] == reversed) {
      next(level, to, from, 1, step, step);  // 0 is its own mirror image
      k = 1;
    } else if (kinds_[d] == halved) {
      k = n / 2 + 1;
    } else {
      return next(level, to, from, n, step, step);
    }
    const auto at = static_cast<std::ptrdiff_t>(k), mate = static_cast<std::ptrdiff_t>(n - k);
    if (k < n) next(level, to + at * step, from + mate * step, n - k, step, -step);
  }
  void next(std::size_t level, C* to, const C* from, std::size_t n, std::ptrdiff_t to_step,
            std::ptrdiff_t from_step) const {
    const auto some = [&](std::size_t begin, std::size_t end) {
      const auto at = static_cast<std::ptrdiff_t>(begin);
      range(level, to + at * to_step, from + at * from_step, end - begin, to_step, from_step);
    };
    level > 0 || workers_ < 2 ? some(0, n) : parallel_for(n, workers_, some);
  }
  void range(std::size_t level, C* to, const C* from, std::size_t n, std::ptrdiff_t to_step,
             std::ptrdiff_t from_step) const {
    const bool innermost = level + 1 == order_.size();
    for (std::size_t i = 0; i < n; ++i, to += to_step, from += from_step) {
      if (innermost) {
        *to = std::conj(*from);
      } else {
        along(level + 1, to, from);
      }
    }
  }

  const View<C>& out_;
  std::vector<Kind> kinds_;
  Shape order_;
  std::size_t workers_ = 1;
};

}  // namespace

template <class T>
void c2c(const View<const std::complex<T>>& in, const View<std::complex<T>>& out, const Shape& axes,
         Direction direction, T scale, std::size_t workers) {
  using C = std::complex<T>;
  if (product(out.shape) == 0) return;
  workers = threads_for(bytes(out), axes.size(), workers);
  if (axes.empty() && (in.data != out.data || scale != T(1))) {
    const Lines numbers(in.shape, in.strides, out.strides, in.shape.size());
    numbers.each(0, numbers.count(), [&](std::size_t, Lines::Offsets at) {
      out.data[at.out] = in.data[at.in] * scale;
    });
  }
  if (const Parts parts(out, axes, out.shape.size()); parts) {
    const std::size_t d = parts.axis(), length = in.shape[d];
    parts.each(length, workers, [&](std::size_t begin, std::size_t n) {
      c2c(slice(in, d, begin, n), slice(out, d, begin, n), parts.inner(), direction, scale, 1);
    });
    if (parts.transformed())
      c2c_axis(readable(with_length(out, d, length)), out, d, direction, T(1), workers);
    return;
  }
  View<const C> from = in;
  for (std::size_t i = axes.size(); i-- > 0;) {
    c2c_axis(from, out, axes[i], direction, scale, workers);
    if (i > 0) {
      from.data = out.data;
      from.strides = out.strides;
      from.shape[axes[i]] = out.shape[axes[i]];
    }
    scale = T(1);
  }
}

template <class T>
void r2c(const View<const T>& in, const View<std::complex<T>>& out, const Shape& axes,
         std::size_t n, Direction direction, T scale, std::size_t workers) {
  using C = std::complex<T>;
  if (product(out.shape) == 0) return;
  const std::size_t axis = axes.back();
  if (axes.size() == 1) return r2c_axis(in, out, axis, n, direction, scale, workers);
  workers = threads_for(bytes(out), axes.size(), workers);
  if (const Parts parts(out, axes, axis); parts) {
    const std::size_t d = parts.axis(), length = in.shape[d];
    parts.each(length, workers, [&](std::size_t begin, std::size_t m) {
      r2c(slice(in, d, begin, m), slice(out, d, begin, m), parts.inner(), n, direction, scale, 1);
    });
    if (parts.transformed())
      c2c_axis(readable(with_length(out, d, length)), out, d, direction, T(1), workers);
    return;
  }
  r2c_axis(in, out, axis, n, direction, scale, workers);
  View<const C> half{out.data, in.shape, out.strides};
  half.shape[axis] = out.shape[axis];
  c2c(half, out, Shape(axes.begin(), axes.end() - 1), direction, T(1), workers);
}

template <class T>
void r2c_whole(const View<const T>& in, const View<std::complex<T>>& out, const Shape& axes,
               Direction direction, T scale, std::size_t workers) {
  if (product(out.shape) == 0) return;
  const std::size_t axis = axes.back(), n = out.shape[axis];
  r2c(in, with_length(out, axis, n / 2 + 1), axes, n, direction, scale, workers);
  if (n > 2) Mirror<T>(out, axes).fill(workers);
}

template <class T>
void c2r(const View<const std::complex<T>>& in, const View<T>& out, const Shape& axes,
         Direction direction, T scale, std::size_t workers) {
  using C = std::complex<T>;
  if (product(out.shape) == 0) return;
  const std::size_t axis = axes.back();
  if (axes.size() == 1) return c2r_axis(in, out, axis, direction, scale, workers);
  workers = threads_for(bytes(out), axes.size(), workers);
  const Parts parts(out, axes, axis);
  if (parts && !parts.transformed()) {
    const std::size_t d = parts.axis();
    return parts.each(in.shape[d], workers, [&](std::size_t begin, std::size_t n) {
      c2r(slice(in, d, begin, n), slice(out, d, begin, n), parts.inner(), direction, scale, 1);
    });
  }
  Shape shape = out.shape;
  shape[axis] = in.shape[axis];
  Scratch<C> scratch(product(shape));
  const View<C> middle{scratch.data(), shape, contiguous_strides(shape)};
  if (!parts) {
    c2c(in, middle, Shape(axes.begin(), axes.end() - 1), direction, T(1), workers);
    return c2r_axis(readable(middle), out, axis, direction, scale, workers);
  }
  // The outermost axis first, of the part of `in` that is there along the others.
  const std::size_t d = parts.axis();
  View<C> reached{middle.data, in.shape, middle.strides};
  reached.shape[d] = out.shape[d];
  c2c_axis(in, reached, d, direction, T(1), workers);
  const Shape inner(parts.inner().begin(), parts.inner().end() - 1);
  parts.each(out.shape[d], workers, [&](std::size_t begin, std::size_t n) {
    const View<C> part = slice(middle, d, begin, n);
    c2c(readable(slice(reached, d, begin, n)), part, inner, direction, T(1), 1);
    c2r_axis(readable(part), slice(out, d, begin, n), axis, direction, scale, 1);
  });
}

template <class T>
std::string describe(std::size_t n, std::size_t lines, bool contiguous, bool real) {
  if (!side_by_side<T>(n, lines, contiguous, real))
    return real ? real_plan<T>(n)->describe() : plan<T>(n)->describe();
  return std::to_string(SideBySide<T>::width()) + " lines side by side, radices" +
         (real ? real_lanes_plan<T>(n)->describe() : lanes_plan<T>(n)->describe());
}

#define FLIPSHIFT_INSTANTIATE(T)                                                                   \
  template std::string describe<T>(std::size_t, std::size_t, bool, bool);                          \
  template void c2c(const View<const std::complex<T>>&, const View<std::complex<T>>&,              \
                    const Shape&, Direction, T, std::size_t);                                      \
  template void r2c(const View<const T>&, const View<std::complex<T>>&, const Shape&, std::size_t, \
                    Direction, T, std::size_t);                                                    \
  template void r2c_whole(const View<const T>&, const View<std::complex<T>>&, const Shape&,        \
                          Direction, T, std::size_t);                                              \
  template void c2r(const View<const std::complex<T>>&, const View<T>&, const Shape&, Direction,   \
                    T, std::size_t);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::fft
