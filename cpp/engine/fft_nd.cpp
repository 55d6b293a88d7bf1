// Transforms along the axes of strided arrays.
//
// A line that is contiguous on both sides runs through its plan where it lies. Other lines are taken
// W at a time, one per vector lane: from where they lie if they are neighbours in memory, else
// through a buffer of W lines. Lines too long for that, and those whose length has no direct
// algorithm, are copied one by one.
#include <stdexcept>

#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/fft_columns.hpp"
#include "engine/lines.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"

namespace flipshift::fft {

namespace {

// W lines together must fit well into the second-level cache.
constexpr std::size_t lanes_cache_bytes = std::size_t{512} << 10;
// Below this length a contiguous line fills the vectors worse than W lines side by side do.
template <class T>
constexpr std::size_t short_line = 256 / sizeof(T);
// Elements below which threads cost more than they save.
constexpr std::size_t worth_a_thread = 32768;

template <class T>
const FftPasses<T>& widest() {
  return kernels<FftTable<T>>().passes[0];
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

std::size_t useful_workers(std::size_t workers, std::size_t elements) {
  return std::max<std::size_t>(1, std::min(workers, elements / worth_a_thread));
}

// One axis of a complex transform.
template <class T>
class Axis {
  using C = std::complex<T>;

 public:
  Axis(const View<const C>& in, const View<C>& out, std::size_t axis, Direction direction, T scale)
      : in_(in.data),
        out_(out.data),
        n_(in.shape[axis]),
        in_step_(in.strides[axis]),
        out_step_(out.strides[axis]),
        lines_(in.shape, in.strides, out.strides, axis),
        direction_(direction),
        scale_(scale) {}

  void run(std::size_t workers) const {
    const std::size_t width = static_cast<std::size_t>(widest<T>().width);
    const bool contiguous = in_step_ == 1 && out_step_ == 1;
    const bool lanes = n_ > 1 && is_smooth(n_) && lines_.count() > 1 &&
                       2 * sizeof(T) * n_ * width <= lanes_cache_bytes &&
                       (!contiguous || (n_ < short_line<T> && lines_.count() >= width));
    const std::size_t threads = useful_workers(workers, n_ * lines_.count());
    if (lanes) {
      const Columns<T> columns(n_);
      const std::size_t groups = (lines_.count() + width - 1) / width;
      parallel_for(groups, threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t g = begin; g < end; ++g)
          side_by_side(columns, g * width, std::min(width, lines_.count() - g * width));
      });
    } else {
      const auto plan = fft::plan<T>(n_);
      parallel_for(lines_.count(), threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) one(*plan, lines_[i], contiguous);
      });
    }
  }

 private:
  void one(const Plan<T>& plan, typename Lines::Offsets at, bool contiguous) const {
    if (contiguous) return plan.run(in_ + at.in, out_ + at.out, direction_, scale_);
    Scratch<C> line(n_);
    copy_strided(in_ + at.in, in_step_, line.data(), 1, n_);
    plan.run(line.data(), line.data(), direction_, scale_);
    copy_strided(line.data(), 1, out_ + at.out, out_step_, n_);
  }

  void side_by_side(const Columns<T>& columns, std::size_t first, std::size_t count) const {
    const FftPasses<T>& passes = widest<T>();
    const auto width = static_cast<std::size_t>(passes.width);
    typename Lines::Offsets at[fft_max_width];
    bool neighbours = count == width;
    for (std::size_t i = 0; i < count; ++i) {
      at[i] = lines_[first + i];
      const auto step = static_cast<std::ptrdiff_t>(i);
      neighbours &= at[i].in == at[0].in + step && at[i].out == at[0].out + step;
    }
    Scratch<T> rows(2 * width * n_);
    if (neighbours) {
      transform(columns, in_ + at[0].in, in_step_, rows.data(), out_ + at[0].out, out_step_);
      return;
    }
    Scratch<C> side(width * n_);
    if (count < width) std::fill_n(side.data(), width * n_, C(0));
    const auto w = static_cast<std::ptrdiff_t>(width);
    for (std::size_t i = 0; i < count; ++i)
      copy_strided(in_ + at[i].in, in_step_, side.data() + i, w, n_);
    transform(columns, side.data(), w, rows.data(), side.data(), w);
    for (std::size_t i = 0; i < count; ++i)
      copy_strided(side.data() + i, w, out_ + at[i].out, out_step_, n_);
  }

  void transform(const Columns<T>& columns, const C* x, std::ptrdiff_t x_stride, T* rows, C* y,
                 std::ptrdiff_t y_stride) const {
    const FftPasses<T>& passes = widest<T>();
    const T sign = direction_ == Direction::forward ? T(1) : T(-1);
    columns.run_from(passes, reinterpret_cast<const T*>(x), x_stride, sign, rows);
    passes.store(rows, columns.order(), n_, 1, 0, reinterpret_cast<T*>(y), y_stride, scale_,
                 sign * scale_);
  }

  const C* in_;
  C* out_;
  std::size_t n_;
  std::ptrdiff_t in_step_, out_step_;
  Lines lines_;
  Direction direction_;
  T scale_;
};

