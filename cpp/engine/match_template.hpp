// Normalised cross-correlation of an image with a template (Lewis 1995):
//   r = sum (x - mean x)(t - mean t) / sqrt(sum (x - mean x)^2 sum (t - mean t)^2)
// over the window of the template's size at each place.
//
// Everything in double precision, whatever the image's type. Numerators: a convolution of the
// image, less its mean, and the template, less its mean and divided by its norm. Denominators:
// means and energies of all windows, by unions of disjoint windows in which nothing cancels
// (kernels/match_template.hpp); down the columns first, in bands whose windows are the end of one
// block of rows and the beginning of the next, then along the rows, by windows twice as wide each.
//
// The error of a numerator goes with the norm of the image, where transforms are used. Windows so
// quiet beside it that this would show are computed by the definition, one by one.
#pragma once

#include <cstddef>

namespace flipshift {

// The results are float32 for an image of float32.
template <class S>
struct Coefficient {
  using type = double;
};
template <>
struct Coefficient<float> {
  using type = float;
};

template <class S>
struct MatchProblem {
  const S* image;
  std::size_t rows, cols;
  const double* model;  // the template
  std::size_t model_rows, model_cols;
  // rows - model_rows + 1 rows of cols - model_cols + 1 coefficients
  typename Coefficient<S>::type* out;
  std::size_t workers;
};

// S: float, double, std::uint8_t or std::uint16_t. out overlaps nothing, nothing is empty, and the
// template is no larger than the image. A window that holds NaN or infinity has coefficient NaN, as
// has every one if the template does; else a constant window or template gives 0. Windows whose
// deviation is below half a unit in the last place of their numbers are taken for constant.
template <class S>
void match_template(const MatchProblem<S>& problem);

}  // namespace flipshift
