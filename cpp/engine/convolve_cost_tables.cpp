// Tables as `python -m flipshift calibrate` prints them, and the reader of such tables.
//
// A line is a dtype, what it is about, and numbers in nanoseconds: `direct` a call, an output, a
// multiply-add, a tap, a tap beyond an end of x; `transforms` a call, (a ratio) the making of the
// kernel's spectrum in blocks of the same length, an output; `1`, `3`, `5`, `7`, `9`, `15` a block
// of so many times 2^k samples, from 32, 48, 40, 56, 72, 60 on, each twice as long as the one
// before. Neighbours differ by more than their lengths: 512 samples may take less time than 384.
//
// Those built in: AMD Zen 5 at 3.65 GHz, one thread, 2026-11, fitted to calls at thousands of
// random lengths, which they meet within 5% (root of the mean square); the calls of direct
// sums were 90 ns longer, by their way from Python. On other processors the
// ratio of the methods is what matters. Of the longest lengths, where other programs disturb most,
// v3 and v2 have at most 1.5 and 3 times the times of v4, as at the shorter ones.
#include "engine/convolve_cost_tables.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "engine/dispatch.hpp"

namespace flipshift::convolve {

namespace {

constexpr const char* v2 = R"(flipshift-costs 2 v2
float32 direct 203.7 0.02734 0.04229 0.5606 1.726
float32 transforms 233.4 0.463 0.0481
float32 1 61.42 109.7 239.2 365.4 749.6 1623 3416 7279 1.625e+04 3.495e+04 7.584e+04 1.632e+05
   3.579e+05 7.64e+05 1.805e+06 5.664e+06 1.341e+07
float32 3 201.4 192.8 324.8 623.9 1302 2667 5520 1.205e+04 2.624e+04 5.508e+04 1.182e+05 2.621e+05
   5.725e+05 1.251e+06 3.036e+06 7.217e+06
float32 5 154.2 176.3 320.6 531.9 1064 2252 4670 9804 2.127e+04 4.809e+04 9.674e+04 2.091e+05
float32 7 220.1 244.1 446 773.4 1553 3304 6872 1.513e+04 3.271e+04 6.974e+04 1.414e+05 3.112e+05
float32 9 319.5 298.1 520.2 1014 2065 4403 9248 1.987e+04 4.339e+04 9.202e+04 1.887e+05
float32 15 232.2 238.9 471.8 894 1760 3566 7745 1.643e+04 3.521e+04 7.509e+04 1.615e+05
float64 direct 149.7 0.05724 0.08343 1.251 2.434
float64 transforms 217.7 0.445 0.0721
float64 1 90.82 200.5 335.7 689.5 1554 3339 7018 1.583e+04 3.223e+04 6.865e+04 1.6e+05 3.348e+05
   7.512e+05 1.649e+06 6.698e+06 1.484e+07 3.537e+07
float64 3 262.6 302.6 599.6 1234 2549 5356 1.149e+04 2.483e+04 5.512e+04 1.097e+05 2.4e+05
   5.688e+05 1.186e+06 3.162e+06 1.052e+07 2.51e+07
float64 5 205.9 275.3 498.3 1005 2118 4460 9430 2.058e+04 4.316e+04 9.774e+04 1.945e+05 4.32e+05
float64 7 312.2 391.4 741.9 1504 3199 6725 1.489e+04 3.234e+04 6.296e+04 1.432e+05 2.893e+05
   6.534e+05
float64 9 313.4 500.3 968.5 2064 4271 8836 1.875e+04 3.95e+04 8.409e+04 1.945e+05 3.86e+05
float64 15 337.4 451.8 828.6 1645 3483 7353 1.56e+04 3.46e+04 6.866e+04 1.483e+05 3.407e+05
complex64 direct 217.5 0.2966 0.1758 1.031 3.838
complex64 transforms 223.6 0.48 0.0535
complex64 1 83.86 188.7 320.7 666.6 1463 3166 6777 1.517e+04 3.268e+04 7.111e+04 1.542e+05
   3.394e+05 7.368e+05 1.582e+06 7.882e+06 1.628e+07 3.947e+07
complex64 3 162.3 291.7 602 1198 2470 5163 1.122e+04 2.45e+04 5.194e+04 1.115e+05 2.459e+05
   5.438e+05 1.21e+06 2.623e+06 8.816e+06 2.143e+07
complex64 5 155.8 264.1 478.6 1012 2097 4357 9181 1.983e+04 4.522e+04 9.098e+04 1.973e+05 4.41e+05
complex64 7 214.7 375.5 701.7 1466 3094 6446 1.41e+04 3.05e+04 6.581e+04 1.335e+05 2.928e+05
   6.511e+05
complex64 9 267.4 463.9 926.5 1963 4118 8656 1.858e+04 4.069e+04 8.705e+04 1.778e+05 3.926e+05
complex64 15 203.5 430.2 810.7 1629 3381 7248 1.535e+04 3.296e+04 7.087e+04 1.523e+05 3.148e+05
complex128 direct 175.9 0.7612 0.3858 2.845 6.693
complex128 transforms 242.9 0.473 0.205
complex128 1 177.4 289.4 600.6 1402 3105 6375 1.451e+04 2.974e+04 6.294e+04 1.481e+05 3.117e+05
   6.961e+05 1.558e+06 3.729e+06 1.053e+07 2.881e+07 7.227e+07
complex128 3 270.5 538 1107 2324 4881 1.059e+04 2.287e+04 5.119e+04 1.02e+05 2.236e+05 5.292e+05
   1.12e+06 2.73e+06 9.669e+06 2.218e+07 5.279e+07
complex128 5 244.2 446.5 906.5 1940 4059 8591 1.891e+04 3.995e+04 9.064e+04 1.791e+05 4.078e+05
   9.412e+05
complex128 7 344.5 672 1368 2929 6155 1.369e+04 2.998e+04 5.831e+04 1.332e+05 2.672e+05 6.092e+05
   1.397e+06
complex128 9 457.3 877.6 1903 3912 8113 1.726e+04 3.659e+04 7.782e+04 1.802e+05 3.601e+05
   8.136e+05
complex128 15 408.7 759.3 1505 3196 6743 1.435e+04 3.209e+04 6.347e+04 1.371e+05 3.19e+05
   6.369e+05
)";

constexpr const char* v3 = R"(flipshift-costs 2 v3
float32 direct 165.6 0.02831 0.01675 0.3703 1.071
float32 transforms 190.6 0.497 0.0344
float32 1 74.03 89.95 128 208.3 369.5 720 1458 3027 7002 1.535e+04 3.191e+04 7.573e+04 1.592e+05
   3.693e+05 8.383e+05 2.513e+06 6.676e+06
float32 3 152.7 159.4 211.4 327.1 629.8 1194 2460 5307 1.113e+04 2.462e+04 5.072e+04 1.126e+05
   2.565e+05 5.324e+05 1.349e+06 3.594e+06
float32 5 132.3 161.7 217.3 308.8 530.5 1067 2105 4442 9508 2.098e+04 4.334e+04 9.133e+04
float32 7 151.4 194.6 274.9 431.4 769.3 1554 3160 6752 1.458e+04 3.069e+04 6.465e+04 1.381e+05
float32 9 204.9 200 317.5 513.5 936.3 1932 3927 8298 1.851e+04 3.94e+04 8.31e+04
float32 15 161.5 204.4 255.1 464 856.3 1610 3455 7033 1.531e+04 3.193e+04 6.984e+04
float64 direct 171.3 0.0078 0.03434 0.82 1.667
float64 transforms 189 0.477 0.0889
float64 1 71.48 111.5 214.1 305 626.7 1297 2735 6493 1.486e+04 3.057e+04 7.323e+04 1.548e+05
   3.369e+05 8.153e+05 3.034e+06 7.454e+06 1.772e+07
float64 3 202.4 177 292.6 567.2 1084 2237 4915 1.055e+04 2.444e+04 4.957e+04 1.056e+05 2.607e+05
   6.109e+05 1.583e+06 5.264e+06 1.145e+07
float64 5 158.6 179.3 263.7 472.8 969 1935 4102 8986 1.935e+04 4.272e+04 8.932e+04 1.926e+05
float64 7 211.3 261 381.2 700.8 1443 2910 6290 1.372e+04 2.868e+04 6.439e+04 1.358e+05 2.933e+05
float64 9 285.5 275.4 450.9 852.4 1792 3629 7762 1.787e+04 3.712e+04 8.553e+04 1.751e+05
float64 15 218.5 218.7 423.9 767.6 1478 3177 6562 1.424e+04 3.104e+04 6.492e+04 1.576e+05
complex64 direct 221.6 0.1246 0.07037 0.4388 2.512
complex64 transforms 198.2 0.514 0.061
complex64 1 73.26 104.3 178.1 325.8 652 1321 2805 6583 1.437e+04 2.982e+04 7.101e+04 1.485e+05
   3.443e+05 7.988e+05 4.107e+06 8.012e+06 1.994e+07
complex64 3 145.4 194.6 300.4 582.9 1104 2262 4961 1.044e+04 2.306e+04 4.746e+04 1.044e+05
   2.398e+05 5.027e+05 1.178e+06 4.079e+06 1.06e+07
complex64 5 149.5 199.4 286.8 484.9 978.9 1965 4164 8982 1.956e+04 4.059e+04 8.56e+04 1.847e+05
complex64 7 190.3 245.4 391.9 708.4 1467 2952 6402 1.374e+04 2.879e+04 6.075e+04 1.286e+05
   2.773e+05
complex64 9 185.7 294.6 471.7 865.4 1812 3668 7801 1.731e+04 3.702e+04 7.83e+04 1.66e+05
complex64 15 188.6 234.4 434.3 796.8 1504 3240 6659 1.422e+04 2.988e+04 6.5e+04 1.384e+05
complex128 direct 171.4 0.2106 0.1407 2.055 3.865
complex128 transforms 193.8 0.502 0.145
complex128 1 87.63 185.7 271.9 560.7 1176 2521 6049 1.391e+04 2.846e+04 6.796e+04 1.445e+05
   3.082e+05 7.424e+05 2.116e+06 5.844e+06 1.519e+07 3.709e+07
complex128 3 156.4 264.1 521.7 993 2066 4565 9903 2.272e+04 4.614e+04 9.766e+04 2.402e+05 5.59e+05
   1.406e+06 4.909e+06 1.118e+07 2.65e+07
complex128 5 162 246.6 429.9 897 1794 3817 8467 1.806e+04 3.971e+04 8.238e+04 1.785e+05 4.404e+05
complex128 7 231.7 349.8 644.7 1339 2711 5889 1.282e+04 2.663e+04 6.025e+04 1.246e+05 2.711e+05
   6.774e+05
complex128 9 249.5 412.5 774.8 1663 3377 7282 1.676e+04 3.449e+04 7.858e+04 1.61e+05 3.519e+05
complex128 15 207.6 395.3 708.6 1369 2966 6156 1.328e+04 2.885e+04 6.053e+04 1.45e+05 2.877e+05
)";

