// Strided views of arrays and aligned scratch memory: what the topics of the engine share.
#pragma once

#include <complex>
#include <cstddef>
#include <new>
#include <utility>
#include <vector>

namespace flipshift {

using Shape = std::vector<std::size_t>;
using Strides = std::vector<std::ptrdiff_t>;  // counted in elements, may be negative or zero

// An N-dimensional array that somebody else owns.
template <class T>
struct View {
  T* data;
  Shape shape;
  Strides strides;
};

inline std::size_t product(const Shape& shape) {
  std::size_t n = 1;
  for (std::size_t s : shape) n *= s;
  return n;
}

// C order, rows without gaps.
inline Strides contiguous_strides(const Shape& shape) {
  Strides strides(shape.size());
  std::ptrdiff_t step = 1;
  for (std::size_t d = shape.size(); d-- > 0;) {
    strides[d] = step;
    step *= static_cast<std::ptrdiff_t>(shape[d]);
  }
  return strides;
}

// Uninitialised memory, aligned to a cache line (and to a huge page where that can help).
template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t n)
      : data_(static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(alignment)))),
        size_(n) {}
  Buffer(Buffer&& o) noexcept
      : data_(std::exchange(o.data_, nullptr)), size_(std::exchange(o.size_, 0)) {}
  Buffer& operator=(Buffer&& o) noexcept {
    std::swap(data_, o.data_);
    std::swap(size_, o.size_);
    return *this;
  }
  ~Buffer() {
    if (data_) ::operator delete(data_, std::align_val_t(alignment));
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  static constexpr std::size_t alignment = 64;
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace flipshift
