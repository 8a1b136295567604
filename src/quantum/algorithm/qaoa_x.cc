#include "quantum/algorithm/qaoa_x.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "quantum/algorithm/cost_quantile.h"
#include "quantum/simulator/aligned_array.h"
#include "quantum/simulator/bits.h"
#include "quantum/simulator/rotation_passes.h"

namespace quanta::quantum {
namespace {

constexpr double kQuarterTurn = std::numbers::pi / 2;

PhasePolynomial polynomial(const QuadraticCost& cost, std::size_t n_padded) {
  PhasePolynomial p{.constant = cost.constant,
                    .linear = std::vector<double>(n_padded),
                    .couplings = std::vector<double>(n_padded * n_padded)};
  for (std::size_t i = 0; i < cost.n(); ++i) {
    p.linear[i] = cost.linear[i];
    for (std::size_t j = i + 1; j < cost.n(); ++j) {
      p.couplings[i * n_padded + j] = p.couplings[j * n_padded + i] = cost.quadratic(i, j);
    }
  }
  return p;
}

/// Which angle a dot product belongs to.
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
struct Targets {
  std::size_t before = kNone;
  std::size_t diagonal = kNone;
  std::size_t after = kNone;
};

/// A circuit as passes: pass i works on window i mod 2 (or the only one). Steps point into the
/// lists beside them.
struct Schedule {
  std::vector<Rotation> rotations;
  std::vector<PhasePolynomial> phases;
  std::vector<PhasePolynomial> diagonals;
  std::vector<std::vector<PassStep>> passes;
  std::vector<std::vector<Targets>> targets;
  double norm = 1.0;           // the true state is norm times what the last pass leaves
  unsigned quarter_turns = 0;  // of every qubit, modulo 4, still to be made

  void add(std::size_t pass, const PassStep& step, const Targets& target) {
    passes[pass].push_back(step);
    targets[pass].push_back(target);
  }
};

template <class Real>
class XEvaluator final : public QaoaEvaluator {
 public:
  XEvaluator(const QuadraticCost& cost, std::span<const double> warm_start,
             const Execution& execution)
      : n_qubits_(static_cast<unsigned>(cost.n())),
        n_padded_(std::max(n_qubits_, kMaxLaneBits)),
        cost_(cost),
        plain_(polynomial(cost, n_padded_)),
        inverted_(flipped(plain_, n_qubits_)) {
    statistics_ = cost_.statistics(execution);
    if (warm_start.empty()) {
      zero_.assign(n_qubits_, std::numbers::sqrt2 / 2);
      one_ = zero_;
    }
    for (const double c : warm_start) {
      zero_.push_back(std::sqrt(1.0 - c));
      one_.push_back(std::sqrt(c));
      // tan(t/2) = one/zero; beyond pi/4 a quarter turn is taken out, which inverts Z.
      const bool beyond = c > 0.5;
      tangents_.push_back(beyond ? -zero_.back() / one_.back() : one_.back() / zero_.back());
      signs_.push_back(beyond ? -1.0 : 1.0);
    }
    zero_.resize(n_padded_, 1.0);
    one_.resize(n_padded_, 0.0);
    if (!warm_start.empty()) tangents_.resize(n_padded_, 0.0);
  }

  std::size_t dimension() const override { return std::size_t{1} << n_qubits_; }
  std::uint64_t basis_state(std::size_t position) const override { return position; }
  double cost(std::size_t position) const override { return cost_(position); }

  std::vector<Amplitude> state(std::span<const double> gammas, std::span<const double> betas,
                               const Execution& execution) const override {
    const RotationPasses<Real> engine(n_padded_, execution.instruction_set);
    const Schedule schedule = make_schedule(engine, gammas, betas);
    AlignedArray<Real> psi(engine.size());
    run(engine, schedule, schedule.passes.size(), psi.data(), execution);

    std::vector<Amplitude> result(dimension());
    // (-iY)^turns has a sign for each zero (one turn), qubit (two) or one (three); S^-1 gives
    // (-i)^ones.
    const Amplitude powers[] = {{1.0, 0.0}, {0.0, 1.0}, {-1.0, 0.0}, {0.0, -1.0}};
    const std::size_t mask = schedule.quarter_turns % 2 == 1 ? dimension() - 1 : 0;
    parallel_for(
        execution, result.size(), kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
          for (std::size_t x = begin; x < end; ++x) {
            const auto ones = static_cast<unsigned>(std::popcount(x));
            const unsigned zeros = n_qubits_ - ones;
            const unsigned signs[] = {0, zeros, n_qubits_, ones};
            unsigned power = 2 * signs[schedule.quarter_turns];
            if (tangents_.empty()) power += 3 * ones;  // (-i)^ones
            result[x] = schedule.norm * powers[power % 4] * amplitude(engine, psi.data(), x ^ mask);
          }
        });
    return result;
  }

