/// A diagonal D of phases on qubits and pairs of qubits that is still to be applied to a state: the
/// state is D |v> with |v> in memory.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace quanta::quantum {

/// e^{i angle} where `first` is 1, or where `first` and `second` are.
struct QubitAngle {
  unsigned qubit = 0;
  double angle = 0.0;
};
struct PairAngle {
  unsigned first = 0;
  unsigned second = 0;
  double angle = 0.0;
};

class PendingDiagonal {
 public:
  explicit PendingDiagonal(unsigned n_qubits);  ///< at most 64 qubits

  /// D times e^{i angle} where all qubits of `mask`, one or two, are 1. Multiples of pi/2 on one
  /// qubit and of pi on two are kept apart: turns pass through them at no cost.
  void multiply(std::uint64_t mask, double angle);

  /// D^+ P D for P with X part x and Z part z, P = i^{|x & z|} X^x Z^z, D its signs and quarter
  /// turns alone: (D^+ P D)(w, w ^ x) = i^quarters (-1)^{|w & z|}.
  struct Pauli {
    std::uint64_t z = 0;
    unsigned quarters = 0;
  };
  Pauli conjugated(std::uint64_t x, std::uint64_t z) const;

  /// Takes out the other phases that involve the qubit: e^{i (angle + sum of the others' angles)}
  /// where it is 1.
  struct Phase {
    double angle = 0.0;
    std::vector<QubitAngle> others = {};
    bool empty() const { return angle == 0.0 && others.empty(); }
  };
  Phase take_phase(unsigned qubit);
  bool has_phase(unsigned qubit) const { return angles_[qubit] != 0.0 || partners_[qubit] != 0; }

  /// Takes out everything that involves a qubit of the mask.
  struct Everything {
    std::vector<QubitAngle> singles = {};
    std::vector<PairAngle> pairs = {};
    bool empty() const { return singles.empty() && pairs.empty(); }
  };
  Everything take(std::uint64_t mask);

  bool involves(std::uint64_t mask) const;

 private:
  double& pair(unsigned a, unsigned b) { return pairs_[a * angles_.size() + b]; }

  std::vector<unsigned> quarters_;       ///< e^{i pi/2 quarters} on one qubit
  std::vector<std::uint64_t> signs_;     ///< bit b of signs_[a]: -1 where a and b are 1
  std::vector<double> angles_;           ///< what is no quarter turn
  std::vector<double> pairs_;            ///< n x n, symmetric
  std::vector<std::uint64_t> partners_;  ///< bit b of partners_[a]: pairs_ of a and b is not 0
};

}  // namespace quanta::quantum
