#include "quantum/openqasm/gate_power.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

#include <fmt/format.h>

#include "quantum/circuit/algebra.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr std::uint64_t kMostRepeats = 16;  // a longer row of a small gate becomes a matrix
constexpr std::size_t kMostPoweredQubits = 5;

/// Eigenvectors (columns) of a Hermitian matrix by cyclic Jacobi rotations; the matrix becomes
/// diagonal.
std::vector<Amplitude> eigenvectors(std::vector<Amplitude>& h, std::size_t n) {
  std::vector<Amplitude> v(n * n);
  for (std::size_t i = 0; i < n; ++i) v[i * n + i] = 1.0;
  for (int sweep = 0; sweep < 60; ++sweep) {
    double off = 0.0;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) off += std::norm(h[p * n + q]);
    }
    if (off < 1e-36) break;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        const double size = std::abs(h[p * n + q]);
        if (size < 1e-300) continue;
        // h_pq = size e^{i phi}: turn it real, then rotate as in the real case.
        const Amplitude phase = h[p * n + q] / size;
        const double tau = (h[q * n + q].real() - h[p * n + p].real()) / (2 * size);
        const double t = (tau >= 0 ? 1.0 : -1.0) / (std::abs(tau) + std::hypot(1.0, tau));
        const double c = 1.0 / std::hypot(1.0, t);
        const double s = t * c;
        for (std::size_t k = 0; k < n; ++k) {  // columns p and q
          const Amplitude a = h[k * n + p];
          const Amplitude b = h[k * n + q] * std::conj(phase);
          h[k * n + p] = c * a - s * b;
          h[k * n + q] = s * a + c * b;
          const Amplitude x = v[k * n + p];
          const Amplitude y = v[k * n + q] * std::conj(phase);
          v[k * n + p] = c * x - s * y;
          v[k * n + q] = s * x + c * y;
        }
        for (std::size_t k = 0; k < n; ++k) {  // rows p and q
          const Amplitude a = h[p * n + k];
          const Amplitude b = h[q * n + k] * phase;
          h[p * n + k] = c * a - s * b;
          h[q * n + k] = s * a + c * b;
        }
      }
    }
  }
  return v;
}

/// v^+ u v for one column.
Amplitude quadratic(std::span<const Amplitude> u, std::span<const Amplitude> v, std::size_t n,
                    std::size_t column) {
  Amplitude sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    Amplitude row = 0.0;
    for (std::size_t j = 0; j < n; ++j) row += u[i * n + j] * v[j * n + column];
    sum += std::conj(v[i * n + column]) * row;
  }
  return sum;
}

bool turns_by_first_angle(Gate gate) {
  switch (gate) {
    case Gate::kRx:
    case Gate::kRy:
    case Gate::kRz:
    case Gate::kP:
    case Gate::kR:
    case Gate::kRxx:
    case Gate::kRyy:
    case Gate::kRzz:
    case Gate::kRzx:
    case Gate::kXxPlusYy:
    case Gate::kXxMinusYy:
    case Gate::kPauliExponential:
      return true;
    default:
      return false;
  }
}

/// S and T as eighths of a turn of the phase.
int eighths(Gate gate) {
  switch (gate) {
    case Gate::kS:
      return 2;
    case Gate::kSdg:
      return 6;
    case Gate::kT:
      return 1;
    case Gate::kTdg:
      return 7;
    default:
      return 0;
  }
}

}  // namespace