  double evaluate(std::span<const double> gammas, std::span<const double> betas, double alpha,
                  std::span<double> gradient, const Execution& execution) const override {
    const RotationPasses<Real> engine(n_padded_, execution.instruction_set);
    const Schedule schedule = make_schedule(engine, gammas, betas);
    const std::size_t last = schedule.passes.size() - 1;
    const std::size_t window = last % engine.n_windows();
    // Two states in one array, half a page apart in their low address bits: the caches tell lines
    // apart by those, and the kernels read both states at the same places.
    constexpr std::size_t kPage = 4096 / sizeof(Real);
    const std::size_t distance = (engine.size() + kPage - 1) / kPage * kPage + kPage / 2;
    AlignedArray<Real> states(engine.size() + (gradient.empty() ? 0 : distance));
    Real* const psi = states.data();

    // c, or min(c - t, 0) for the quantile t.
    PhasePolynomial diagonal = schedule.quarter_turns % 2 == 1 ? inverted_ : plain_;
    Observable observable{.diagonal = &diagonal};
    const bool tail = alpha < 1.0;
    run(engine, schedule, tail ? last + 1 : std::max<std::size_t>(last, 1), psi, execution);
    std::span<const PassStep> steps = schedule.passes[last];
    if (tail || last == 0) steps = {};
    double t = 0.0;
    if (tail) {
      t = quantile(engine, schedule, psi, alpha, execution);
      diagonal.constant -= t;
      observable.cap = 0.0;
    }

    double mean = 0.0;  // of the observable
    if (gradient.empty()) {
      mean = engine.finish(execution, psi, window, steps, observable, schedule.norm);
    } else {
      std::ranges::fill(gradient, 0.0);
      Real* const phi = psi + distance;
      for (std::size_t pass = last + 1; pass-- > 0;) {
        const std::span<const PassStep> undo = schedule.passes[pass];
        std::vector<StepDots> dots(undo.size());
        if (pass == last) {
          mean = engine.finish(execution, psi, phi, window, steps, observable, schedule.norm, undo,
                               dots);
        } else {
          engine.backward(execution, psi, phi, pass % engine.n_windows(), undo, dots);
        }
        for (std::size_t s = 0; s < undo.size(); ++s) {
          const Targets& to = schedule.targets[pass][s];
          if (to.before != kNone) gradient[to.before] += 2.0 * dots[s].before;
          if (to.diagonal != kNone) gradient[to.diagonal] += 2.0 * dots[s].diagonal;
          if (to.after != kNone) gradient[to.after] += 2.0 * dots[s].after;
        }
      }
    }
    if (!tail) return mean;
    for (double& g : gradient) g /= alpha;
    return t + mean / alpha;
  }

 private:
  /// Does the first n passes.
  void run(const RotationPasses<Real>& engine, const Schedule& schedule, std::size_t n, Real* psi,
           const Execution& execution) const {
    engine.start(execution, psi, zero_, one_, schedule.passes[0]);
    for (std::size_t pass = 1; pass < n; ++pass) {
      engine.forward(execution, psi, pass % engine.n_windows(), schedule.passes[pass]);
    }
  }

  static Amplitude amplitude(const RotationPasses<Real>& engine, const Real* psi, std::size_t x) {
    const Real* at = psi + engine.offset(x);
    return {static_cast<double>(at[0]), static_cast<double>(at[engine.lanes()])};
  }

  double quantile(const RotationPasses<Real>& engine, const Schedule& schedule, const Real* psi,
                  double alpha, const Execution& execution) const {
    const std::size_t mask = schedule.quarter_turns % 2 == 1 ? dimension() - 1 : 0;
    const double norm2 = schedule.norm * schedule.norm;
    const std::size_t n_blocks = cost_.n_blocks();
    const std::size_t n_parts = std::min(n_blocks, kQuantileParts);
    const auto visit = [&](std::size_t part, const auto& take) {
      std::vector<double> costs(std::size_t{1} << cost_.n_low());
      for (std::size_t block = part * n_blocks / n_parts; block < (part + 1) * n_blocks / n_parts;
           ++block) {
        cost_.block(block, costs);
        for (std::size_t low = 0; low < costs.size(); ++low) {
          const std::size_t x = block * costs.size() + low;
          take(costs[low], norm2 * std::norm(amplitude(engine, psi, x ^ mask)));
        }
      }
    };
    return cost_quantile(execution, n_parts, visit, statistics_.minimum, statistics_.maximum,
                         alpha);
  }

  Schedule make_schedule(const RotationPasses<Real>& engine, std::span<const double> gammas,
                         std::span<const double> betas) const {
    return tangents_.empty() ? plain_schedule(engine, gammas, betas)
                             : warm_schedule(engine, gammas, betas);
  }

