#include "quantum/transpiler/two_qubit.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/constants.h"
#include "quantum/transpiler/commutation.h"

namespace quanta::quantum {
namespace {

constexpr double kRootHalf = std::numbers::sqrt2 / 2;
constexpr double kSameClass = 1e-12;  // of the coordinates of the chamber
constexpr double kEdge = 1e-11;       // how near pi/4 counts as pi/4

using Real4 = std::array<double, 16>;

Matrix2 gate2(Gate gate, std::initializer_list<double> angles = {}) {
  const std::vector<Amplitude> m = gate_matrix(gate, angles);
  return {m[0], m[1], m[2], m[3]};
}

// ---- The decomposition ----

/// Columns: the Bell states with the phases that make SU(2) x SU(2) real.
constexpr Matrix4 kMagic = {
    kRootHalf,  0,
    0,          {0, kRootHalf},  //
    0,          {0, kRootHalf},
    kRootHalf,  0,  //
    0,          {0, kRootHalf},
    -kRootHalf, 0,  //
    kRootHalf,  0,
    0,          {0, -kRootHalf},
};

/// Turns both symmetric matrices by the rotation that makes them diagonal together, as far as they
/// commute; returns it (columns: common eigenvectors).
Real4 diagonalise(Real4& first, Real4& second) {
  Real4 rotation = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
  const auto turn = [](Real4& m, std::size_t p, std::size_t q, double c, double s) {
    for (std::size_t k = 0; k < 4; ++k) {  // columns p and q
      const double x = m[k * 4 + p];
      const double y = m[k * 4 + q];
      m[k * 4 + p] = c * x + s * y;
      m[k * 4 + q] = c * y - s * x;
    }
  };
  const auto turn_rows = [](Real4& m, std::size_t p, std::size_t q, double c, double s) {
    for (std::size_t k = 0; k < 4; ++k) {
      const double x = m[p * 4 + k];
      const double y = m[q * 4 + k];
      m[p * 4 + k] = c * x + s * y;
      m[q * 4 + k] = c * y - s * x;
    }
  };
  constexpr int kMostSweeps = 60;  // five or six do
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    double largest = 0.0;
    for (std::size_t p = 0; p < 4; ++p) {
      for (std::size_t q = p + 1; q < 4; ++q) {
        // The angle that makes sum (m_pp - m_qq)^2 largest and so sum m_pq^2 smallest.
        double even = 0.0;
        double odd = 0.0;
        for (const Real4* m : {&first, &second}) {
          const double d = (*m)[p * 4 + p] - (*m)[q * 4 + q];
          const double o = 2 * (*m)[p * 4 + q];
          even += d * d - o * o;
          odd += 2 * d * o;
          largest = std::max(largest, std::abs(o));
        }
        const double angle = std::atan2(odd, even) / 4;
        if (angle == 0.0) continue;
        const double c = std::cos(angle);
        const double s = std::sin(angle);
        for (Real4* m : {&first, &second}) {
          turn(*m, p, q, c, s);
          turn_rows(*m, p, q, c, s);
        }
        turn(rotation, p, q, c, s);
      }
    }
    if (largest < 1e-15) break;
  }
  return rotation;
}

double determinant(const Matrix4& m) {                    // of the real parts
  const auto minor = [&](std::size_t a, std::size_t b) {  // of rows 0 and 1
    return m[a].real() * m[4 + b].real() - m[b].real() * m[4 + a].real();
  };
  const auto other = [&](std::size_t a, std::size_t b) {  // of rows 2 and 3
    return m[8 + a].real() * m[12 + b].real() - m[8 + b].real() * m[12 + a].real();
  };
  return minor(0, 1) * other(2, 3) - minor(0, 2) * other(1, 3) + minor(0, 3) * other(1, 2) +
         minor(1, 2) * other(0, 3) - minor(1, 3) * other(0, 2) + minor(2, 3) * other(0, 1);
}

/// The factors of high (x) low, with determinant 1 each, for a matrix that is their product; for
/// another matrix some pair, or identities.
std::array<Matrix2, 2> kron_factors(const Matrix4& m) {
  std::size_t largest = 0;
  for (std::size_t i = 1; i < 16; ++i) {
    if (std::norm(m[i]) > std::norm(m[largest])) largest = i;
  }
  const std::size_t row = largest / 4 / 2;
  const std::size_t column = largest % 4 / 2;
  const auto block = [&](std::size_t i, std::size_t j) {
    return Matrix2{m[(2 * i) * 4 + 2 * j], m[(2 * i) * 4 + 2 * j + 1], m[(2 * i + 1) * 4 + 2 * j],
                   m[(2 * i + 1) * 4 + 2 * j + 1]};
  };
  const auto with_determinant_one = [](const Matrix2& a) {
    const Amplitude determinant = a[0] * a[3] - a[1] * a[2];
    return std::norm(determinant) < 1e-6 ? kIdentity2 : scaled(a, 1.0 / std::sqrt(determinant));
  };
  const Matrix2 low = with_determinant_one(block(row, column));
  Matrix2 high{};
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      const Matrix2 product = adjoint(low) * block(i, j);
      high[i * 2 + j] = 0.5 * (product[0] + product[3]);
    }
  }
  return {low, with_determinant_one(high)};
}

