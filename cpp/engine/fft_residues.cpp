// Lengths that fill no lanes, as 7 times 103: the residues of the index modulo a small number are
// transformed one after the other, then joined. Faster than Bluestein's algorithm up to lines of
// about 110, and half its error. Scratch: n numbers.
#include "kernels/fft_residues.hpp"
#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/fft_plan.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"

namespace flipshift::fft {

namespace {

template <class T>
class Residues final : public Algorithm<T> {
 public:
  Residues(std::size_t r, std::size_t m) : r_(r), m_(m), line_(plan<T>(m)), tw_(2 * m * (r - 1)) {
    const Roots roots(r * m);
    T* w = tw_.data();
    for (std::size_t q = 1; q < r; ++q) {
      for (std::size_t k = 0; k < m; ++k) {
        const Root z = roots[q * k];
        *w++ = static_cast<T>(z.re);
        *w++ = static_cast<T>(z.im);
      }
    }
  }

  void run(const T* x, T* y, bool backward, T scale, std::size_t) const override {
    const T conj = backward ? T(-1) : T(1);
    Scratch<T> lines(2 * r_ * m_);
    for (std::size_t q = 0; q < r_; ++q) {
      T* const line = lines.data() + 2 * m_ * q;
      const T* from = x + 2 * q;
      for (std::size_t j = 0; j < m_; ++j, from += 2 * r_) {
        line[2 * j] = from[0];
        line[2 * j + 1] = from[1] * conj;
      }
      line_->algorithm().run(line, line, false, T(1), 1);
    }
    kernels<FftResiduesTable<T>>().join[r_](lines.data(), m_, tw_.data(), y, scale, conj * scale);
  }

  std::size_t bytes() const override { return tw_.size() * sizeof(T) + line_->bytes(); }
  std::string describe() const override {
    return std::to_string(r_) + " residues, each " + line_->describe();
  }

 private:
  std::size_t r_, m_;
  std::shared_ptr<const Plan<T>> line_;
  Buffer<T> tw_;
};

}  // namespace

template <class T>
std::unique_ptr<const Algorithm<T>> make_residues(std::size_t n) {
  // Beyond these, lines by their definition take more than twice the time of Bluestein's algorithm
  // for all, which few other libraries are slower than.
  constexpr std::size_t long_line = 192, longest_line = 257, much_work = 225000;
  const FftResiduesTable<T>& table = kernels<FftResiduesTable<T>>();
  for (const std::size_t r : {16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2}) {
    const std::size_t m = n / r;
    if (n % r == 0 && m >= static_cast<std::size_t>(table.width) &&
        (m <= long_line || (m <= longest_line && n * m <= much_work)) && by_definition(m, false))
      return std::make_unique<Residues<T>>(r, m);
  }
  return nullptr;
}

template std::unique_ptr<const Algorithm<float>> make_residues(std::size_t);
template std::unique_ptr<const Algorithm<double>> make_residues(std::size_t);

}  // namespace flipshift::fft