constexpr const char* v4 = R"(flipshift-costs 2 v4
float32 direct 188.1 0.03015 0.008159 0.3901 0.8467
float32 transforms 190.5 0.58 0.0245
float32 1 69.35 87.92 112.6 164.7 271.9 474.8 874.4 1816 4288 1.061e+04 2.191e+04 4.839e+04
   1.088e+05 2.441e+05 5.957e+05 1.868e+06 4.446e+06
float32 3 137.7 154.7 195.8 294.6 467.8 783.7 1542 3240 7194 1.733e+04 3.612e+04 8.072e+04
   1.786e+05 4.123e+05 1.006e+06 2.399e+06
float32 5 121.3 149.8 193.3 283.3 441.7 686 1274 2609 5813 1.349e+04 2.901e+04 6.273e+04
float32 7 138.7 168.4 215.6 347.1 536.8 926.5 1852 3928 8876 1.951e+04 4.168e+04 9.582e+04
float32 9 159.3 183 299.9 481.1 723 1268 2614 5641 1.277e+04 2.698e+04 5.955e+04
float32 15 144.2 201.7 232.7 415 626.4 1071 2099 4546 1.043e+04 2.192e+04 4.711e+04
float64 direct 174.6 0.02069 0.01693 0.955 1.476
float64 transforms 192 0.554 0.0737
float64 1 73.46 92.41 129.9 224.3 411.5 769.7 1615 3955 9259 1.888e+04 4.298e+04 9.905e+04
   2.277e+05 5.427e+05 2.219e+06 4.934e+06 1.177e+07