/// Moves the coordinates into the chamber, the one-qubit factors along.
class Chamber {
 public:
  explicit Chamber(Kak& kak) : kak_(kak), x_{&kak.a, &kak.b, &kak.c} {}

  void enter() {
    for (std::size_t i = 0; i < 3; ++i) shift(i, std::round(*x_[i] / (kPi / 2)));
    if (std::abs(*x_[0]) < std::abs(*x_[1])) exchange(0, 1);
    if (std::abs(*x_[1]) < std::abs(*x_[2])) exchange(1, 2);
    if (std::abs(*x_[0]) < std::abs(*x_[1])) exchange(0, 1);
    if (*x_[0] < 0 && *x_[1] < 0) {
      negate(0, 1);
    } else if (*x_[0] < 0) {
      negate(0, 2);
    } else if (*x_[1] < 0) {
      negate(1, 2);
    }
    if (*x_[0] > kPi / 4 - kEdge && *x_[2] < 0) {
      shift(0, 1);
      negate(0, 2);
    }
  }

 private:
  static Gate pauli(std::size_t i) { return std::array{Gate::kX, Gate::kY, Gate::kZ}[i]; }

  /// exp(i x PP) = exp(i (x - times pi/2) PP) (i PP)^times.
  void shift(std::size_t i, double times) {
    if (times == 0.0) return;
    *x_[i] -= times * kPi / 2;
    kak_.phase += times * kPi / 2;
    if (std::remainder(times, 2.0) == 0.0) return;
    for (Matrix2& right : kak_.right) right = gate2(pauli(i)) * right;
  }

  /// Quarter turns of both qubits about the third axis exchange two of XX, YY, ZZ.
  void exchange(std::size_t i, std::size_t j) {
    std::swap(*x_[i], *x_[j]);
    const Matrix2 turn = i + j == 1 ? gate2(Gate::kS) : gate2(Gate::kSx);  // about z or x
    for (Matrix2& left : kak_.left) left = left * adjoint(turn);
    for (Matrix2& right : kak_.right) right = turn * right;
  }

  /// A half turn of one qubit about the third axis changes two signs.
  void negate(std::size_t i, std::size_t j) {
    *x_[i] = -*x_[i];
    *x_[j] = -*x_[j];
    const Matrix2 turn = gate2(pauli(3 - i - j));
    kak_.left[0] = kak_.left[0] * turn;
    kak_.right[0] = turn * kak_.right[0];
  }

  Kak& kak_;
  std::array<double*, 3> x_;
};

// ---- Circuits ----

/// E = e^{i phase} (behind) E (before): one-qubit gates that undo each other through E.
struct Passage {
  std::array<Matrix2, 2> before = {};
  std::array<Matrix2, 2> behind = {};
  double phase = 0.0;
};

struct Entangler {
  Operation operation = {};  ///< on qubits 0 and 1
  Matrix4 matrix = {};
  Kak kak = {};
  std::array<Axis, 2> axes = {};
  std::vector<Passage> passages = {};  ///< half turns across the axes, and none
};

/// Gates on two qubits with layers of one-qubit gates before, between and behind them.

struct Layers {
  std::vector<std::array<Matrix2, 2>> turns = {};  ///< one more than entanglers
  std::vector<const Entangler*> entanglers = {};
  double phase = 0.0;
};

