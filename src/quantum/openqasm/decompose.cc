#include "quantum/openqasm/decompose.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

#include <fmt/format.h>

#include "quantum/circuit/algebra.h"
#include "quantum/openqasm/gate_power.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr double kQuarter = std::numbers::pi / 2;

Operation one(Gate gate, unsigned qubit, std::vector<Angle> angles = {}) {
  return {.gate = gate, .qubits = {qubit}, .angles = std::move(angles)};
}

Operation under(Gate gate, std::vector<unsigned> controls, unsigned target,
                std::vector<Angle> angles = {}) {
  const auto n = static_cast<unsigned>(controls.size());
  controls.push_back(target);
  return {.gate = gate,
          .qubits = std::move(controls),
          .n_controls = n,
          .control_state = n == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1,
          .angles = std::move(angles)};
}

Operation cx(unsigned control, unsigned target) { return under(Gate::kX, {control}, target); }

class Builder {
 public:
  Builder& core(Operation operation) {
    sequence_.parts.push_back({std::move(operation), false});
    return *this;
  }
  Builder& around(Operation operation) {
    sequence_.parts.push_back({std::move(operation), true});
    return *this;
  }
  void append(Sequence other) {
    for (Sequence::Part& part : other.parts) sequence_.parts.push_back(std::move(part));
    sequence_.phase = sequence_.phase + other.phase;
  }
  void phase(const Angle& angle) { sequence_.phase = sequence_.phase + angle; }
  Sequence take() { return std::move(sequence_); }

 private:
  Sequence sequence_;
};

/// exp(-i t P/2) for a Pauli letter on each qubit.
Sequence pauli_turn(std::string_view letters_low_first, const Angle& t) {
  std::vector<unsigned> qubits;
  for (unsigned q = 0; q < letters_low_first.size(); ++q) {
    if (letters_low_first[q] != 'I') qubits.push_back(q);
  }
  Builder build;
  if (qubits.empty()) {
    build.phase(-0.5 * t);
    return build.take();
  }
  const auto turn = [&](bool back) {
    for (const unsigned q : qubits) {
      if (letters_low_first[q] == 'X') build.around(one(Gate::kH, q));
      if (letters_low_first[q] == 'Y') {
        build.around(one(Gate::kRx, q, {back ? -kQuarter : kQuarter}));
      }
    }
  };
  turn(false);
  for (std::size_t k = 0; k + 1 < qubits.size(); ++k) build.around(cx(qubits[k], qubits[k + 1]));
  build.core(one(Gate::kRz, qubits.back(), {t}));
  for (std::size_t k = qubits.size(); k-- > 1;) build.around(cx(qubits[k - 1], qubits[k]));
  turn(true);
  return build.take();
}

/// Multiplies phases by e^{i angles[x]}: phase gates on parities, visited in Gray code order.
Sequence diagonal(std::span<const double> angles) {
  const auto n = static_cast<unsigned>(std::bit_width(angles.size()) - 1);
  // w_S = 2^-n sum_x angles[x] (-1)^{x.S}; the parity of S turns by -2 w_S.
  std::vector<double> w(angles.begin(), angles.end());
  for (std::size_t half = 1; half < w.size(); half *= 2) {
    for (std::size_t x = 0; x < w.size(); ++x) {
      if ((x & half) != 0) continue;
      const double a = w[x];
      const double b = w[x | half];
      w[x] = (a + b) / 2;
      w[x | half] = (a - b) / 2;
    }
  }
  Builder build;
  build.phase(angles[0]);
  for (unsigned target = 0; target < n; ++target) {
    const std::size_t size = std::size_t{1} << target;
    for (std::size_t k = 0; k < size; ++k) {
      const std::size_t gray = k ^ (k >> 1);
      const double turn = -2 * w[size | gray];
      if (turn != 0.0) build.core(one(Gate::kP, target, {turn}));
      if (target == 0) continue;
      const unsigned flip =
          k + 1 < size ? static_cast<unsigned>(std::countr_zero(k + 1)) : target - 1;
      build.around(cx(flip, target));
    }
  }
  return build.take();
}