float64 3 138.2 173.6 251.5 373.2 698.9 1403 2964 6793 1.63e+04 3.296e+04 7.258e+04 1.656e+05
   4.181e+05 9.207e+05 3.278e+06 8.091e+06
float64 5 125.4 161 245.3 344.7 570.9 1143 2355 5511 1.176e+04 2.832e+04 5.707e+04 1.293e+05
float64 7 135.1 203.5 297.4 455.8 787.5 1641 3607 8303 1.694e+04 4.06e+04 8.421e+04 1.907e+05
float64 9 211.1 230.3 393.7 610.6 1120 2404 5291 1.165e+04 2.453e+04 5.805e+04 1.278e+05
float64 15 148.6 202.6 281.8 549.5 946.3 1868 4216 9737 2.019e+04 4.367e+04 1.065e+05
complex64 direct 235.9 0.1234 0.03363 1.016 2.317
complex64 transforms 184.1 0.597 0.0646
complex64 1 72.5 88.14 135.7 224.1 409.8 767.7 1616 3977 9928 2.061e+04 4.571e+04 1.035e+05
   2.259e+05 5.439e+05 2.668e+06 5.468e+06 1.321e+07
complex64 3 144.5 176.2 261.7 422.3 704.7 1397 2989 6722 1.631e+04 3.419e+04 7.657e+04 1.691e+05
   3.816e+05 8.771e+05 2.931e+06 7.135e+06