Entangler entangler_of(Operation operation) {
  Entangler e{.operation = std::move(operation)};
  e.matrix = matrix4(e.operation, {0, 1});
  e.kak = kak_decomposition(e.matrix);
  for (std::size_t i = 0; i < 2; ++i) {
    e.axes[e.operation.qubits[i]] = axis_of(e.operation, i);
  }
  // A half turn F made before the gate instead of behind it is E^+ F E there; of use where that is
  // local again.
  const auto half_turns = [&](std::size_t wire) {
    std::vector<Matrix2> turns = {kIdentity2};
    if (e.axes[wire] == Axis::kZ || e.axes[wire] == Axis::kY) turns.push_back(gate2(Gate::kX));
    if (e.axes[wire] == Axis::kX) turns.push_back(gate2(Gate::kZ));
    return turns;
  };
  for (const Matrix2& low : half_turns(0)) {
    for (const Matrix2& high : half_turns(1)) {
      const Matrix4 before = adjoint(e.matrix) * kron(high, low) * e.matrix;
      const std::array<Matrix2, 2> factors = kron_factors(before);
      const Matrix4 product = kron(factors[1], factors[0]);
      if (distance_up_to_phase(before, product) > kSameMatrix) continue;
      e.passages.push_back({.before = factors,
                            .behind = {adjoint(low), adjoint(high)},
                            .phase = relative_phase(before, product)});
    }
  }
  return e;
}

/// cx of qubit 0 on 1 and of 1 on 0.
const std::array<Entangler, 2>& both_cx() {
  static const std::array<Entangler, 2> both = {
      entangler_of({.gate = Gate::kX, .qubits = {0, 1}, .n_controls = 1, .control_state = 1}),
      entangler_of({.gate = Gate::kX, .qubits = {1, 0}, .n_controls = 1, .control_state = 1})};
  return both;
}

bool same_class(const Kak& u, const Kak& v) {
  return std::abs(u.a - v.a) < kSameClass && std::abs(u.b - v.b) < kSameClass &&
         std::abs(u.c - v.c) < kSameClass;
}

/// One-qubit gates around `core`, a gate of the same class as u, that make it u.
struct Dress {
  std::array<Matrix2, 2> left;
  std::array<Matrix2, 2> right;
  double phase;
};

Dress dress(const Kak& u, const Kak& core) {
  Dress d{};
  for (std::size_t j = 0; j < 2; ++j) {
    d.left[j] = u.left[j] * adjoint(core.left[j]);
    d.right[j] = adjoint(core.right[j]) * u.right[j];
  }
  d.phase = u.phase - core.phase;
  return d;
}

Operation two_qubit_operation(Gate gate, unsigned n_controls, unsigned first,
                              std::vector<Angle> angles = {}) {
  return {.gate = gate,
          .qubits = {first, 1 - first},
          .n_controls = n_controls,
          .control_state = n_controls,
          .angles = std::move(angles)};
}

/// Gates without angles, in both directions where they differ.
const std::vector<Entangler>& fixed_entanglers() {
  static const std::vector<Entangler> fixed = [] {
    const struct {
      Gate gate;
      unsigned n_controls;
      bool both_ways;
    } kinds[] = {
        {Gate::kX, 1, true},     {Gate::kZ, 1, false},     {Gate::kY, 1, true},
        {Gate::kH, 1, true},     {Gate::kEcr, 0, true},    {Gate::kSx, 1, true},
        {Gate::kSxdg, 1, true},  {Gate::kS, 1, false},     {Gate::kSdg, 1, false},
        {Gate::kSwap, 0, false}, {Gate::kIswap, 0, false}, {Gate::kDcx, 0, true},
    };
    std::vector<Entangler> all;
    for (const auto& kind : kinds) {
      for (unsigned first = 0; first < (kind.both_ways ? 2U : 1U); ++first) {
        all.push_back(entangler_of(two_qubit_operation(kind.gate, kind.n_controls, first)));
      }
    }
    return all;
  }();
  return fixed;
}

/// A turn of the class (a, 0, 0): controlled ones by t have a = |t|/4, others a = |t|/2.
Entangler turn_of_class(double a, Gate gate, unsigned n_controls, unsigned first, double sign) {
  const double t = sign * (n_controls == 1 ? 4 : 2) * a;
  const double exact = std::round(t * 64 / kPi) * kPi / 64;
  return entangler_of(
      two_qubit_operation(gate, n_controls, first, {std::abs(t - exact) < kNoAngle ? exact : t}));
}