/// ry(angles[x]) on the target, x being the number in the controls.
void multiplexed_ry(Builder& build, std::span<const double> angles,
                    std::span<const unsigned> controls, unsigned target) {
  const std::size_t size = angles.size();
  std::vector<double> w(angles.begin(), angles.end());
  for (std::size_t half = 1; half < size; half *= 2) {
    for (std::size_t x = 0; x < size; ++x) {
      if ((x & half) != 0) continue;
      const double a = w[x];
      const double b = w[x | half];
      w[x] = (a + b) / 2;
      w[x | half] = (a - b) / 2;
    }
  }
  for (std::size_t k = 0; k < size; ++k) {
    build.core(one(Gate::kRy, target, {w[k ^ (k >> 1)]}));
    if (size == 1) continue;
    const std::size_t flip =
        k + 1 < size ? static_cast<std::size_t>(std::countr_zero(k + 1)) : controls.size() - 1;
    build.around(cx(controls[flip], target));
  }
}

Sequence state(std::span<const Amplitude> amplitudes) {
  const auto n = static_cast<unsigned>(std::bit_width(amplitudes.size()) - 1);
  Builder build;
  // From the highest qubit down: split what is left of the norm among 0 and 1.
  for (unsigned target = n; target-- > 0;) {
    const std::size_t prefixes = std::size_t{1} << (n - 1 - target);
    std::vector<double> angles(prefixes);
    for (std::size_t prefix = 0; prefix < prefixes; ++prefix) {
      double norm[2] = {};
      for (std::size_t bit = 0; bit < 2; ++bit) {
        const std::size_t begin = (prefix * 2 + bit) << target;
        for (std::size_t x = begin; x < begin + (std::size_t{1} << target); ++x) {
          norm[bit] += std::norm(amplitudes[x]);
        }
      }
      angles[prefix] = 2 * std::atan2(std::sqrt(norm[1]), std::sqrt(norm[0]));
    }
    std::vector<unsigned> controls;
    for (unsigned q = target + 1; q < n; ++q) controls.push_back(q);
    multiplexed_ry(build, angles, controls, target);
  }
  std::vector<double> phases(amplitudes.size());
  bool plain = true;
  for (std::size_t x = 0; x < phases.size(); ++x) {
    if (amplitudes[x] != Amplitude()) phases[x] = std::arg(amplitudes[x]);
    plain = plain && phases[x] == 0.0;
  }
  if (!plain) build.append(diagonal(phases));
  return build.take();
}

/// A gate on qubit `bit` where all others have their values in x.
Operation where(Gate gate, std::size_t x, unsigned bit, unsigned n, std::vector<Angle> angles) {
  std::vector<unsigned> controls;
  std::uint64_t wanted = 0;
  for (unsigned q = 0; q < n; ++q) {
    if (q == bit) continue;
    wanted |= (std::uint64_t{x >> q & 1}) << controls.size();
    controls.push_back(q);
  }
  Operation operation = under(gate, std::move(controls), bit, std::move(angles));
  operation.control_state = wanted;
  return operation;
}

Sequence permutation(std::span<const std::uint32_t> images) {
  const auto n = static_cast<unsigned>(std::bit_width(images.size()) - 1);
  Builder build;
  // Each cycle as exchanges of two states, each of those along a path of single bit flips.
  const auto exchange = [&](std::size_t a, std::size_t b) {
    std::vector<std::pair<std::size_t, unsigned>> path;
    for (std::size_t x = a; x != b;) {
      const auto bit = static_cast<unsigned>(std::countr_zero(x ^ b));
      path.emplace_back(x, bit);
      x ^= std::size_t{1} << bit;
    }
    for (std::size_t k = 0; k < path.size(); ++k) {
      build.core(where(Gate::kX, path[k].first, path[k].second, n, {}));
    }
    for (std::size_t k = path.size() - 1; k-- > 0;) {
      build.core(where(Gate::kX, path[k].first, path[k].second, n, {}));
    }
  };
  std::vector<bool> seen(images.size());
  for (std::size_t start = 0; start < images.size(); ++start) {
    if (seen[start]) continue;
    std::vector<std::size_t> cycle;
    for (std::size_t x = start; !seen[x]; x = images[x]) {
      seen[x] = true;
      cycle.push_back(x);
    }
    // c0 -> c1 -> … -> cm -> c0 is the exchange of c0 with c1, then with c2, … with cm.
    for (std::size_t k = 1; k < cycle.size(); ++k) exchange(cycle[0], cycle[k]);
  }
  return build.take();
}