complex64 5 146.1 175.3 256 400.8 616.6 1149 2380 5391 1.255e+04 2.737e+04 5.958e+04 1.338e+05
complex64 7 159.4 196.3 315.1 481.8 830.2 1669 3597 8232 1.815e+04 3.969e+04 8.844e+04 1.939e+05
complex64 9 169.2 273.6 442 659.9 1164 2410 5241 1.197e+04 2.55e+04 5.763e+04 1.295e+05
complex64 15 180.3 206.9 386.3 561.8 977.5 1919 4220 9726 2.043e+04 4.457e+04 1.038e+05
complex128 direct 218.2 0.1487 0.06985 2.274 3.328
complex128 transforms 205 0.552 0.152
complex128 1 73.77 106.2 194.3 371 689.5 1452 3692 8702 1.769e+04 4.06e+04 9.438e+04 2.112e+05
   4.962e+05 1.441e+06 3.776e+06 9.964e+06 2.454e+07
complex128 3 150.7 222.9 336.9 636.6 1278 2756 6432 1.537e+04 3.08e+04 6.842e+04 1.55e+05
   3.771e+05 8.518e+05 3.118e+06 7.273e+06 1.745e+07
complex128 5 141.1 217.7 312.6 522.7 1048 2173 5214 1.106e+04 2.646e+04 5.325e+04 1.212e+05
   2.91e+05
complex128 7 181.8 267 414 718.5 1517 3348 7906 1.576e+04 3.813e+04 7.91e+04 1.768e+05 4.274e+05
complex128 9 205.9 358.1 556.2 1027 2237 5019 1.1e+04 2.278e+04 5.482e+04 1.187e+05 2.528e+05
complex128 15 187.2 258.3 510.1 879.8 1735 3961 9219 1.9e+04 4.112e+04 9.991e+04 2.095e+05
)";

const char* built_in() {
  switch (isa()) {
#if defined(__x86_64__)
    case Isa::v4:
      return v4;
    case Isa::v3:
      return v3;
    default:
      return v2;
#else
    default:
      return v2;  // not measured: vectors of the same length
#endif
  }
}

[[noreturn]] void refuse(const std::string& source, const std::string& what) {
  throw std::invalid_argument("FLIPSHIFT_COSTS is '" + source + "', which " + what +
                              "; `python -m flipshift calibrate --out FILE` writes one");
}

// Words up to the next one that is not a number.
void read_numbers(std::istream& in, const std::string& source, const std::string& name, double* to,
                  std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!(in >> to[i]) || !std::isfinite(to[i]) || to[i] < 0)
      refuse(source, "has no " + std::to_string(count) + " numbers for '" + name + "'");
  }
}

CostTable read(std::istream& in, const std::string& source, bool same_isa) {
  std::string word, version, isa_word;
  if (!(in >> word >> version >> isa_word) || word != "flipshift-costs" || version != "2")
    refuse(source, "is not a table of costs of version 2");
  if (same_isa && isa_word != isa_name(isa()))
    refuse(source, "is for the instruction set " + isa_word + ", not for " + isa_name(isa()));
  CostTable table;
  table.source = source;
  struct Named {
    const char* name;
    Costs* costs;
  };
  for (const Named& dtype :
       {Named{"float32", &table.float32}, Named{"float64", &table.float64},
        Named{"complex64", &table.complex64}, Named{"complex128", &table.complex128}}) {
    Costs& c = *dtype.costs;
    const auto line = [&](const std::string& about, auto... numbers) {
      const std::string name = dtype.name + (" " + about);
      std::string first, second;
      if (!(in >> first >> second) || first + " " + second != name)
        refuse(source, "has no line '" + name + "' where it belongs");
      read_numbers(in, source, name, numbers...);
    };
    double direct[5], transforms[3];
    line("direct", direct, std::size(direct));
    line("transforms", transforms, std::size(transforms));
    for (std::size_t i = 0; i < std::size(Costs::rows); ++i)
      line(std::to_string(Costs::rows[i].odd), c.blocks[i], Costs::rows[i].count);
    c.call = direct[0], c.output = direct[1], c.product = direct[2], c.tap = direct[3];
    c.beyond = direct[4];
    c.transforms = transforms[0], c.kernel = transforms[1], c.copied = transforms[2];
  }
  return table;
}

CostTable load() {
  const char* const path = std::getenv("FLIPSHIFT_COSTS");
  if (path == nullptr || *path == '\0') {
    std::istringstream in(built_in());
    return read(in, "built in", false);
  }
  std::ifstream in(path);
  if (!in) refuse(path, "cannot be read");
  return read(in, path, true);
}

}  // namespace

const CostTable& cost_table() {
  static const CostTable table = load();
  return table;
}

}  // namespace flipshift::convolve
