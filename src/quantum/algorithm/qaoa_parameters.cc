#include "quantum/algorithm/qaoa_parameters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "quantum/algorithm/qubo.h"

namespace quanta::quantum {
namespace {

// Of each table: for 1, 2, … layers the gammas, then the betas.

/// Stored layers of the degrees from 3 on.
constexpr unsigned kFirstDegree = 3;
constexpr std::array<unsigned, 9> kStoredLayers = {11, 5, 4, 3, 3, 3, 3, 3, 2};
constexpr auto kRegularGraphs = std::to_array<double>(
    {// degree 3, 1 to 11 layers
     1.231067, 0.392672, 0.975419, 1.795975, 0.555060, 0.292508, 0.844168, 1.596826, 1.874178,
     0.608757, 0.459275, 0.235396, 0.817528, 1.561170, 1.975456, 2.312627, 0.599565, 0.434418,
     0.296950, 0.159067, 0.719179, 1.413145, 1.645113, 2.009510, 2.308549, 0.631852, 0.522652,
     0.389742, 0.275412, 0.149170, 0.662084, 1.290062, 1.461554, 1.673166, 2.018327, 2.252201,
     0.635559, 0.533963, 0.463109, 0.360255, 0.259152, 0.139026, 0.620180, 1.236438, 1.380496,
     1.502444, 1.718171, 2.040780, 2.244133, 0.648140, 0.553925, 0.489883, 0.445018, 0.340584,
     0.243827, 0.130635, 0.589212, 1.173571, 1.308820, 1.415857, 1.529148, 1.728500, 2.051331,
     2.232574, 0.649160, 0.554680, 0.500322, 0.468694, 0.419609, 0.318917, 0.231324, 0.122904,
     0.558802, 1.132266, 1.262445, 1.358665, 1.452481, 1.536113, 1.749044, 2.074942, 2.235973,
     0.654474, 0.561864, 0.509011, 0.486776, 0.451435, 0.403211, 0.304730, 0.219833, 0.117182,
     0.533433, 1.089645, 1.219962, 1.312520, 1.391417, 1.457515, 1.547755, 1.764223, 2.087602,
     2.230518, 0.655584, 0.563181, 0.513888, 0.495584, 0.468895, 0.435743, 0.388471, 0.291176,
     0.210509, 0.112388, 0.514575, 1.056081, 1.183542, 1.279383, 1.354411, 1.404123, 1.474049,
     1.550615, 1.767117, 2.093941, 2.230475, 0.656439, 0.563347, 0.516301, 0.503668, 0.481823,
     0.456013, 0.421435, 0.370773, 0.276450, 0.200947, 0.107251,
     // degree 4, 1 to 5 layers
     1.046960, 0.392758, 0.816242, 1.479604, 0.534344, 0.283037, 0.709007, 1.302754, 1.508540,
     0.587947, 0.423178, 0.223014, 0.630012, 1.175102, 1.346448, 1.542410, 0.604988, 0.477798,
     0.361267, 0.187519, 0.581820, 1.093546, 1.206660, 1.374386, 1.568939, 0.622536, 0.505067,
     0.416712, 0.325334, 0.162795,
     // degree 5, 1 to 4 layers
     0.927290, 0.392709, 0.717320, 1.289742, 0.524111, 0.278793, 0.623292, 1.127028, 1.295421,
     0.578328, 0.407620, 0.218928, 0.554915, 1.019459, 1.154170, 1.323278, 0.597255, 0.463469,
     0.345180, 0.182775,
     // degree 6, 1 to 3 layers
     0.841097, 0.392701, 0.648424, 1.159544, 0.518246, 0.276561, 0.562850, 1.008064, 1.153618,
     0.572647, 0.398918, 0.216942,
     // degree 7, 1 to 3 layers
     0.774899, 0.392695, 0.596498, 1.062566, 0.514383, 0.275087, 0.517834, 0.921593, 1.050690,
     0.568910, 0.393279, 0.215579,
     // degree 8, 1 to 3 layers
     0.722759, 0.392696, 0.555270, 0.986243, 0.511686, 0.274147, 0.481367, 0.852894, 0.971346,
     0.566206, 0.389429, 0.214925,
     // degree 9, 1 to 3 layers
     0.679576, 0.392694, 0.521314, 0.924528, 0.509694, 0.273642, 0.452020, 0.798199, 0.907781,
     0.564183, 0.386554, 0.214399,
     // degree 10, 1 to 3 layers
     0.643628, 0.392695, 0.493562, 0.873228, 0.508108, 0.272899, 0.427575, 0.753076, 0.855319,
     0.562587, 0.384310, 0.213879,
     // degree 11, 1 to 2 layers
     0.612546, 0.392699, 0.469553, 0.829587, 0.506864, 0.272480});

constexpr unsigned kModelLayers = 17;
constexpr auto kSherringtonKirkpatrick = std::to_array<double>(
    {0.500000, 0.392699, 0.381743, 0.665499, 0.495968, 0.269043, 0.329867, 0.568940, 0.640852,
     0.549964, 0.367534, 0.210878, 0.295016, 0.514436, 0.558521, 0.642854, 0.570931, 0.417524,
     0.302691, 0.172865, 0.270492, 0.480341, 0.507388, 0.564638, 0.639644, 0.589912, 0.449212,
     0.355937, 0.264281, 0.148564, 0.252808, 0.453096, 0.474954, 0.514614, 0.564996, 0.639201,
     0.600432, 0.467038, 0.388057, 0.317589, 0.232473, 0.129065, 0.238183, 0.432380, 0.451257,
     0.482658, 0.514824, 0.569040, 0.639894, 0.608113, 0.480607, 0.408692, 0.353311, 0.285750,
     0.208003, 0.114415, 0.226776, 0.416185, 0.433247, 0.460828, 0.481768, 0.517926, 0.571707,
     0.639315, 0.615101, 0.490563, 0.424379, 0.378008, 0.322369, 0.260559, 0.188424, 0.103003,
     0.216994, 0.402194, 0.418816, 0.444146, 0.460359, 0.485042, 0.522949, 0.577913, 0.643791,
     0.619598, 0.497603, 0.435846, 0.396904, 0.348792, 0.298307, 0.239841, 0.172088, 0.093357,
     0.208693, 0.390478, 0.406620, 0.430227, 0.442812, 0.460859, 0.487789, 0.527816, 0.581030,
     0.641163, 0.624470, 0.503589, 0.443008, 0.408973, 0.367157, 0.324648, 0.275906, 0.220642,
     0.157193, 0.084843, 0.202338, 0.380345, 0.396232, 0.419867, 0.429696, 0.444051, 0.462513,
     0.490593, 0.531428, 0.583391, 0.640048, 0.626720, 0.506811, 0.449702, 0.419525, 0.382196,
     0.345328, 0.303483, 0.256675, 0.204870, 0.145183, 0.078478, 0.194939, 0.371639, 0.390343,
     0.411698, 0.419289, 0.429976, 0.445509, 0.467645, 0.495615, 0.535322, 0.586311, 0.642254,
     0.630708, 0.514321, 0.458492, 0.429393, 0.394571, 0.362860, 0.328064, 0.286386, 0.240875,
     0.190820, 0.134886, 0.072599, 0.190610, 0.363307, 0.380356, 0.403456, 0.411097, 0.420921,
     0.430450, 0.445949, 0.468401, 0.499702, 0.541264, 0.590244, 0.642934, 0.631707, 0.513404,
     0.459808, 0.434906, 0.403686, 0.374780, 0.341362, 0.306429, 0.267954, 0.225459, 0.178448,
     0.125751, 0.067503, 0.185768, 0.356733, 0.373809, 0.396298, 0.403625, 0.411950, 0.418627,
     0.430769, 0.447467, 0.471316, 0.503846, 0.544955, 0.591971, 0.643574, 0.634457, 0.516341,
     0.463147, 0.440154, 0.411679, 0.384898, 0.355134, 0.323801, 0.290079, 0.253374, 0.212776,
     0.167855, 0.118061, 0.063391, 0.180678, 0.345366, 0.360073, 0.387187, 0.394447, 0.407917,
     0.414585, 0.420236, 0.431376, 0.449062, 0.472153, 0.506574, 0.548086, 0.592252, 0.642510,
     0.635622, 0.512444, 0.463970, 0.444312, 0.420282, 0.402033, 0.371972, 0.342034, 0.310687,
     0.277162, 0.242002, 0.204224, 0.160314, 0.113115, 0.060756, 0.176536, 0.342971, 0.361698,
     0.384220, 0.391381, 0.399044, 0.403920, 0.411058, 0.420354, 0.434448, 0.453705, 0.479004,
     0.511825, 0.551771, 0.596370, 0.644547, 0.636708, 0.519336, 0.468330, 0.448454, 0.424068,
     0.402414, 0.377175, 0.350858, 0.323008, 0.293356, 0.262022, 0.227633, 0.190374, 0.149615,
     0.104882, 0.056052, 0.171377, 0.339887, 0.359895, 0.378530, 0.389395, 0.397379, 0.405056,
     0.411370, 0.416198, 0.427419, 0.441762, 0.461097, 0.485879, 0.518457, 0.557119, 0.600647,
     0.642884, 0.641853, 0.528184, 0.471617, 0.452820, 0.433240, 0.415529, 0.394789, 0.370423,
     0.342464, 0.314477, 0.285449, 0.254066, 0.221245, 0.184837, 0.145400, 0.101149, 0.053955});

/// Numbers that the tables of 1 … p layers hold.
constexpr std::size_t table_size(unsigned layers) { return std::size_t{layers} * (layers + 1); }
static_assert(kSherringtonKirkpatrick.size() == table_size(kModelLayers));
static_assert([] {
  std::size_t size = 0;
  for (const unsigned layers : kStoredLayers) size += table_size(layers);
  return kRegularGraphs.size() == size;
}());

Result<void> check_layers(unsigned layers) {
  if (layers >= 1 && layers <= kMaxQaoaLayers) return {};
  return bad_input("layers",
                   fmt::format("{} layers: between 1 and {} make sense", layers, kMaxQaoaLayers));
}

/// The angles of so many layers out of a table of up to `stored`, in our convention.
QaoaAngles read(std::span<const double> table, unsigned stored, unsigned layers, double scale) {
  const unsigned p = std::min(layers, stored);
  const std::span<const double> numbers = table.subspan(table_size(p - 1), std::size_t{2} * p);
  QaoaAngles angles;
  for (unsigned l = 0; l < p; ++l) {
    angles.gammas.push_back(scale * numbers[l]);
    angles.betas.push_back(-numbers[p + l]);
  }
  return p == layers ? angles : interpolate(angles, layers);
}

}  // namespace

Result<QaoaAngles> maxcut_angles(unsigned degree, unsigned layers) {
  constexpr auto kLastDegree = kFirstDegree + static_cast<unsigned>(kStoredLayers.size()) - 1;
  if (degree < kFirstDegree || degree > kLastDegree) {
    return bad_input("degree", fmt::format("{} neighbours: the table holds {} to {}", degree,
                                           kFirstDegree, kLastDegree));
  }
  QUANTA_CHECK(check_layers(layers));
  std::size_t begin = 0;
  for (unsigned d = kFirstDegree; d < degree; ++d) {
    begin += table_size(kStoredLayers[d - kFirstDegree]);
  }
  return read(std::span(kRegularGraphs).subspan(begin), kStoredLayers[degree - kFirstDegree],
              layers, 0.5);
}

Result<QaoaAngles> sk_angles(unsigned layers, const QuadraticCost& cost) {
  QUANTA_CHECK(check_layers(layers));
  QUANTA_TRY(const Ising ising, to_ising(cost));
  double squares = 0.0;
  for (std::size_t i = 0; i < ising.n(); ++i) {
    squares += ising.fields[i] * ising.fields[i];
    for (std::size_t j = i + 1; j < ising.n(); ++j) {
      squares += 2.0 * ising.couplings(i, j) * ising.couplings(i, j);
    }
  }
  const double size = std::sqrt(squares / static_cast<double>(ising.n()));
  return read(kSherringtonKirkpatrick, kModelLayers, layers, size > 0.0 ? 1.0 / size : 1.0);
}

QaoaAngles linear_ramp(unsigned layers, double gamma_end, double beta_begin) {
  QaoaAngles angles;
  for (unsigned l = 0; l < layers; ++l) {
    const double done = (l + 0.5) / layers;
    angles.gammas.push_back(done * gamma_end);
    angles.betas.push_back(-(1.0 - done) * beta_begin);
  }
  return angles;
}

QaoaAngles interpolate(const QaoaAngles& angles, unsigned layers) {
  const auto read_off = [&](const std::vector<double>& known) {
    const auto last = static_cast<double>(known.size() - 1);
    std::vector<double> longer;
    for (unsigned l = 0; l < layers; ++l) {
      const double at = layers > 1 ? l * last / (layers - 1.0) : last / 2.0;
      const auto before = static_cast<std::size_t>(at);
      const double after = known[std::min(before + 1, known.size() - 1)];
      longer.push_back(known[before] +
                       (at - static_cast<double>(before)) * (after - known[before]));
    }
    return longer;
  };
  return {read_off(angles.gammas), read_off(angles.betas)};
}

}  // namespace quanta::quantum