/// Gates of the basis of the class (a, b, c).
std::vector<Entangler> entanglers_of_class(const Kak& u, const Basis& basis) {
  std::vector<Entangler> found;
  for (const Entangler& e : fixed_entanglers()) {
    if (basis.allows(e.operation) && same_class(e.kak, u)) found.push_back(e);
  }
  if (std::abs(u.b) > kSameClass || std::abs(u.c) > kSameClass) return found;
  const struct {
    Gate gate;
    unsigned n_controls;
    bool both_ways;
  } kinds[] = {{Gate::kP, 1, false},   {Gate::kRzz, 0, false}, {Gate::kRxx, 0, false},
               {Gate::kRyy, 0, false}, {Gate::kRzx, 0, true},  {Gate::kRz, 1, true},
               {Gate::kRx, 1, true},   {Gate::kRy, 1, true}};
  for (const auto& kind : kinds) {
    if (!basis.allows(kind.gate, kind.n_controls)) continue;
    for (unsigned first = 0; first < (kind.both_ways ? 2U : 1U); ++first) {
      for (const double sign : {1.0, -1.0}) {
        found.push_back(turn_of_class(u.a, kind.gate, kind.n_controls, first, sign));
      }
    }
  }
  return found;
}

/// A gate of the basis in the class of cx, its first qubit `first` where it has a direction.
std::optional<Entangler> like_cx(const Basis& basis, unsigned first) {
  const struct {
    Gate gate;
    unsigned n_controls;
    double angle;
  } choices[] = {
      {Gate::kX, 1, 0},         {Gate::kZ, 1, 0},         {Gate::kEcr, 0, 0},
      {Gate::kY, 1, 0},         {Gate::kH, 1, 0},         {Gate::kRzz, 0, kPi / 2},
      {Gate::kRxx, 0, kPi / 2}, {Gate::kRyy, 0, kPi / 2}, {Gate::kRzx, 0, kPi / 2},
      {Gate::kP, 1, kPi},       {Gate::kRz, 1, kPi},      {Gate::kRx, 1, kPi},
      {Gate::kRy, 1, kPi},
  };
  for (const auto& choice : choices) {
    if (!basis.allows(choice.gate, choice.n_controls)) continue;
    std::vector<Angle> angles;
    if (choice.angle != 0) angles.emplace_back(choice.angle);
    return entangler_of(
        two_qubit_operation(choice.gate, choice.n_controls, first, std::move(angles)));
  }
  return std::nullopt;
}

/// How many gates of the basis a turn takes.
std::size_t cost(const Matrix2& turn, const Basis& basis) {
  if (lies_along(turn, Axis::kEvery)) return 0;
  return basis.allows(Gate::kU, 0) ? 1 : synthesise(turn, basis, 0).operations.size();
}

/// Turns along an entangler's axis go through it, to where they meet another gate.
void move_turns(Layers& layers, const Basis& basis) {
  const std::size_t n = layers.entanglers.size();
  const auto idle = [](const Matrix2& m) { return lies_along(m, Axis::kEvery); };
  const auto along = [&](std::size_t layer, std::size_t entangler, std::size_t wire) {
    const Axis axis = layers.entanglers[entangler]->axes[wire];
    return axis != Axis::kNone && lies_along(layers.turns[layer][wire], axis);
  };
  const auto push = [&](std::size_t from, std::size_t to, std::size_t wire, Matrix2 part) {
    // part and what stays make the old turn: forwards old = part * rest, backwards rest * part.
    Matrix2& old = layers.turns[from][wire];
    Matrix2& other = layers.turns[to][wire];
    if (from < to) {
      old = adjoint(part) * old;
      other = other * part;
    } else {
      old = old * adjoint(part);
      other = part * other;
    }
  };
  for (std::size_t wire = 0; wire < 2; ++wire) {
    for (std::size_t i = 0; i < n; ++i) {
      if (!idle(layers.turns[i][wire]) && along(i, i, wire)) {
        push(i, i + 1, wire, layers.turns[i][wire]);
      } else if (layers.entanglers[i]->axes[wire] == Axis::kZ && !basis.allows(Gate::kU, 0)) {
        // Several gates make a turn: a part about z goes on where that leaves fewer.
        const Matrix2 turn = layers.turns[i][wire];
        std::size_t fewest = cost(turn, basis);
        const double phi = euler_angles(turn).phi;
        Matrix2 best = kIdentity2;
        for (const double kept : {0.0, kPi, kPi / 2, -kPi / 2}) {
          const Matrix2 part = gate2(Gate::kRz, {phi - kept});
          const std::size_t count = cost(adjoint(part) * turn, basis);
          if (count < fewest) {
            fewest = count;
            best = part;
          }
        }
        push(i, i + 1, wire, best);
      }
    }
    for (std::size_t i = n; i-- > 0;) {
      if (!idle(layers.turns[i + 1][wire]) && !idle(layers.turns[i][wire]) &&
          along(i + 1, i, wire)) {
        push(i + 1, i, wire, layers.turns[i + 1][wire]);
      }
    }
  }
}

