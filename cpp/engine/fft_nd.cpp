// Fourier transforms along several axes of strided arrays.
//
// One axis after the other, the last first, since its lines are usually the contiguous ones. Where
// several axes of a part of the array fit into the cache, that part goes through all of them before
// the next part starts. No axis is transformed where the input is only filled up with zeros: each
// pass reads the part that has been reached so far and writes what follows from it.
#include <cstdlib>

#include "engine/fft_axis.hpp"
#include "engine/fft_lanes_real.hpp"
#include "engine/fft_one_axis.hpp"

namespace flipshift::fft {

namespace {

// A part that goes through several axes at once: half of a second-level cache.
constexpr std::size_t part_bytes = std::size_t{512} << 10;

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
  if (axes.empty()) return scaled(in, out, scale);
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