  Schedule plain_schedule(const RotationPasses<Real>& engine, std::span<const double> gammas,
                          std::span<const double> betas) const {
    const std::size_t p = gammas.size();
    const bool two = engine.n_windows() == 2;
    Schedule schedule;
    schedule.passes.resize(two ? p + 1 : 1);
    schedule.targets.resize(schedule.passes.size());
    schedule.rotations.resize(p);
    schedule.phases.resize(p);
    for (std::size_t l = 0; l < p; ++l) {
      const PhasePolynomial& diagonal = schedule.quarter_turns % 2 == 1 ? inverted_ : plain_;
      schedule.phases[l] = scaled(diagonal, gammas[l]);
      if (l == 0) {  // to the basis of S: times i^ones
        for (unsigned q = 0; q < n_qubits_; ++q) schedule.phases[l].linear[q] -= kQuarterTurn;
      }
      int turns = 0;
      const double rest = std::remquo(betas[l], kQuarterTurn, &turns);
      schedule.quarter_turns = (schedule.quarter_turns + static_cast<unsigned>(turns)) % 4;
      std::vector<double>& tangents = schedule.rotations[l].tangents;
      tangents.assign(n_padded_, 0.0);
      std::fill_n(tangents.begin(), n_qubits_, std::tan(rest));

      PassStep step{
          .phase = &schedule.phases[l], .after = &schedule.rotations[l], .diagonal = &diagonal};
      Targets targets{.diagonal = l, .after = p + l};
      if (two && l > 0) {
        step.before = &schedule.rotations[l - 1];
        targets.before = p + l - 1;
      }
      schedule.add(two ? l : 0, step, targets);
    }
    if (two && p > 0) {
      const Rotation& rotation = schedule.rotations[p - 1];
      schedule.add(p, {.after = &rotation}, {.after = p + p - 1});
      schedule.norm = engine.cosines(p % 2, rotation);
    }
    return schedule;
  }

  Schedule warm_schedule(const RotationPasses<Real>& engine, std::span<const double> gammas,
                         std::span<const double> betas) const {
    const std::size_t p = gammas.size();
    const bool two = engine.n_windows() == 2;
    Schedule schedule;
    schedule.passes.resize(two ? p + 1 : 1);
    schedule.targets.resize(schedule.passes.size());
    schedule.rotations = {{tangents_}, {tangents_}};
    for (double& t : schedule.rotations[0].tangents) t = -t;  // into the mixer's basis
    schedule.diagonals.resize(engine.n_windows());            // sum of +-Z over the window's qubits
    for (std::size_t w = 0; w < engine.n_windows(); ++w) {
      PhasePolynomial& z = schedule.diagonals[w];
      z.linear.resize(n_padded_);
      z.couplings.resize(std::size_t{n_padded_} * n_padded_);
      for (const unsigned q : engine.qubits(w)) {
        if (q >= n_qubits_) continue;
        z.constant += signs_[q];
        z.linear[q] -= 2.0 * signs_[q];
      }
    }
    schedule.phases.reserve(3 * p);
    const auto mix = [&](std::size_t pass, std::size_t l) {
      const PhasePolynomial& z = schedule.diagonals[pass % engine.n_windows()];
      schedule.phases.push_back(scaled(z, betas[l]));
      schedule.add(pass,
                   {.before = &schedule.rotations[0],
                    .phase = &schedule.phases.back(),
                    .after = &schedule.rotations[1],
                    .diagonal = &z},
                   {.diagonal = p + l});
    };
    for (std::size_t l = 0; l < p; ++l) {
      const std::size_t pass = two ? l : 0;
      if (two && l > 0) mix(pass, l - 1);
      schedule.phases.push_back(scaled(plain_, gammas[l]));
      schedule.add(pass, {.phase = &schedule.phases.back(), .diagonal = &plain_}, {.diagonal = l});
      mix(pass, l);
    }
    if (two && p > 0) mix(p, p - 1);
    return schedule;
  }

  unsigned n_qubits_;
  unsigned n_padded_;  // qubits beyond n_qubits_ stay 0
  SplitCost cost_;
  PhasePolynomial plain_;
  PhasePolynomial inverted_;  // the cost of the complement
  std::vector<double> zero_;  // start amplitudes of each qubit
  std::vector<double> one_;
  std::vector<double> tangents_;  // warm start: tan(t_q/2) less quarter turns; else empty
  std::vector<double> signs_;     // of Z behind the quarter turn
};

}  // namespace

double x_mixer_bytes(unsigned n_qubits, bool single_precision) {
  // Two states of which each has gaps of at most 1/256, or one beside the complex numbers that
  // state() returns; tables of the cost.
  const double amplitude = single_precision ? 24.0 : 32.0;
  return std::ldexp(amplitude * (1.0 + 1.0 / 256), static_cast<int>(n_qubits)) +
         std::ldexp(104.0, std::max(0, static_cast<int>(n_qubits) - 12)) + 4e6;
}

std::unique_ptr<const QaoaEvaluator> make_x_evaluator(const QuadraticCost& cost,
                                                      std::span<const double> warm_start,
                                                      bool single_precision,
                                                      const Execution& execution) {
  if (single_precision) {
    return std::make_unique<const XEvaluator<float>>(cost, warm_start, execution);
  }
  return std::make_unique<const XEvaluator<double>>(cost, warm_start, execution);
}

}  // namespace quanta::quantum
