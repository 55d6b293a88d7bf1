// Short powers of two: a kernel for each length.
#include "kernels/fft_block.hpp"

#include <bit>

#include "engine/dispatch.hpp"
#include "engine/fft_plan.hpp"
#include "engine/roots.hpp"

namespace flipshift::fft {

namespace {

template <class T>
class Block final : public Algorithm<T> {
 public:
  explicit Block(const FftBlock<T>& kernel) : kernel_(kernel) {
    const auto w = static_cast<std::size_t>(kernel.width), ra = static_cast<std::size_t>(kernel.ra),
               rb = static_cast<std::size_t>(kernel.rb), n = w * ra * rb;
    const Roots roots(n);
    const auto put = [&](T* at, std::size_t apart, std::size_t k) {
      const Root z = roots[k];
      at[0] = static_cast<T>(z.re);
      at[apart] = static_cast<T>(z.im);
    };
    if (rb > 1) step_tw_ = Buffer<T>(2 * rb * (ra - 1));
    T* step = step_tw_.data();
    for (std::size_t b = 0; b < rb && rb > 1; ++b)
      for (std::size_t a = 1; a < ra; ++a, step += 2) put(step, 1, w * a * b);
    lane_tw_ = Buffer<T>(2 * w * static_cast<std::size_t>(kernel.rows));
    T* row = lane_tw_.data();
    for (int r = 0; r < kernel.rows; ++r, row += 2 * w)
      for (int i = 0; i < kernel.width; ++i)
        put(row + i, w, static_cast<std::size_t>(kernel.exponent(r, i)));
  }

  void run(const T* x, T* y, bool backward, T scale, std::size_t) const override {
    kernel_.run(x, y, step_tw_.data(), lane_tw_.data(), backward, scale);
  }

  std::size_t bytes() const override { return (step_tw_.size() + lane_tw_.size()) * sizeof(T); }
  std::string describe() const override {
    std::string text = "one block, radices " + std::to_string(kernel_.ra);
    if (kernel_.rb > 1) text += " " + std::to_string(kernel_.rb);
    return text + ", lanes " + std::to_string(kernel_.width);
  }

 private:
  const FftBlock<T>& kernel_;
  Buffer<T> step_tw_, lane_tw_;
};

}  // namespace

template <class T>
std::unique_ptr<const Algorithm<T>> make_block(std::size_t n) {
  if (!std::has_single_bit(n) || n >> (fft_max_block_bits + 1)) return nullptr;
  const FftBlock<T>& kernel = kernels<FftBlockTable<T>>().blocks[std::countr_zero(n)];
  if (!kernel.run) return nullptr;
  return std::make_unique<Block<T>>(kernel);
}

template std::unique_ptr<const Algorithm<float>> make_block(std::size_t);
template std::unique_ptr<const Algorithm<double>> make_block(std::size_t);

}  // namespace flipshift::fft
