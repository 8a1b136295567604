#include "quantum/algorithm/phase_posterior.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>

#include "quantum/algorithm/phase.h"
#include "quantum/circuit/gate.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kLeastBits = 4;
/// Densities below e^-60 of the largest count as none: 2^20 of them would not be seen in a double.
constexpr double kNothing = -60.0;

/// The runs of true on a circle, each as the phases of its ends.
std::vector<PhaseInterval> arcs(const std::vector<bool>& inside) {
  const std::size_t n = inside.size();
  const auto phase = [&](std::size_t g) {
    return static_cast<double>(g % n) / static_cast<double>(n);
  };
  const auto outside = std::ranges::find(inside, false);
  if (outside == inside.end()) return {{0.0, 1.0}};
  std::vector<PhaseInterval> result;
  const auto start = static_cast<std::size_t>(outside - inside.begin());
  for (std::size_t i = 1; i <= n; ++i) {
    const std::size_t g = (start + i) % n;
    if (!inside[g]) continue;
    const std::size_t first = start + i;
    while (inside[(start + i + 1) % n]) ++i;
    // Each point stands for the cell around it.
    const double half = 0.5 / static_cast<double>(n);
    result.push_back({wrapped(phase(first) - half), wrapped(phase(start + i) + half)});
  }
  return result;
}

}  // namespace

PhaseGrid::PhaseGrid(unsigned bits)
    : log_density_(std::size_t{1} << bits), log_cosine_(std::size_t{1} << bits) {
  assert(bits >= kLeastBits && bits <= kMaxBits);
  for (std::size_t h = 0; h < log_cosine_.size(); ++h) {
    // (1 + cos x)/2 = cos^2(x/2), which keeps its digits near its zero. There a point stands for
    // its cell, in which only the middle is impossible.
    const bool zero = 2 * h == log_cosine_.size();
    const double c = std::cos(std::numbers::pi * (static_cast<double>(h) + (zero ? 0.25 : 0.0)) /
                              static_cast<double>(log_cosine_.size()));
    log_cosine_[h] = std::log(c * c);
  }
}

void PhaseGrid::observe(std::uint64_t power, std::uint64_t angle_steps, std::size_t zeros,
                        std::size_t ones) {
  const std::uint64_t mask = size() - 1;
  const std::uint64_t half = size() / 2;  // outcome 1 is outcome 0 half a turn on
  for (std::uint64_t g = 0; g < size(); ++g) {
    const std::uint64_t at = power * g - angle_steps;
    if (zeros > 0) log_density_[g] += static_cast<double>(zeros) * log_cosine_[at & mask];
    if (ones > 0) log_density_[g] += static_cast<double>(ones) * log_cosine_[(at + half) & mask];
  }
}

void PhaseGrid::add(std::span<const double> values, std::size_t shift, double count) {
  assert(values.size() == size());
  const std::size_t mask = size() - 1;
  for (std::size_t g = 0; g < size(); ++g) log_density_[g] += count * values[(g - shift) & mask];
}

std::vector<double> PhaseGrid::density() const {
  const double most = *std::ranges::max_element(log_density_);
  std::vector<double> density(size());
  double sum = 0.0;
  for (std::size_t g = 0; g < size(); ++g) {
    const double below = log_density_[g] - most;
    if (below < kNothing) continue;
    density[g] = std::exp(below);
    sum += density[g];
  }
  for (double& d : density) d /= sum;
  return density;
}

PhasePosterior PhaseGrid::posterior(double level) const {
  assert(level > 0.0 && level < 1.0);
  const std::vector<double> density = this->density();
  const auto n = static_cast<double>(size());
  Amplitude direction = 0.0;
  for (std::size_t g = 0; g < size(); ++g)
    direction += density[g] * unit(static_cast<double>(g) / n);
  PhasePosterior result{.level = level};
  const auto most = std::ranges::max_element(density);
  result.mode = static_cast<double>(most - density.begin()) / n;
  result.mean = wrapped(std::arg(direction) / (2.0 * std::numbers::pi));
  double squares = 0.0;
  for (std::size_t g = 0; g < size(); ++g) {
    const double d = phase_difference(static_cast<double>(g) / n, result.mean);
    squares += density[g] * d * d;
  }
  result.standard_deviation = std::sqrt(squares);
  result.holevo_variance = 1.0 / std::norm(direction) - 1.0;

  std::vector<std::size_t> order(size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return density[a] != density[b] ? density[a] > density[b] : a < b;
  });
  std::vector<bool> inside(size());
  double mass = 0.0;
  for (const std::size_t g : order) {
    if (mass >= level) break;
    inside[g] = true;
    mass += density[g];
  }
  result.intervals = arcs(inside);
  return result;
}

unsigned grid_bits(double squared_powers) {
  const double deviation = 1.0 / (2.0 * std::numbers::pi * std::sqrt(squared_powers));
  return std::max(kLeastBits, static_cast<unsigned>(std::ceil(std::log2(8.0 / deviation))));
}

}  // namespace quanta::quantum