GateSequence to_gates(const Layers& layers, const Basis& basis, std::array<unsigned, 2> qubits) {
  GateSequence result;
  result.phase = layers.phase;
  for (std::size_t i = 0; i < layers.turns.size(); ++i) {
    for (std::size_t wire = 0; wire < 2; ++wire) {
      GateSequence turn = synthesise(layers.turns[i][wire], basis, qubits[wire]);
      result.phase = result.phase + turn.phase;
      std::ranges::move(turn.operations, std::back_inserter(result.operations));
    }
    if (i == layers.entanglers.size()) break;
    Operation operation = layers.entanglers[i]->operation;
    for (unsigned& q : operation.qubits) q = qubits[q];
    result.operations.push_back(std::move(operation));
  }
  result.phase = wrapped_angle(result.phase.constant);
  return result;
}

/// Keeps the layers of the fewest gates; their entanglers must outlive it.
class Best {
 public:
  explicit Best(const Basis& basis) : basis_(basis) {}

  void offer(Layers layers) {
    move_turns(layers, basis_);
    std::size_t gates = layers.entanglers.size();
    for (const auto& turns : layers.turns) gates += cost(turns[0], basis_) + cost(turns[1], basis_);
    if (best_ && gates >= fewest_) return;
    best_ = std::move(layers);
    fewest_ = gates;
  }

  bool empty() const { return !best_; }
  GateSequence gates(std::array<unsigned, 2> qubits) const {
    return to_gates(*best_, basis_, qubits);
  }

 private:
  const Basis& basis_;
  std::optional<Layers> best_;
  std::size_t fewest_ = 0;
};

/// The entangler, of the class of u, between one-qubit gates of all the kinds that make it u.
std::vector<Layers> dressed(const Kak& u, const Entangler& e) {
  const Dress d = dress(u, e.kak);
  std::vector<Layers> all;
  for (const Passage& p : e.passages) {
    all.push_back({.turns = {{p.before[0] * d.right[0], p.before[1] * d.right[1]},
                             {d.left[0] * p.behind[0], d.left[1] * p.behind[1]}},
                   .entanglers = {&e},
                   .phase = d.phase + p.phase});
  }
  return all;
}

/// Layers of one-qubit gates between cx; each cx is put as a gate of the basis between such.
struct CxCore {
  std::vector<unsigned> controls;               ///< of each cx
  std::vector<std::array<Matrix2, 2>> between;  ///< one fewer
};

/// The core between the outer turns.
Layers around(const CxCore& core, const std::array<Matrix2, 2>& right,
              const std::array<Matrix2, 2>& left, double phase,
              const std::array<Entangler, 2>& like) {
  Layers layers{.turns = {right}, .phase = phase};
  for (std::size_t i = 0; i < core.controls.size(); ++i) {
    const Entangler& e = like[core.controls[i]];
    const Dress d = dress(both_cx()[core.controls[i]].kak, e.kak);
    layers.phase += d.phase;
    layers.entanglers.push_back(&e);
    auto& before = layers.turns.back();
    std::array<Matrix2, 2> after = i < core.between.size() ? core.between[i] : left;
    for (std::size_t j = 0; j < 2; ++j) {
      before[j] = d.right[j] * before[j];
      after[j] = after[j] * d.left[j];
    }
    layers.turns.push_back(after);
  }
  return layers;
}