std::vector<Amplitude> principal_power(std::span<const Amplitude> u, std::size_t n, double r) {
  // u = a + ib with commuting Hermitian a and b. A mixture a + w b has their common eigenvectors,
  // unless two pairs of eigenvalues happen to mix to the same number: then another w does it.
  std::vector<Amplitude> best;
  double best_error = HUGE_VAL;
  for (const double w : {0.7390851332, 1.618033988, -0.3678794412, 2.5029078751}) {
    std::vector<Amplitude> h(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const Amplitude x = u[i * n + j];
        const Amplitude y = std::conj(u[j * n + i]);
        h[i * n + j] = (x + y) / 2.0 + w * (x - y) / Amplitude(0.0, 2.0);
      }
    }
    const std::vector<Amplitude> v = eigenvectors(h, n);
    std::vector<Amplitude> values(n);
    double error = 0.0;
    for (std::size_t k = 0; k < n; ++k) {
      values[k] = quadratic(u, v, n, k);
      error = std::max(error, std::abs(std::abs(values[k]) - 1.0));
    }
    if (error >= best_error) continue;
    best_error = error;
    best.assign(n * n, 0.0);
    for (std::size_t k = 0; k < n; ++k) {
      double phase = std::arg(values[k]);
      if (phase < -std::numbers::pi + 1e-12) phase = std::numbers::pi;
      const Amplitude power = std::polar(1.0, r * phase);
      for (std::size_t i = 0; i < n; ++i) {
        const Amplitude left = v[i * n + k] * power;
        for (std::size_t j = 0; j < n; ++j) best[i * n + j] += left * std::conj(v[j * n + k]);
      }
    }
    if (error < 1e-13) break;
  }
  return best;
}

Operation principal_power(const Operation& operation, double r) {
  const std::size_t n = std::size_t{1} << operation.operands().size();
  Operation result = operation;
  result.gate = Gate::kUnitary;
  result.angles.clear();
  result.payload = std::make_shared<const Payload>(
      Payload{.numbers = principal_power(operand_matrix(operation, {}), n, r)});
  return result;
}

Result<std::vector<Operation>> whole_power(const Operation& operation, std::int64_t n,
                                           std::size_t most) {
  if (n == 0 || operation.gate == Gate::kI) return std::vector<Operation>();
  const std::uint64_t times =
      n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
  Operation once = n < 0 ? inverse(operation) : operation;
  if (properties(once.gate).self_inverse) {
    return times % 2 == 0 ? std::vector<Operation>() : std::vector{once};
  }
  if (turns_by_first_angle(once.gate)) {
    once.angles[0] = static_cast<double>(times) * once.angles[0];
    return std::vector{once};
  }
  if (const int step = eighths(once.gate); step != 0) {
    switch (static_cast<std::uint64_t>(step) * (times % 8) % 8) {
      case 0:
        return std::vector<Operation>();
      case 1:
        once.gate = Gate::kT;
        break;
      case 2:
        once.gate = Gate::kS;
        break;
      case 4:
        once.gate = Gate::kZ;
        break;
      case 6:
        once.gate = Gate::kSdg;
        break;
      case 7:
        once.gate = Gate::kTdg;
        break;
      default: {
        const auto turn = static_cast<double>(static_cast<std::uint64_t>(step) * (times % 8) % 8);
        once.gate = Gate::kP;
        once.angles = {turn * std::numbers::pi / 4};
      }
    }
    return std::vector{once};
  }
  if (once.gate == Gate::kSx || once.gate == Gate::kSxdg) {
    const std::uint64_t quarter = (once.gate == Gate::kSx ? 1 : 3) * (times % 4) % 4;
    if (quarter == 0) return std::vector<Operation>();
    once.gate = quarter == 1 ? Gate::kSx : quarter == 2 ? Gate::kX : Gate::kSxdg;
    return std::vector{once};
  }
  const bool numbers = once.has_numbers();
  if (times > kMostRepeats && once.gate != Gate::kDefined && numbers &&
      once.operands().size() <= kMostPoweredQubits) {
    return std::vector{principal_power(once, static_cast<double>(times))};
  }
  if (times > most) {
    return fail(ErrorKind::kResource,
                fmt::format("a power of {} makes more than {} operations", n, most));
  }
  return std::vector<Operation>(times, once);
}

}  // namespace quanta::quantum::openqasm
