#include "quantum/algorithm/qaoa_grover.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "quantum/algorithm/cost_quantile.h"
#include "quantum/simulator/bits.h"
#include "quantum/simulator/kernels.h"
#include "quantum/simulator/level_code.h"

namespace quanta::quantum {
namespace {

/// Amplitudes that the loops of one step of a pass share in cache, and in one parallel chunk.
constexpr std::size_t kPiece = 1024;

class GroverEvaluator final : public QaoaEvaluator {
 public:
  GroverEvaluator(const QuadraticCost& cost, std::optional<WeightSubspace> space,
                  const Execution& execution)
      : space_(std::move(space)) {
    if (space_) {
      values_ = space_->quadratic_diagonal(execution, cost.linear, cost.quadratic.values(),
                                           cost.constant);
    } else {
      const SplitCost split(cost);
      const std::size_t block = std::size_t{1} << split.n_low();
      values_.resize(block * split.n_blocks());
      parallel_for(execution, split.n_blocks(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t b = begin; b < end; ++b) {
          split.block(b, std::span(values_).subspan(b * block, block));
        }
      });
    }
    statistics_ =
        statistics_of([&](std::size_t x) { return values_[x]; }, values_.size(), execution);
    dimension_ = values_.size();
    code_ = LevelCode::create(values_);
    if (!code_) return;
    start_.assign(code_->levels().size(), 0.0);
    for (std::size_t x = 0; x < dimension_; ++x) start_[code_->level(x)] += 1.0;
    for (double& s : start_) s = std::sqrt(s / static_cast<double>(dimension_));
    values_.assign(code_->levels().begin(), code_->levels().end());
    values_.shrink_to_fit();
  }

  std::size_t dimension() const override { return dimension_; }
  std::uint64_t basis_state(std::size_t position) const override {
    return space_ ? space_->state(position) : position;
  }
  double cost(std::size_t position) const override {
    return code_ ? code_->value(position) : values_[position];
  }

  std::vector<Amplitude> state(std::span<const double> gammas, std::span<const double> betas,
                               const Execution& execution) const override {
    std::vector<Amplitude> psi = run(gammas, betas, execution);
    if (!code_) return psi;
    for (std::size_t v = 0; v < psi.size(); ++v) {
      psi[v] /= start_[v] * std::sqrt(static_cast<double>(dimension_));
    }
    std::vector<Amplitude> result(dimension_);
    code_->expand<Amplitude>(0, psi, result);
    return result;
  }

  double evaluate(std::span<const double> gammas, std::span<const double> betas, double alpha,
                  std::span<double> gradient, const Execution& execution) const override {
    std::vector<Amplitude> psi = run(gammas, betas, execution);
    double t = 0.0;
    if (alpha < 1.0) {
      const std::size_t n_parts = std::min(kQuantileParts, (psi.size() + kPiece - 1) / kPiece);
      t = cost_quantile(
          execution, n_parts,
          [&](std::size_t part, const auto& take) {
            const std::size_t end = (part + 1) * psi.size() / n_parts;
            for (std::size_t x = part * psi.size() / n_parts; x < end; ++x) {
              take(values_[x], std::norm(psi[x]));
            }
          },
          statistics_.minimum, statistics_.maximum, alpha);
    }
    const auto observable = [&](std::size_t x) {
      return alpha < 1.0 ? std::min(values_[x] - t, 0.0) : values_[x];
    };
    const double mean = sum_of(execution, psi.size(),
                               [&](std::size_t x) { return observable(x) * std::norm(psi[x]); });
    if (!gradient.empty()) {
      std::vector<Amplitude> phi(psi.size());
      parallel_for(execution, psi.size(), kChunkAmplitudes,
                   [&](std::size_t begin, std::size_t end) {
                     for (std::size_t x = begin; x < end; ++x) phi[x] = observable(x) * psi[x];
                   });
      differentiate(psi, phi, gammas, betas, gradient, execution);
    }
    if (!(alpha < 1.0)) return mean;
    for (double& g : gradient) g /= alpha;
    return t + mean / alpha;
  }

 private:
  template <class Term>
  static double sum_of(const Execution& execution, std::size_t n, const Term& term) {
    return parallel_sum(execution, n, kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
      double sum = 0.0;
      for (std::size_t x = begin; x < end; ++x) sum += term(x);
      return sum;
    });
  }

  double start(std::size_t x) const {
    return code_ ? start_[x] : 1.0 / std::sqrt(static_cast<double>(dimension_));
  }