/// A core of the class of u, made u.
Layers dressed(const Kak& u, const CxCore& core, const std::array<Entangler, 2>& like) {
  Matrix4 matrix = kIdentity4;
  for (std::size_t i = 0; i < core.controls.size(); ++i) {
    matrix = both_cx()[core.controls[i]].matrix * matrix;
    if (i < core.between.size()) matrix = kron(core.between[i][1], core.between[i][0]) * matrix;
  }
  const Kak inner = kak_decomposition(matrix);
  assert(same_class(inner, u));
  const Dress d = dress(u, inner);
  return around(core, d.right, d.left, d.phase, like);
}

/// On the control and the target of a cx whose control is `first`.
std::array<Matrix2, 2> on(unsigned first, const Matrix2& control, const Matrix2& target) {
  return first == 0 ? std::array{control, target} : std::array{target, control};
}

/// Two cx: exp(i (x XX + y ZZ)) = CX (R_x(-2x) x R_z(-2y)) CX.
void offer_two(const Kak& u, const std::array<Entangler, 2>& like, const Basis& basis, Best& best) {
  for (const unsigned first : {0U, 1U}) {
    if (u.b > kSameClass) {
      for (const auto& [x, y] : {std::pair{u.a, u.b}, std::pair{u.b, u.a}}) {
        best.offer(dressed(
            u,
            {.controls = {first, first},
             .between = {on(first, gate2(Gate::kRx, {-2 * x}), gate2(Gate::kRz, {-2 * y}))}},
            like));
      }
      continue;
    }
    // One coordinate alone leaves the outer turns free to turn along the axes of rzz or rxx: as few
    // as that gate itself would need, then its two cx.
    for (const Gate gate : {Gate::kRzz, Gate::kRxx}) {
      for (const double sign : {1.0, -1.0}) {
        const Entangler e = turn_of_class(u.a, gate, 0, 0, sign);
        const double t = e.operation.angles[0].constant;
        const CxCore core{
            .controls = {first, first},
            .between = {gate == Gate::kRzz ? on(first, kIdentity2, gate2(Gate::kRz, {t}))
                                           : on(first, gate2(Gate::kRx, {t}), kIdentity2)}};
        for (Layers& layers : dressed(u, e)) {
          move_turns(layers, basis);
          best.offer(around(core, layers.turns[0], layers.turns[1], layers.phase, like));
        }
      }
    }
  }
}

/// Three cx, as in figure 6 of Vatan & Williams, for all orders of the coordinates.
void offer_three(const Kak& u, const std::array<Entangler, 2>& like, Best& best) {
  for (const unsigned first : {0U, 1U}) {
    std::array<std::size_t, 3> order = {0, 1, 2};
    do {
      const std::array coordinates = {u.a, u.b, u.c};
      const double x = coordinates[order[0]];
      const double y = coordinates[order[1]];
      const double z = coordinates[order[2]];
      best.offer(dressed(u,
                         {.controls = {1 - first, first, 1 - first},
                          .between = {on(first, gate2(Gate::kRz, {kPi / 2 - 2 * z}),
                                         gate2(Gate::kRy, {2 * x - kPi / 2})),
                                      on(first, kIdentity2, gate2(Gate::kRy, {kPi / 2 - 2 * y}))}},
                         like));
    } while (std::ranges::next_permutation(order).found);
  }
}

}  // namespace

Matrix4 canonical_gate(double a, double b, double c) {
  // XX, YY and ZZ are diagonal in the magic basis: (+,-,+), (+,+,-), (-,-,-), (-,+,+).
  const double angles[4] = {a - b + c, a + b - c, -a - b - c, -a + b + c};
  Matrix4 diagonal{};
  for (std::size_t k = 0; k < 4; ++k) diagonal[k * 5] = std::polar(1.0, angles[k]);
  return kMagic * diagonal * adjoint(kMagic);
}

Matrix4 Kak::matrix() const {
  return scaled(kron(left[1], left[0]) * canonical_gate(a, b, c) * kron(right[1], right[0]),
                std::polar(1.0, phase));
}

