// The choice of a way for the lines of one axis.
#include "engine/fft_one_axis.hpp"

#include <cstdlib>

#include "engine/fft_axis.hpp"
#include "engine/fft_chunks.hpp"
#include "engine/fft_lanes_long.hpp"
#include "engine/fft_lanes_real.hpp"

namespace flipshift::fft {

namespace {

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

// out[i] = f(in[i]).
template <class A, class B, class F>
void pointwise(const View<const A>& in, const View<B>& out, F&& f) {
  const Lines numbers(in.shape, in.strides, out.strides, in.shape.size());
  if (numbers.ndim() == 0) return void(*out.data = f(*in.data));
  const Lines::Dim inner = numbers.dims()[numbers.ndim() - 1];
  for (std::size_t i = 0; i < numbers.count(); i += inner.size) {
    const Lines::Offsets at = numbers[i];
    const A* x = in.data + at.in;
    B* y = out.data + at.out;
    if (inner.in == 1 && inner.out == 1) {
      for (std::size_t k = 0; k < inner.size; ++k) y[k] = f(x[k]);
    } else {
      for (std::size_t k = 0; k < inner.size; ++k, x += inner.in, y += inner.out) *y = f(*x);
    }
  }
}

// by_short_kernel() for lines that are contiguous and at equal distances in the output alone: a
// copy of some of them is so, too.
template <class T, class A, class B, class Kernel>
bool by_short_kernel_from_copy(const View<const A>& in, const View<B>& out, std::size_t axis,
                               const Lines& lines, std::size_t threads, Kernel&& kernel) {
  constexpr std::size_t most_lines = 512;
  const Lines of_out(in.shape, out.strides, out.strides, axis);
  const std::size_t count = lines.count(), w = SideBySide<T>::width(), n = in.shape[axis];
  if (count < w || out.strides[axis] != 1 || !of_out.regular()) return false;
  const std::size_t parts = (count + most_lines - 1) / most_lines;
  const std::size_t each = (count + parts - 1) / parts;
  const std::ptrdiff_t apart = of_out.apart().out, pitch = static_cast<std::ptrdiff_t>(n);
  parallel_for(parts, threads, [&](std::size_t begin, std::size_t end) {
    Scratch<A> copy(each * n);
    for (std::size_t p = begin; p < end; ++p) {
      const std::size_t first = std::min(p * each, count - w);
      const std::size_t some = std::min(each, count - first);
      A* to = copy.data();
      boxes(
          lines, first, some,
          [&](Lines::Offsets at, const Lines::Dim* dims, std::size_t ndim, std::size_t part) {
            CopyAxis axes[max_dims + 1];
            std::ptrdiff_t line = pitch;
            for (std::size_t d = ndim; d-- > 0; line *= static_cast<std::ptrdiff_t>(dims[d].size))
              axes[d] = {dims[d].size, dims[d].in, line};
            axes[ndim] = {n, in.strides[axis], 1};
            copy_strided(in.data + at.in, to, axes, ndim + 1);
            to += part * n;
          },
          lines.ndim());
      B* const y = out.data + static_cast<std::ptrdiff_t>(first) * apart;
      kernel(copy.data(), pitch, y, apart, some / w);
      const auto last = static_cast<std::ptrdiff_t>(some - w);
      if (some % w != 0) kernel(copy.data() + last * pitch, pitch, y + last * apart, apart, 1);
    }
  });
  return true;
}

// Calls kernel(in line, distance, out line, distance, groups) for groups of W contiguous lines at
// equal distances; those that do not fill a group come with some others again, or in a copy.
// Returns whether it could.
template <class T, class A, class B, class Kernel>
bool by_short_kernel(const View<const A>& in, const View<B>& out, std::size_t axis,
                     const Lines& lines, std::size_t threads, Kernel&& kernel) {
  const std::size_t count = lines.count(), w = SideBySide<T>::width(), whole = count / w * w;
  if (whole == 0) return false;
  if (!lines.regular() || !contiguous(in, out, axis))
    return static_cast<const void*>(in.data) != out.data && !by_input(in, out, axis) &&
           by_short_kernel_from_copy<T>(in, out, axis, lines, threads, kernel);
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

// Lines that had better follow one by one, if they are what is left of few vectors: 0 if all go
// alike.
template <class T>
std::size_t left_over(std::size_t n, const Lines& lines, bool contiguous, bool real = false) {
  constexpr std::size_t few_vectors = 6;
  const std::size_t w = SideBySide<T>::width(), left = lines.count() % w;
  if (left == lines.count() || !lines.regular() || lines.count() > few_vectors * w || n < 16 * w ||
      !side_by_side<T>(n, lines.count(), contiguous, real))
    return 0;
  return side_by_side<T>(n, left, contiguous, real) ? 0 : left;
}
template <class X>
View<X> beyond(const View<X>& v, std::ptrdiff_t apart, std::size_t lines) {
  View<X> rest = v;
  rest.data += apart * static_cast<std::ptrdiff_t>(lines);
  return rest;
}

// The lines of one axis by the kernels that suit them; c2c_axis() and the like without what needs
// no transform.
template <class T>
void transform(const View<const std::complex<T>>& in, const View<std::complex<T>>& out,
               std::size_t axis, const Lines& lines, Direction direction, T scale,
               std::size_t workers) {
  using C = std::complex<T>;
  const std::size_t n_in = in.shape[axis], n = out.shape[axis];
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
  if (const std::size_t left = left_over<T>(n, lines, one_by_one_suits)) {
    const std::size_t whole = lines.count() - left;
    transform(in, out, axis, lines.first(whole), direction, scale, workers);
    return transform(beyond(in, lines.apart().in, whole), beyond(out, lines.apart().out, whole),
                     axis, lines.first(left), direction, scale, workers);
  }
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
  const auto together = [&](const Group<C, C>& g, std::size_t numbers) {
    plan->c2c(g.from, numbers, g.to, direction, scale);
  };
  const auto tiled = [&](const Group<C, C>& g, std::size_t groups) {
    plan->c2c_tile(g.from.lines[0], g.from.step, g.to.lines[0], g.to.step, groups, direction,
                   scale);
  };
  const auto tile_of = [&](std::ptrdiff_t in_step, std::ptrdiff_t out_step) {
    return plan->tile(in_step, out_step);
  };
  if (const Staging staged = staging<T>(in, out, axis, lines, n, tile_of(1, 1) == register_groups))
    return by_chunks<T, C, C>(in, out, axis, lines, staged, n, threads, tile_of, together, tiled);
  const std::size_t tile = n_in == n ? tile_of(in.strides[axis], out.strides[axis]) : 1;
  by_groups<T, C, C>(in, out, axis, lines, threads, tile, together, tiled);
}

template <class T>
void transform(const View<const T>& in, const View<std::complex<T>>& out, std::size_t axis,
               const Lines& lines, std::size_t n, Direction direction, T scale,
               std::size_t workers) {
  using C = std::complex<T>;
  const std::size_t n_in = in.shape[axis];
  const std::size_t threads = threads_for(n * lines.count() * sizeof(T), 1, workers);
  const bool one_by_one_suits = contiguous(in, out, axis) || scattered(in, out, axis, lines);
  if (const std::size_t left = left_over<T>(n, lines, one_by_one_suits, true)) {
    const std::size_t whole = lines.count() - left;
    transform(in, out, axis, lines.first(whole), n, direction, scale, workers);
    return transform(beyond(in, lines.apart().in, whole), beyond(out, lines.apart().out, whole),
                     axis, lines.first(left), n, direction, scale, workers);
  }
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
  const auto together = [&](const Group<T, C>& g, std::size_t numbers) {
    plan->r2c(g.from, numbers, g.to, direction, scale);
  };
  const auto tiled = [&](const Group<T, C>& g, std::size_t groups) {
    plan->r2c_tile(g.from.lines[0], g.from.step, g.to.lines[0], g.to.step, groups, direction,
                   scale);
  };
  const auto tile_of = [&](std::ptrdiff_t, std::ptrdiff_t) { return plan->tile(); };
  if (const Staging staged = staging<T>(in, out, axis, lines, n, tile_of(1, 1) == register_groups))
    return by_chunks<T, T, C>(in, out, axis, lines, staged, n, threads, tile_of, together, tiled);
  by_groups<T, T, C>(in, out, axis, lines, threads, n_in == n ? plan->tile() : 1, together, tiled);
}

template <class T>
void transform(const View<const std::complex<T>>& in, const View<T>& out, std::size_t axis,
               const Lines& lines, Direction direction, T scale, std::size_t workers) {
  using C = std::complex<T>;
  const std::size_t n_in = in.shape[axis], n = out.shape[axis], half = n / 2 + 1;
  const std::size_t threads = threads_for(n * lines.count() * sizeof(T), 1, workers);
  const bool one_by_one_suits = contiguous(in, out, axis) || scattered(in, out, axis, lines);
  if (const std::size_t left = left_over<T>(n, lines, one_by_one_suits, true)) {
    const std::size_t whole = lines.count() - left;
    transform(in, out, axis, lines.first(whole), direction, scale, workers);
    return transform(beyond(in, lines.apart().in, whole), beyond(out, lines.apart().out, whole),
                     axis, lines.first(left), direction, scale, workers);
  }
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
  const auto together = [&](const Group<C, T>& g, std::size_t numbers) {
    plan->c2r(g.from, numbers, g.to, direction, scale);
  };
  const auto tiled = [&](const Group<C, T>& g, std::size_t groups) {
    plan->c2r_tile(g.from.lines[0], g.from.step, g.to.lines[0], g.to.step, groups, direction,
                   scale);
  };
  const auto tile_of = [&](std::ptrdiff_t, std::ptrdiff_t) { return plan->tile(); };
  if (const Staging staged =
          staging<T>(in, out, axis, lines, half, tile_of(1, 1) == register_groups))
    return by_chunks<T, C, T>(in, out, axis, lines, staged, half, threads, tile_of, together,
                              tiled);
  by_groups<T, C, T>(in, out, axis, lines, threads, n_in == half ? plan->tile() : 1, together,
                     tiled);
}

}  // namespace

template <class T>
void scaled(const View<const std::complex<T>>& in, const View<std::complex<T>>& out, T scale) {
  if (in.data == out.data && scale == T(1)) return;
  pointwise(in, out, [=](std::complex<T> x) { return x * scale; });
}

template <class T>
void c2c_axis(const View<const std::complex<T>>& in, const View<std::complex<T>>& out,
              std::size_t axis, Direction direction, T scale, std::size_t workers) {
  if (out.shape[axis] == 1) return scaled(in, out, scale);
  const Lines lines(in.shape, in.strides, out.strides, axis, by_input(in, out, axis));
  transform(in, out, axis, lines, direction, scale, workers);
}

template <class T>
void r2c_axis(const View<const T>& in, const View<std::complex<T>>& out, std::size_t axis,
              std::size_t n, Direction direction, T scale, std::size_t workers) {
  if (n == 1) return pointwise(in, out, [=](T x) { return std::complex<T>(x * scale); });
  const Lines lines(in.shape, in.strides, out.strides, axis, by_input(in, out, axis));
  transform(in, out, axis, lines, n, direction, scale, workers);
}

template <class T>
void c2r_axis(const View<const std::complex<T>>& in, const View<T>& out, std::size_t axis,
              Direction direction, T scale, std::size_t workers) {
  if (out.shape[axis] == 1)
    return pointwise(in, out, [=](std::complex<T> x) { return x.real() * scale; });
  const Lines lines(in.shape, in.strides, out.strides, axis, by_input(in, out, axis));
  transform(in, out, axis, lines, direction, scale, workers);
}

#define FLIPSHIFT_INSTANTIATE(T)                                                             \
  template void scaled(const View<const std::complex<T>>&, const View<std::complex<T>>&, T); \
  template void c2c_axis(const View<const std::complex<T>>&, const View<std::complex<T>>&,   \
                         std::size_t, Direction, T, std::size_t);                            \
  template void r2c_axis(const View<const T>&, const View<std::complex<T>>&, std::size_t,    \
                         std::size_t, Direction, T, std::size_t);                            \
  template void c2r_axis(const View<const std::complex<T>>&, const View<T>&, std::size_t,    \
                         Direction, T, std::size_t);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::fft
