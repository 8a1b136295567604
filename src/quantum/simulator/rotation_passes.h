/// Circuits of real rotations on every qubit between phases, in as few passes over memory as it
/// takes. X-mixer QAOA is one: see algorithm/qaoa_x.cc.
///
/// A rotation turns each qubit by its own angle; a phase multiplies amplitude x by
/// exp(-i theta(x)). Rotations of different qubits commute, so that a pass needs only some of them
/// at hand: all qubits belong to one of two windows (or to one, where the state is small). A pass
/// goes through memory once, block by block, and does a list of steps on each block while it is in
/// cache: rotate the window's own qubits, multiply by a phase of all qubits, rotate them again.
/// With the windows in turn, a layer of rotations and a phase cost one pass, not two.
///
/// A state is size() numbers in the layout of rotation_kernels.h, with a gap of half a kilobyte
/// behind each block of the first window: else the rows of a block of the second would be a power
/// of two apart and share a few sets of the cache.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "core/execution.h"
#include "quantum/circuit/gate.h"
#include "quantum/simulator/phase_polynomial.h"
#include "quantum/simulator/rotation_kernels.h"

namespace quanta::quantum {

/// exp(-i angle Y) of each qubit, |angle| <= pi/4: (a, b) -> (a - t b, b + t a)/sqrt(1 + t^2).
struct Rotation {
  std::vector<double> tangents = {};
};

/// Each part may be nullptr.
struct PassStep {
  const Rotation* before = nullptr;
  const PhasePolynomial* phase = nullptr;
  const Rotation* after = nullptr;
  const PhasePolynomial* diagonal = nullptr;  ///< its dot product is taken at the phase
};

/// What undoing a step adds to a gradient, for phi = O psi at the end:
struct StepDots {
  double before = 0.0;    ///< Im <phi| sum of Y over the window's qubits |psi>
  double diagonal = 0.0;  ///< Im <phi| diagonal |psi>
  double after = 0.0;     ///< as before
};

/// min(diagonal, cap).
struct Observable {
  const PhasePolynomial* diagonal = nullptr;
  double cap = std::numeric_limits<double>::infinity();
};

template <class Real>
class RotationPasses {
 public:
  /// 4 <= n_qubits <= 40.
  RotationPasses(unsigned n_qubits, InstructionSet set);

  std::size_t size() const { return size_; }
  std::size_t n_windows() const { return windows_.size(); }
  /// The qubits of a window.
  std::span<const unsigned> qubits(std::size_t window) const { return windows_[window].own; }

  // A step with a phase keeps the norm. One without leaves the rotated state too large, by the
  // inverse product of its cosines; the caller knows that as `norm` below.

  /// Writes psi = the product state of amplitudes (zero[q], one[q]), then does the steps. Window 0.
  void start(const Execution& execution, Real* psi, std::span<const double> zero,
             std::span<const double> one, std::span<const PassStep> steps) const;
  void forward(const Execution& execution, Real* psi, std::size_t window,
               std::span<const PassStep> steps) const;

  /// <psi| O |psi> for the state norm * psi, after doing the steps.
  double finish(const Execution& execution, Real* psi, std::size_t window,
                std::span<const PassStep> steps, const Observable& observable, double norm) const;
  /// The same; then phi = O psi, and `undo` is undone on both, last step first. `norm` is what the
  /// steps of `undo` without a phase leave. dots: one for each step of `undo`.
  double finish(const Execution& execution, Real* psi, Real* phi, std::size_t window,
                std::span<const PassStep> steps, const Observable& observable, double norm,
                std::span<const PassStep> undo, std::span<StepDots> dots) const;
  void backward(const Execution& execution, Real* psi, Real* phi, std::size_t window,
                std::span<const PassStep> undo, std::span<StepDots> dots) const;

  /// The product of the window's cosines.
  double cosines(std::size_t window, const Rotation& rotation) const;

  /// Runs of lanes for reading a state: offset of the real part of amplitude x; its imaginary part
  /// lies lanes() numbers behind.
  std::size_t lanes() const { return std::size_t{1} << kernels_->lane_bits; }
  std::size_t offset(std::size_t x) const;

 private:
  struct Window {
    std::vector<unsigned> own;    // qubits that it rotates
    std::vector<unsigned> rows;   // qubit of each row bit
    std::vector<unsigned> fixed;  // qubit of each bit of a block's number
    BlockShape shape;
    unsigned first = 0;     // row bits below it are the other window's
    bool lanes = false;     // the lanes are its own
    std::size_t step = 0;   // numbers from one block to the next
    std::size_t grain = 1;  // blocks in a parallel chunk

    std::size_t n_blocks() const { return std::size_t{1} << fixed.size(); }
  };
  class Work;

  template <class Body>
  double for_each_block(const Execution& execution, const Window& window, const Body& body) const;

  const RotationKernels<Real>* kernels_;
  InstructionSet set_;
  unsigned n_qubits_;
  unsigned n_first_;       // qubits of the first window
  std::size_t pitch_ = 0;  // numbers from one of its blocks to the next
  std::size_t size_ = 0;
  std::vector<Window> windows_;
};

}  // namespace quanta::quantum