Kak kak_decomposition(const Matrix4& unitary) {
  const Matrix4 u = adjoint(kMagic) * unitary * kMagic;
  Real4 re{};
  Real4 im{};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      Amplitude sum = 0.0;  // of u^T u
      for (std::size_t k = 0; k < 4; ++k) sum += u[k * 4 + i] * u[k * 4 + j];
      re[i * 4 + j] = sum.real();
      im[i * 4 + j] = sum.imag();
    }
  }
  const Real4 rotation = diagonalise(re, im);
  Matrix4 p{};
  for (std::size_t i = 0; i < 16; ++i) p[i] = rotation[i];
  std::array<double, 4> angles{};
  Matrix4 undo{};
  for (std::size_t k = 0; k < 4; ++k) {
    angles[k] = std::atan2(im[k * 5], re[k * 5]) / 2;
    undo[k * 5] = std::polar(1.0, -angles[k]);
  }
  Matrix4 k = u * p * undo;  // real and orthogonal
  if (determinant(k) < 0) {
    angles[0] += kPi;
    for (std::size_t i = 0; i < 4; ++i) k[i * 4] = -k[i * 4];
  }
  for (Amplitude& x : k) x = x.real();
  Kak kak;
  kak.phase = (angles[0] + angles[1] + angles[2] + angles[3]) / 4;
  kak.a = (angles[0] + angles[1] - angles[2] - angles[3]) / 4;
  kak.b = (-angles[0] + angles[1] - angles[2] + angles[3]) / 4;
  kak.c = (angles[0] - angles[1] - angles[2] + angles[3]) / 4;
  const Matrix4 left = kMagic * k * adjoint(kMagic);
  const Matrix4 right = kMagic * adjoint(p) * adjoint(kMagic);
  kak.left = kron_factors(left);
  kak.right = kron_factors(right);
  kak.phase += relative_phase(left, kron(kak.left[1], kak.left[0])) +
               relative_phase(right, kron(kak.right[1], kak.right[0]));
  Chamber(kak).enter();
  kak.phase = wrapped_angle(kak.phase);
  return kak;
}

unsigned cx_count(const Kak& kak) {
  if (std::abs(kak.c) > kSameClass) return 3;
  if (kak.b > kSameClass) return 2;
  if (kak.a < kSameClass) return 0;
  return std::abs(kak.a - kPi / 4) < kSameClass ? 1 : 2;
}

GateSequence synthesise(const Matrix4& unitary, const Basis& basis,
                        std::array<unsigned, 2> qubits) {
  const Kak u = kak_decomposition(unitary);
  Best best(basis);
  const unsigned count = cx_count(u);
  if (count == 0) {
    best.offer({.turns = {{u.left[0] * u.right[0], u.left[1] * u.right[1]}}, .phase = u.phase});
    return best.gates(qubits);
  }
  const std::vector<Entangler> entanglers = entanglers_of_class(u, basis);
  for (const Entangler& e : entanglers) {
    for (Layers& layers : dressed(u, e)) best.offer(std::move(layers));
  }
  if (!best.empty()) return best.gates(qubits);
  const std::array<Entangler, 2> like = {*like_cx(basis, 0), *like_cx(basis, 1)};
  if (count == 2) {
    offer_two(u, like, basis, best);
  } else {
    offer_three(u, like, best);
  }
  return best.gates(qubits);
}

Matrix4 matrix4(const Operation& operation, std::array<unsigned, 2> qubits) {
  assert(operation.qubits.size() <= 2);
  const std::vector<Amplitude> gate = operand_matrix(operation, {});
  Matrix4 result{};
  const auto place = [&](unsigned qubit) { return qubit == qubits[0] ? 0U : 1U; };
  for (std::size_t column = 0; column < 4; ++column) {
    bool on = true;
    for (unsigned j = 0; j < operation.n_controls; ++j) {
      on &= (column >> place(operation.qubits[j]) & 1) == (operation.control_state >> j & 1);
    }
    if (!on) {
      result[column * 5] = 1.0;
      continue;
    }
    const auto operands = operation.operands();
    const std::size_t k = std::size_t{1} << operands.size();
    std::size_t from = 0;
    std::size_t rest = column;
    for (std::size_t j = 0; j < operands.size(); ++j) {
      from |= (column >> place(operands[j]) & 1) << j;
      rest &= ~(std::size_t{1} << place(operands[j]));
    }
    for (std::size_t to = 0; to < k; ++to) {
      std::size_t row = rest;
      for (std::size_t j = 0; j < operands.size(); ++j) row |= (to >> j & 1) << place(operands[j]);
      result[row * 4 + column] = gate[to * k + from];
    }
  }
  return result;
}

}  // namespace quanta::quantum