/// Givens rotations between rows that are neighbours in Gray code order, where a single bit
/// differs.
Sequence unitary(std::vector<Amplitude> m, std::size_t n_qubits) {
  const std::size_t size = std::size_t{1} << n_qubits;
  const auto n = static_cast<unsigned>(n_qubits);
  const auto gray = [](std::size_t k) { return k ^ (k >> 1); };
  std::vector<Operation> undo;  // G_last … G_1 M = 1
  const auto rotate = [&](std::size_t low, std::size_t high, const std::vector<Amplitude>& g) {
    for (std::size_t c = 0; c < size; ++c) {
      const Amplitude a = m[low * size + c];
      const Amplitude b = m[high * size + c];
      m[low * size + c] = g[0] * a + g[1] * b;
      m[high * size + c] = g[2] * a + g[3] * b;
    }
    const auto bit = static_cast<unsigned>(std::countr_zero(low ^ high));
    // As a gate on that bit: its 0 is the state without it.
    std::vector<Amplitude> gate = g;
    if ((low >> bit & 1) != 0) gate = {g[3], g[2], g[1], g[0]};
    undo.push_back(where(Gate::kU, low, bit, n, euler_angles(gate)));
  };
  for (std::size_t c = 0; c + 1 < size; ++c) {
    const std::size_t column = gray(c);
    for (std::size_t k = size - 1; k > c; --k) {
      const std::size_t keep = gray(k - 1);
      const std::size_t clear = gray(k);
      const Amplitude a = m[keep * size + column];
      const Amplitude b = m[clear * size + column];
      const double r = std::hypot(std::abs(a), std::abs(b));
      if (std::abs(b) < 1e-17 && (k > c + 1 || std::abs(a - 1.0) < 1e-17)) continue;
      rotate(keep, clear, {std::conj(a) / r, std::conj(b) / r, -b / r, a / r});
    }
  }
  // What remains is a phase of the last state.
  const std::size_t last = gray(size - 1);
  const Amplitude rest = m[last * size + last];
  if (std::abs(rest - 1.0) > 1e-17) {
    const std::size_t before = gray(size - 2);
    rotate(before, last, {1.0, 0.0, 0.0, std::conj(rest)});
  }
  Builder build;
  for (std::size_t k = undo.size(); k-- > 0;) build.core(inverse(undo[k]));
  return build.take();
}

/// X under controls by Toffoli gates, with qubits whose state does not matter and is restored.
/// Lemma 7.2 where there are as many as controls but two, else 7.3. At least one is needed from
/// five controls on.
void toffoli_network(std::vector<Operation>& out, std::vector<unsigned> controls, unsigned target,
                     std::vector<unsigned> borrowed) {
  const std::size_t m = controls.size();
  if (m <= 4) {
    out.push_back(under(Gate::kX, std::move(controls), target));
    return;
  }
  if (borrowed.size() >= m - 2) {
    // A chain: the target takes the last control and the last borrowed qubit, and so on down.
    const auto chain = [&](std::size_t top) {
      const auto link = [&](std::size_t k) {
        const unsigned to = k == m - 1 ? target : borrowed[k - 1];
        const unsigned from = k == 1 ? controls[0] : borrowed[k - 2];
        out.push_back(under(Gate::kX, {controls[k], from}, to));
      };
      for (std::size_t k = top; k >= 1; --k) link(k);
      for (std::size_t k = 2; k <= top; ++k) link(k);
    };
    chain(m - 1);
    chain(m - 2);
    return;
  }
  assert(!borrowed.empty());
  const unsigned middle = borrowed.back();
  borrowed.pop_back();
  const std::size_t half = (m + 1) / 2;
  const std::vector<unsigned> first(controls.begin(), controls.begin() + static_cast<long>(half));
  std::vector<unsigned> second(controls.begin() + static_cast<long>(half), controls.end());
  std::vector<unsigned> beside_first = second;
  beside_first.push_back(target);
  second.push_back(middle);
  for (int round = 0; round < 2; ++round) {
    toffoli_network(out, first, middle, beside_first);
    toffoli_network(out, second, target, first);
  }
}

}  // namespace