template <class T>
View<const T> as_const(const View<T>& v) {
  return {v.data, v.shape, v.strides};
}

// Calls transform(line of in, line of out) for each line along `axis`, with both contiguous: where
// they lie, or else by copies.
template <class A, class B, class F>
void each_real_line(const View<const A>& in, const View<B>& out, std::size_t axis,
                    std::size_t workers, F&& transform) {
  const std::size_t n_in = in.shape[axis], n_out = out.shape[axis];
  const std::ptrdiff_t in_step = in.strides[axis], out_step = out.strides[axis];
  const Lines lines(in.shape, in.strides, out.strides, axis);
  const std::size_t threads = useful_workers(workers, (n_in + n_out) * lines.count());
  parallel_for(lines.count(), threads, [&](std::size_t begin, std::size_t end) {
    Scratch<A> from(in_step == 1 ? 0 : n_in);
    Scratch<B> to(out_step == 1 ? 0 : n_out);
    for (std::size_t i = begin; i < end; ++i) {
      const auto at = lines[i];
      const A* x = in.data + at.in;
      B* y = out.data + at.out;
      if (in_step != 1) copy_strided(x, in_step, from.data(), 1, n_in);
      transform(in_step == 1 ? x : from.data(), out_step == 1 ? y : to.data());
      if (out_step != 1) copy_strided(to.data(), 1, y, out_step, n_out);
    }
  });
}

}  // namespace

template <class T>
void c2c(const View<const std::complex<T>>& in, const View<std::complex<T>>& out,
         const Shape& axes, Direction direction, T scale, std::size_t workers) {
  if (product(out.shape) == 0) return;
  View<const std::complex<T>> from = in;
  if (axes.empty() && (in.data != out.data || scale != T(1))) {
    const Lines numbers(in.shape, in.strides, out.strides, in.shape.size());
    for (std::size_t i = 0; i < numbers.count(); ++i)
      out.data[numbers[i].out] = in.data[numbers[i].in] * scale;
  }
  // The last axis first: its lines are usually the contiguous ones.
  for (std::size_t i = axes.size(); i-- > 0;) {
    Axis<T>(from, out, axes[i], direction, scale).run(workers);
    from = as_const(out);
    scale = T(1);
  }
}

template <class T>
void r2c(const View<const T>& in, const View<std::complex<T>>& out, const Shape& axes,
         Direction direction, T scale, std::size_t workers) {
  if (product(out.shape) == 0) return;
  const std::size_t axis = axes.back();
  const auto plan = real_plan<T>(in.shape[axis]);
  each_real_line(in, out, axis, workers, [&](const T* x, std::complex<T>* y) {
    plan->r2c(x, y, direction, scale);
  });
  const Shape rest(axes.begin(), axes.end() - 1);
  c2c(as_const(out), out, rest, direction, T(1), workers);
}

template <class T>
void c2r(const View<const std::complex<T>>& in, const View<T>& out, const Shape& axes,
         Direction direction, T scale, std::size_t workers) {
  if (product(out.shape) == 0) return;
  const std::size_t axis = axes.back();
  const auto plan = real_plan<T>(out.shape[axis]);
  const auto last = [&](const View<const std::complex<T>>& from) {
    each_real_line(from, out, axis, workers, [&](const std::complex<T>* x, T* y) {
      plan->c2r(x, y, direction, scale);
    });
  };
  if (axes.size() == 1) return last(in);
  const Shape rest(axes.begin(), axes.end() - 1);
  Buffer<std::complex<T>> middle(product(in.shape));
  const View<std::complex<T>> view{middle.data(), in.shape, contiguous_strides(in.shape)};
  c2c(in, view, rest, direction, T(1), workers);
  last(as_const(view));
}

#define FLIPSHIFT_INSTANTIATE(T)                                                              \
  template void c2c(const View<const std::complex<T>>&, const View<std::complex<T>>&,         \
                    const Shape&, Direction, T, std::size_t);                                 \
  template void r2c(const View<const T>&, const View<std::complex<T>>&, const Shape&,         \
                    Direction, T, std::size_t);                                               \
  template void c2r(const View<const std::complex<T>>&, const View<T>&, const Shape&,         \
                    Direction, T, std::size_t);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::fft
