// NaN and infinity in convolutions by transforms, put where the definition has them.
#pragma once

#include <cstddef>

namespace flipshift::convolve {

// `out` holds the convolution, as in convolve.hpp, of x and h with 0 in place of what is not
// finite; outputs whose sums contain such values become what the sums of the definition give.
// Takes about as long as up to 4 convolutions (16 of complex numbers), and far less for a few such
// values. T is float, double or std::complex of them; m <= n.
template <class T>
void mark_nonfinite(const T* x, std::size_t n, const T* h, std::size_t m, T* out, std::size_t n_out,
                    std::ptrdiff_t start, std::size_t workers);

// out[i] += h[i - j] x[j] for the outputs p + i that sample j reaches, part by part.
template <class T>
void add_sample(T sample, std::ptrdiff_t j, const T* h, std::size_t m, T* out, std::ptrdiff_t p,
                std::size_t count);

}  // namespace flipshift::convolve
