/// The cost of every stored basis state, in one or two bytes each where values repeat, and what
/// QAOA does with it.
#pragma once

#include <complex>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "core/instruction_set.h"
#include "quantum/simulator/level_code.h"

namespace quanta::quantum {

class DiagonalCost {
 public:
  /// Of at most 65,536 different values each is kept once (see LevelCode). Finite values.
  explicit DiagonalCost(std::vector<double> values);

  std::size_t size() const { return code_ ? code_->size() : values_.size(); }
  double operator[](std::size_t x) const { return code_ ? code_->value(x) : values_[x]; }
  std::size_t bytes() const;

  /// exp(-i angle c), prepared once for all positions.
  template <class Real>
  class Phases {
   private:
    friend class DiagonalCost;
    double angle_ = 0.0;
    std::vector<std::complex<Real>> of_level_ = {};
  };
  template <class Real>
  Phases<Real> phases(InstructionSet set, double angle) const;

  // On the positions begin … end - 1 of states psi and phi, which are given from position 0 on.

  /// psi *= exp(-i angle c).
  template <class Real>
  void multiply(InstructionSet set, const Phases<Real>& phases, std::complex<Real>* psi,
                std::size_t begin, std::size_t end) const;
  /// Im <phi| c |psi>; then both *= exp(-i angle c).
  template <class Real>
  double multiply_both(InstructionSet set, const Phases<Real>& phases, std::complex<Real>* psi,
                       std::complex<Real>* phi, std::size_t begin, std::size_t end) const;

  /// The observable c, or min(c - threshold, 0).
  struct Observable {
    std::optional<double> threshold = {};
  };
  /// sum of O |psi|^2.
  template <class Real>
  double expectation(InstructionSet set, const Observable& observable,
                     const std::complex<Real>* psi, std::size_t begin, std::size_t end) const;
  /// phi = O psi.
  template <class Real>
  void observe(const Observable& observable, const std::complex<Real>* psi, std::complex<Real>* phi,
               std::size_t begin, std::size_t end) const;

 private:
  template <class Body>
  void for_pieces(const Observable& observable, std::size_t begin, std::size_t end,
                  const Body& body) const;

  std::optional<LevelCode> code_;
  std::vector<double> values_;  // where there is no code
};

}  // namespace quanta::quantum