std::vector<Angle> euler_angles(std::span<const Amplitude> m) {
  const double t = 2 * std::atan2(std::abs(m[2]), std::abs(m[0]));
  // m = e^{ig} [[c, -e^{il} s], [e^{if} s, e^{i(f+l)} c]]: the larger entries settle the phases.
  const double g = std::arg(m[0]);
  const double f = std::arg(m[2]) - g;
  const double l = std::abs(m[0]) >= std::abs(m[2]) ? std::arg(m[3]) - g - f : std::arg(-m[1]) - g;
  return {t, f, l, g};
}

Sequence named_sequence(Gate gate, std::span<const Angle> a) {
  Builder build;
  switch (gate) {
    case Gate::kR:
      build.core(one(Gate::kU, 0, {a[0], a[1] - kQuarter, kQuarter - a[1], 0.0}));
      break;
    case Gate::kSwap:
      build.around(cx(0, 1)).core(cx(1, 0)).around(cx(0, 1));
      break;
    case Gate::kIswap:
      build.core(one(Gate::kS, 0)).core(one(Gate::kS, 1)).core(one(Gate::kH, 0));
      build.core(cx(0, 1)).core(cx(1, 0)).core(one(Gate::kH, 1));
      break;
    case Gate::kDcx:
      build.core(cx(0, 1)).core(cx(1, 0));
      break;
    case Gate::kEcr:  // rzx(pi/4), x, rzx(-pi/4)
      build.append(named_sequence(Gate::kRzx, std::vector<Angle>{kQuarter / 2}));
      build.core(one(Gate::kX, 0));
      build.append(named_sequence(Gate::kRzx, std::vector<Angle>{-kQuarter / 2}));
      break;
    case Gate::kRxx:
      return pauli_turn("XX", a[0]);
    case Gate::kRyy:
      return pauli_turn("YY", a[0]);
    case Gate::kRzz:
      return pauli_turn("ZZ", a[0]);
    case Gate::kRzx:
      return pauli_turn("ZX", a[0]);
    case Gate::kXxPlusYy:
    case Gate::kXxMinusYy: {
      const double sign = gate == Gate::kXxPlusYy ? 1.0 : -1.0;
      build.around(one(Gate::kP, 0, {sign * a[1]}));
      build.append(pauli_turn("XX", 0.5 * a[0]));
      build.append(pauli_turn("YY", sign * 0.5 * a[0]));
      build.around(one(Gate::kP, 0, {-sign * a[1]}));
      break;
    }
    case Gate::kFsim:
      build.append(pauli_turn("XX", a[0]));
      build.append(pauli_turn("YY", a[0]));
      build.core(under(Gate::kP, {0}, 1, {-a[1]}));
      break;
    case Gate::kRccx:
      build.core(one(Gate::kH, 2)).core(one(Gate::kT, 2)).core(cx(1, 2)).core(one(Gate::kTdg, 2));
      build.core(cx(0, 2)).core(one(Gate::kT, 2)).core(cx(1, 2)).core(one(Gate::kTdg, 2));
      build.core(one(Gate::kH, 2));
      break;
    default:
      assert(gate == Gate::kRc3x);
      build.core(one(Gate::kH, 3)).core(one(Gate::kT, 3)).core(cx(2, 3)).core(one(Gate::kTdg, 3));
      build.core(one(Gate::kH, 3)).core(cx(0, 3)).core(one(Gate::kT, 3)).core(cx(1, 3));
      build.core(one(Gate::kTdg, 3)).core(cx(0, 3)).core(one(Gate::kT, 3)).core(cx(1, 3));
      build.core(one(Gate::kTdg, 3)).core(one(Gate::kH, 3)).core(one(Gate::kT, 3)).core(cx(2, 3));
      build.core(one(Gate::kTdg, 3)).core(one(Gate::kH, 3));
  }
  return build.take();
}

