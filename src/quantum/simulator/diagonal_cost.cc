#include "quantum/simulator/diagonal_cost.h"

#include <algorithm>
#include <array>

#include "quantum/simulator/kernels.h"

namespace quanta::quantum {
namespace {

/// Values that are decoded or changed at a time, on the stack.
constexpr std::size_t kPiece = 512;

}  // namespace

DiagonalCost::DiagonalCost(std::vector<double> values) : code_(LevelCode::create(values)) {
  if (!code_) values_ = std::move(values);
}

std::size_t DiagonalCost::bytes() const {
  return code_ ? code_->bytes() : values_.size() * sizeof(double);
}

/// body(position, values of O) for pieces of the range.
template <class Body>
void DiagonalCost::for_pieces(const Observable& observable, std::size_t begin, std::size_t end,
                              const Body& body) const {
  std::array<double, kPiece> buffer;
  for (std::size_t at = begin; at < end; at += kPiece) {
    const std::size_t size = std::min(kPiece, end - at);
    if (!code_ && !observable.threshold) {
      body(at, std::span(values_).subspan(at, size));
      continue;
    }
    const std::span<double> piece = std::span(buffer).first(size);
    if (code_) {
      code_->expand<double>(at, code_->levels(), piece);
    } else {
      std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(at), size, piece.begin());
    }
    if (observable.threshold) {
      for (double& c : piece) c = std::min(c - *observable.threshold, 0.0);
    }
    body(at, std::span<const double>(piece));
  }
}

template <class Real>
DiagonalCost::Phases<Real> DiagonalCost::phases(InstructionSet set, double angle) const {
  Phases<Real> result;
  result.angle_ = angle;
  if (code_) {
    const std::span<const double> levels = code_->levels();
    result.of_level_.assign(levels.size(), std::complex<Real>(1));
    multiply_phase(set, result.of_level_.data(), levels.data(), levels.size(), angle);
  }
  return result;
}

template <class Real>
void DiagonalCost::multiply(InstructionSet set, const Phases<Real>& phases, std::complex<Real>* psi,
                            std::size_t begin, std::size_t end) const {
  if (code_) {
    code_->visit([&](const auto* levels) {
      multiply_levels(set, psi + begin, levels + begin, end - begin, phases.of_level_.data());
    });
  } else {
    multiply_phase(set, psi + begin, values_.data() + begin, end - begin, phases.angle_);
  }
}

template <class Real>
double DiagonalCost::multiply_both(InstructionSet set, const Phases<Real>& phases,
                                   std::complex<Real>* psi, std::complex<Real>* phi,
                                   std::size_t begin, std::size_t end) const {
  if (!code_) {
    return multiply_phase_back(set, psi + begin, phi + begin, values_.data() + begin, end - begin,
                               -phases.angle_);
  }
  double sum = 0.0;
  for_pieces({}, begin, end, [&](std::size_t at, std::span<const double> c) {
    sum += diagonal_overlap(set, psi + at, phi + at, c.data(), c.size());
    multiply(set, phases, psi, at, at + c.size());
    multiply(set, phases, phi, at, at + c.size());
  });
  return sum;
}

template <class Real>
double DiagonalCost::expectation(InstructionSet set, const Observable& observable,
                                 const std::complex<Real>* psi, std::size_t begin,
                                 std::size_t end) const {
  double sum = 0.0;
  for_pieces(observable, begin, end, [&](std::size_t at, std::span<const double> o) {
    sum += diagonal_expectation(set, psi + at, o.data(), o.size());
  });
  return sum;
}

template <class Real>
void DiagonalCost::observe(const Observable& observable, const std::complex<Real>* psi,
                           std::complex<Real>* phi, std::size_t begin, std::size_t end) const {
  for_pieces(observable, begin, end, [&](std::size_t at, std::span<const double> o) {
    for (std::size_t i = 0; i < o.size(); ++i) phi[at + i] = psi[at + i] * static_cast<Real>(o[i]);
  });
}

#define QUANTA_INSTANTIATE(Real)                                                                 \
  template DiagonalCost::Phases<Real> DiagonalCost::phases(InstructionSet, double) const;        \
  template void DiagonalCost::multiply(InstructionSet, const Phases<Real>&, std::complex<Real>*, \
                                       std::size_t, std::size_t) const;                          \
  template double DiagonalCost::multiply_both(InstructionSet, const Phases<Real>&,               \
                                              std::complex<Real>*, std::complex<Real>*,          \
                                              std::size_t, std::size_t) const;                   \
  template double DiagonalCost::expectation(InstructionSet, const Observable&,                   \
                                            const std::complex<Real>*, std::size_t, std::size_t) \
      const;                                                                                     \
  template void DiagonalCost::observe(const Observable&, const std::complex<Real>*,              \
                                      std::complex<Real>*, std::size_t, std::size_t) const
QUANTA_INSTANTIATE(double);
QUANTA_INSTANTIATE(float);

}  // namespace quanta::quantum