  /// psi += change * start over a piece.
  void add_start(std::span<Amplitude> psi, std::size_t begin, Amplitude change) const {
    if (code_) {
      for (std::size_t i = 0; i < psi.size(); ++i) psi[i] += change * start_[begin + i];
    } else {
      const Amplitude same = change * start(0);
      for (Amplitude& a : psi) a += same;
    }
  }
  /// The part of <start|psi> over a piece.
  Amplitude overlap(std::span<const Amplitude> psi, std::size_t begin) const {
    Amplitude sum = 0.0;
    if (code_) {
      for (std::size_t i = 0; i < psi.size(); ++i) sum += start_[begin + i] * psi[i];
    } else {
      for (const Amplitude& a : psi) sum += a;
      sum *= start(0);
    }
    return sum;
  }

  /// body(begin, end) of each chunk returns some amplitudes; their sums, in order.
  template <std::size_t N, class Body>
  static std::array<Amplitude, N> amplitude_sums(const Execution& execution, std::size_t n,
                                                 const Body& body) {
    std::vector<std::array<Amplitude, N>> parts(quanta::n_chunks(n, kChunkAmplitudes));
    parallel_for(execution, n, kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
      parts[begin / kChunkAmplitudes] = body(begin, end);
    });
    std::array<Amplitude, N> sums{};
    for (const auto& part : parts) {
      for (std::size_t i = 0; i < N; ++i) sums[i] += part[i];
    }
    return sums;
  }

  std::vector<Amplitude> run(std::span<const double> gammas, std::span<const double> betas,
                             const Execution& execution) const {
    std::vector<Amplitude> psi(values_.size());
    for (std::size_t x = 0; x < psi.size(); ++x) psi[x] = start(x);
    Amplitude change = 0.0;  // that the mixer before still has to make, times the start
    for (std::size_t l = 0; l <= gammas.size(); ++l) {
      const auto sums =
          amplitude_sums<1>(execution, psi.size(), [&](std::size_t begin, std::size_t end) {
            Amplitude sum = 0.0;
            for (std::size_t at = begin; at < end; at += kPiece) {
              const std::span<Amplitude> piece =
                  std::span(psi).subspan(at, std::min(kPiece, end - at));
              add_start(piece, at, change);
              if (l == gammas.size()) continue;
              multiply_phase(execution.instruction_set, piece.data(), values_.data() + at,
                             piece.size(), gammas[l]);
              sum += overlap(piece, at);
            }
            return std::array{sum};
          });
      if (l < gammas.size()) change = (std::polar(1.0, -betas[l]) - 1.0) * sums[0];
    }
    return psi;
  }

  void differentiate(std::span<Amplitude> psi, std::span<Amplitude> phi,
                     std::span<const double> gammas, std::span<const double> betas,
                     std::span<double> gradient, const Execution& execution) const {
    const std::size_t p = gammas.size();
    auto sums = amplitude_sums<2>(execution, psi.size(), [&](std::size_t begin, std::size_t end) {
      return std::array{overlap(psi.subspan(begin, end - begin), begin),
                        overlap(phi.subspan(begin, end - begin), begin)};
    });
    for (std::size_t l = p; l-- > 0;) {
      gradient[p + l] = 2.0 * (std::conj(sums[1]) * sums[0]).imag();
      const Amplitude back = std::polar(1.0, betas[l]) - 1.0;
      const Amplitude psi_change = back * sums[0];
      const Amplitude phi_change = back * sums[1];
      const auto next =
          amplitude_sums<3>(execution, psi.size(), [&](std::size_t begin, std::size_t end) {
            std::array<Amplitude, 3> sum{};
            for (std::size_t at = begin; at < end; at += kPiece) {
              const std::size_t size = std::min(kPiece, end - at);
              const std::span<Amplitude> psi_piece = psi.subspan(at, size);
              const std::span<Amplitude> phi_piece = phi.subspan(at, size);
              add_start(psi_piece, at, psi_change);
              add_start(phi_piece, at, phi_change);
              sum[2] += multiply_phase_back(execution.instruction_set, psi_piece.data(),
                                            phi_piece.data(), values_.data() + at, size, gammas[l]);
              sum[0] += overlap(psi_piece, at);
              sum[1] += overlap(phi_piece, at);
            }
            return sum;
          });
      sums = {next[0], next[1]};
      gradient[l] = 2.0 * next[2].real();
    }
  }

  std::optional<WeightSubspace> space_;
  std::size_t dimension_ = 0;
  std::optional<LevelCode> code_;
  std::vector<double> values_;  // of each level, or of each state where there is no code
  std::vector<double> start_;   // amplitude of each level
};

}  // namespace

std::unique_ptr<const QaoaEvaluator> make_grover_evaluator(const QuadraticCost& cost,
                                                           std::optional<WeightSubspace> space,
                                                           const Execution& execution) {
  return std::make_unique<const GroverEvaluator>(cost, std::move(space), execution);
}

}  // namespace quanta::quantum