Result<Sequence> payload_sequence(const Operation& operation) {
  const Payload& payload = *operation.payload;
  const std::size_t n = operation.operands().size();
  const auto too_many = [&](std::size_t most) {
    return bad_input("circuit",
                     fmt::format("{} on {} qubits cannot be written: at most {} are possible",
                                 gate_name(operation.gate), n, most));
  };
  switch (operation.gate) {
    case Gate::kUnitary: {
      if (n > 1) return unitary(payload.numbers, n);
      Builder build;
      build.core(one(Gate::kU, 0, euler_angles(payload.numbers)));
      return build.take();
    }
    case Gate::kDiagonal: {
      if (n > 16) return too_many(16);
      std::vector<double> angles;
      for (const Amplitude& a : payload.numbers) angles.push_back(std::arg(a));
      return diagonal(angles);
    }
    case Gate::kPermutation:
      if (n > 8) return too_many(8);
      return permutation(payload.images);
    case Gate::kPauliExponential:
      return pauli_turn(std::string(payload.paulis.rbegin(), payload.paulis.rend()),
                        operation.angles[0]);
    default:
      assert(operation.gate == Gate::kStatePreparation);
      if (n > 16) return too_many(16);
      return state(payload.numbers);
  }
}

std::vector<Operation> under_many_controls(const Operation& operation) {
  std::vector<Operation> out;
  std::vector<unsigned> controls(operation.controls().begin(), operation.controls().end());
  if (operation.gate == Gate::kSwap) {
    const unsigned a = operation.operands()[0];
    const unsigned b = operation.operands()[1];
    controls.push_back(a);
    return {cx(b, a), under(Gate::kX, std::move(controls), b), cx(b, a)};
  }
  const unsigned target = operation.operands()[0];
  if (operation.gate == Gate::kX || operation.gate == Gate::kZ || operation.gate == Gate::kY) {
    // X = H Z H; Z under controls is a phase that halves down the controls.
    const bool x = operation.gate == Gate::kX;
    if (operation.gate == Gate::kY) {
      return {one(Gate::kSdg, target), under(Gate::kX, std::move(controls), target),
              one(Gate::kS, target)};
    }
    if (!x && controls.size() <= 4) {
      return {one(Gate::kH, target), under(Gate::kX, std::move(controls), target),
              one(Gate::kH, target)};
    }
    if (x) out.push_back(one(Gate::kH, target));
    out.push_back(under(Gate::kP, std::move(controls), target, {std::numbers::pi}));
    if (x) out.push_back(one(Gate::kH, target));
    return out;
  }
  // V under the last control, twice around an X of the others on it, with V^2 = U.
  const unsigned last = controls.back();
  controls.pop_back();
  Operation root = operation;
  if (operation.gate == Gate::kP || operation.gate == Gate::kRx || operation.gate == Gate::kRy ||
      operation.gate == Gate::kRz) {
    root.angles[0] = 0.5 * operation.angles[0];
  } else {
    root.gate = Gate::kU;
    root.angles = euler_angles(principal_power(operand_matrix(operation, {}), 2, 0.5));
  }
  root.qubits = {last, target};
  root.n_controls = 1;
  root.control_state = 1;
  const auto flip = [&] { toffoli_network(out, controls, last, {target}); };
  out.push_back(root);
  flip();
  out.push_back(inverse(root));
  flip();
  root.qubits = controls;
  root.qubits.push_back(target);
  root.n_controls = static_cast<unsigned>(controls.size());
  root.control_state = (std::uint64_t{1} << root.n_controls) - 1;
  out.push_back(std::move(root));
  return out;
}

}  // namespace quanta::quantum::openqasm
