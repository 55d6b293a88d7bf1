#include "engine/convolve2d_pixels.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include "bindings/arrays.hpp"
#include "bindings/boundary.hpp"

namespace flipshift::bindings {

namespace {

PixelOut out_type(const py::dtype& dtype) {
  const char kind = dtype.kind();
  const auto size = dtype.itemsize();
  if (kind == 'f' && size == 4) return PixelOut::float32;
  if (kind == 'f' && size == 8) return PixelOut::float64;
  if (kind == 'i' || kind == 'u') {
    if (size == 1) return PixelOut::bits8;
    if (size == 2) return PixelOut::bits16;
    if (size == 4) return PixelOut::bits32;
    if (size == 8) return kind == 'i' ? PixelOut::int64 : PixelOut::uint64;
  }
  throw bad_argument("out", "has a dtype that convolve2d_pixels does not take");
}

void convolve2d_pixels(const py::array& x, const py::array& h, const py::array& out,
                       const std::pair<py::ssize_t, py::ssize_t>& start,
                       const std::pair<std::string, std::string>& boundary,
                       const py::object& fillvalue, std::size_t workers) {
  const bool images = x.ndim() == 4;
  if ((x.ndim() != 2 && !images) || x.size() == 0) throw bad_argument("x", "is no image");
  if (h.ndim() != 2 || h.size() == 0) throw bad_argument("h", "is not a matrix");
  if (out.ndim() != x.ndim() || out.size() == 0 ||
      (images && (out.shape(0) != x.shape(0) || out.shape(3) != x.shape(3))))
    throw bad_argument("out", "has another shape");
  if (!(out.flags() & py::array::c_style)) throw bad_argument("out", "is not C-contiguous");
  const auto side = [&](const py::array& a, py::ssize_t d) {
    return static_cast<std::size_t>(a.shape(d));
  };
  const auto as = [&]<class X>(X) {
    convolve2d::PixelProblem<X> p{
        contiguous<const X>(x, "x"),
        side(x, images),
        side(x, images + 1),
        contiguous<const double>(h, "h"),
        side(h, 0),
        side(h, 1),
        pointer<void>(out, "out"),
        out_type(out.dtype()),
        side(out, images),
        side(out, images + 1),
        start.first,
        start.second,
        {boundary_of(boundary.first), boundary_of(boundary.second), fillvalue.cast<X>()}};
    if (images) {
      p.outer = side(x, 0);
      p.inner = side(x, 3);
    }
    p.workers = workers;
    run(static_cast<std::size_t>(out.size() * h.size()) / 8,
        [&] { convolve2d::convolve2d_pixels(p); });
  };
  const bool sign = x.dtype().kind() == 'i';
  if (sign || x.dtype().kind() == 'u') {
    if (x.itemsize() == 1) return sign ? as(std::int8_t{}) : as(std::uint8_t{});
    if (x.itemsize() == 2) return sign ? as(std::int16_t{}) : as(std::uint16_t{});
    if (x.itemsize() == 4) return sign ? as(std::int32_t{}) : as(std::uint32_t{});
  }
  throw bad_argument("x", "has a dtype that convolve2d_pixels does not take");
}

}  // namespace

void register_convolve2d_pixels(py::module_& m) { m.def("convolve2d_pixels", &convolve2d_pixels); }

}  // namespace flipshift::bindings
