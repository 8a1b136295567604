#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/algorithm/qaoa_circuit.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::bench {
namespace {

using quantum::Amplitude;
using quantum::Mixer;
using quantum::Precision;
using quantum::QaoaAnsatz;
using quantum::QaoaCircuit;

constexpr std::size_t kMemory = std::size_t{1} << 32;
constexpr std::size_t kLayers = 8;

QaoaAnsatz random_ansatz(unsigned n, Mixer mixer) {
  RandomStream random(1, "qaoa cost", n);
  QaoaAnsatz ansatz{.cost = {.linear = std::vector<double>(n), .quadratic = Matrix(n, n)},
                    .mixer = mixer};
  for (unsigned i = 0; i < n; ++i) {
    ansatz.cost.linear[i] = random.normal();
    for (unsigned j = i + 1; j < n; ++j) ansatz.cost.quadratic(i, j) = random.normal();
  }
  return ansatz;
}

struct Angles {
  std::vector<double> gammas = std::vector<double>(kLayers);
  std::vector<double> betas = std::vector<double>(kLayers);

  Angles() {
    for (std::size_t l = 0; l < kLayers; ++l) {
      gammas[l] = 0.05 * static_cast<double>(l + 1);
      betas[l] = 0.1 * static_cast<double>(kLayers - l);
    }
  }
};

/// The circuit as a textbook writes it, on all 2^n amplitudes: a sine and a cosine for each, one
/// gate after the other. The costs are at hand.
double plain_energy(unsigned n, Mixer mixer, std::vector<Amplitude> psi,
                    std::span<const double> cost, const Angles& angles) {
  for (std::size_t l = 0; l < kLayers; ++l) {
    for (std::size_t x = 0; x < psi.size(); ++x) {
      psi[x] *= std::polar(1.0, -angles.gammas[l] * cost[x]);
    }
    const double c = std::cos(angles.betas[l]);
    const Amplitude s(0.0, -std::sin(angles.betas[l]));
    const auto mix = [&](Amplitude& a, Amplitude& b) {
      const Amplitude old = a;
      a = c * a + s * b;
      b = c * b + s * old;
    };
    const auto exchange = [&](unsigned i, unsigned j) {
      const std::size_t first = std::size_t{1} << i;
      const std::size_t second = std::size_t{1} << j;
      for (std::size_t x = 0; x < psi.size(); ++x) {
        if ((x & first) != 0 && (x & second) == 0) mix(psi[x], psi[x ^ first ^ second]);
      }
    };
    if (mixer == Mixer::kX) {
      for (unsigned q = 0; q < n; ++q) {
        const std::size_t half = std::size_t{1} << q;
        for (std::size_t begin = 0; begin < psi.size(); begin += 2 * half) {
          for (std::size_t x = begin; x < begin + half; ++x) mix(psi[x], psi[x + half]);
        }
      }
    } else {
      for (unsigned q = 0; q + 1 < n; q += 2) exchange(q, q + 1);
      for (unsigned q = 1; q + 1 < n; q += 2) exchange(q, q + 1);
      exchange(n - 1, 0);
    }
  }
  double energy = 0.0;
  for (std::size_t x = 0; x < psi.size(); ++x) energy += cost[x] * std::norm(psi[x]);
  return energy;
}

bool close(double a, double b, Precision precision) {
  const double tolerance = precision == Precision::kDouble ? 1e-10 : 1e-4;
  return std::abs(a - b) <= tolerance * (1.0 + std::abs(b));
}

/// What a run of `amplitudes` moves and computes at least: a read and a write of the state a layer
/// where it does not fit a cache of 32 MB; `flops` for each amplitude and layer.
void set_floor(Row& row, const Machine& machine, double amplitudes, Precision precision,
               double flops, std::string_view flops_text) {
  const bool single = precision == Precision::kSingle;
  const double compute = static_cast<double>(kLayers) * amplitudes * flops /
                         (machine.flops_per_second * (single ? 2.0 : 1.0));
  const double bytes = amplitudes * (single ? 8.0 : 16.0);
  const double memory =
      bytes > 32e6 ? static_cast<double>(kLayers) * 2.0 * bytes / machine.copy_bytes_per_second
                   : 0.0;
  row.floor_seconds = std::max(compute, memory);
  row.floor = memory > compute ? "one read and one write of the state a layer" : flops_text;
}

Row energy_row(std::string name, const QaoaCircuit& circuit, const QaoaAnsatz& ansatz,
               const Context& context, double flops, std::string_view flops_text) {
  const Angles angles;
  const auto amplitudes = static_cast<double>(circuit.dimension());
  Row row{.name = std::move(name),
          .work = fmt::format("{} qubits, {:.0f} amplitudes, {} layers", circuit.n_qubits(),
                              amplitudes, kLayers)};
  row.seconds = minimum_seconds(
      [&] { keep(circuit.energy(angles.gammas, angles.betas, {}, context.execution)); });
  set_floor(row, context.machine, amplitudes, ansatz.precision, flops, flops_text);
  return row;
}

/// Energy and all 16 derivatives, beside central differences where they take seconds at the most.
Row gradient_row(std::string name, const QaoaCircuit& circuit, double energy_seconds,
                 const Context& context, bool differences) {
  const Angles angles;
  Row row{.name = std::move(name),
          .work = fmt::format("{} qubits, {} amplitudes, {} layers", circuit.n_qubits(),
                              circuit.dimension(), kLayers)};
  std::vector<double> gradient(2 * kLayers);
  const auto energy = [&](const Angles& at, std::span<double> out) {
    return circuit.energy(at.gammas, at.betas, out, context.execution);
  };
  row.seconds = minimum_seconds([&] { keep(energy(angles, gradient)); });
  row.floor = "three energies";
  row.floor_seconds = 3.0 * energy_seconds;
  if (!differences) return row;
  std::vector<double> expected(2 * kLayers);
  const auto central = [&] {
    for (std::size_t i = 0; i < 2 * kLayers; ++i) {
      double side[2];
      for (int s = 0; s < 2; ++s) {
        Angles at;
        (i < kLayers ? at.gammas[i] : at.betas[i - kLayers]) += s == 0 ? 1e-5 : -1e-5;
        side[s] = energy(at, {});
      }
      expected[i] = (side[0] - side[1]) / 2e-5;
    }
  };
  row.reference = "central differences of the energy";
  row.reference_seconds = minimum_seconds(central, 0.1);
  row.ratio = *row.reference_seconds / row.seconds;
  row.equal = true;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    row.equal =
        row.equal && std::abs(expected[i] - gradient[i]) < 1e-5 * (1.0 + std::abs(expected[i]));
  }
  return row;
}

}  // namespace

Result<std::vector<Row>> qaoa_x_benchmark(const Context& context) {
  constexpr std::string_view kFlops = "4 flops per amplitude and qubit, 6 per phase";
  const Angles angles;
  std::vector<Row> rows;
  for (const unsigned n : {20U, 24U}) {
    QaoaAnsatz ansatz = random_ansatz(n, Mixer::kX);
    const double flops = 4.0 * n + 6.0;
    std::optional<double> plain_seconds;
    double expected = 0.0;
    for (const Precision precision : {Precision::kDouble, Precision::kSingle}) {
      ansatz.precision = precision;
      QUANTA_TRY(const QaoaCircuit circuit,
                 QaoaCircuit::create(ansatz, kMemory, context.execution));
      const double energy = circuit.energy(angles.gammas, angles.betas, {}, context.execution);
      if (n == 20 && precision == Precision::kDouble) {
        const std::size_t size = circuit.dimension();
        std::vector<double> cost(size);
        for (std::size_t x = 0; x < size; ++x) cost[x] = circuit.cost(x);
        const std::vector<Amplitude> start(size, 1.0 / std::sqrt(static_cast<double>(size)));
        plain_seconds = minimum_seconds(
            [&] { expected = plain_energy(n, Mixer::kX, start, cost, angles); }, 0.1);
      }
      if (precision == Precision::kDouble && n != 20) expected = energy;
      Row row = energy_row(fmt::format("qaoa, X mixer, {} precision", to_text(precision)), circuit,
                           ansatz, context, flops, kFlops);
      row.equal = close(energy, expected, precision);
      if (plain_seconds) {
        row.reference = "plain loops, one gate after the other";
        row.reference_seconds = plain_seconds;
        row.ratio = *plain_seconds / row.seconds;
      }
      const double seconds = row.seconds;
      rows.push_back(std::move(row));
      if (precision == Precision::kDouble) {
        rows.push_back(
            gradient_row("qaoa, X mixer, energy and gradient", circuit, seconds, context, n == 20));
      }
    }
  }
  return rows;
}

Result<std::vector<Row>> qaoa_ring_benchmark(const Context& context) {
  constexpr std::string_view kFlops = "6 flops per amplitude that an exchange mixes, 6 per phase";
  const Angles angles;
  std::vector<Row> rows;
  // An exchange mixes 2 C(n-2, k-1) of the C(n, k) amplitudes.
  const auto flops = [](unsigned n, unsigned k) {
    const auto all = static_cast<double>(quantum::binomial(n, k));
    const double mixed = 2.0 * static_cast<double>(quantum::binomial(n - 2, k - 1));
    return 6.0 * (n * mixed / all + 1.0);
  };

  {  // beside the plain loops, on all 2^20 amplitudes
    constexpr unsigned kQubits = 20;
    constexpr unsigned kWeight = 8;
    QaoaAnsatz ansatz = random_ansatz(kQubits, Mixer::kRingXy);
    ansatz.weight = kWeight;
    QUANTA_TRY(const QaoaCircuit circuit, QaoaCircuit::create(ansatz, kMemory, context.execution));
    std::vector<Amplitude> start(std::size_t{1} << kQubits);
    std::vector<double> cost(start.size());
    for (std::size_t r = 0; r < circuit.dimension(); ++r) {
      start[circuit.basis_state(r)] = 1.0 / std::sqrt(static_cast<double>(circuit.dimension()));
      cost[circuit.basis_state(r)] = circuit.cost(r);
    }
    double expected = 0.0;
    const double plain = minimum_seconds(
        [&] { expected = plain_energy(kQubits, Mixer::kRingXy, start, cost, angles); }, 0.1);
    Row row = energy_row("qaoa, ring XY, weight 8", circuit, ansatz, context,
                         flops(kQubits, kWeight), kFlops);
    row.reference = "plain loops on all 2^20 amplitudes";
    row.reference_seconds = plain;
    row.ratio = plain / row.seconds;
    row.equal = close(circuit.energy(angles.gammas, angles.betas, {}, context.execution), expected,
                      Precision::kDouble);
    const double seconds = row.seconds;
    rows.push_back(std::move(row));
    rows.push_back(gradient_row("qaoa, ring XY, weight 8, energy and gradient", circuit, seconds,
                                context, true));
  }

  constexpr unsigned kQubits = 24;
  QaoaAnsatz ansatz = random_ansatz(kQubits, Mixer::kRingXy);
  for (const unsigned k : {4U, 12U}) {
    ansatz.weight = k;
    double expected = 0.0;
    for (const Precision precision : {Precision::kDouble, Precision::kSingle}) {
      ansatz.precision = precision;
      QUANTA_TRY(const QaoaCircuit circuit,
                 QaoaCircuit::create(ansatz, kMemory, context.execution));
      const double energy = circuit.energy(angles.gammas, angles.betas, {}, context.execution);
      if (precision == Precision::kDouble) expected = energy;
      Row row =
          energy_row(fmt::format("qaoa, ring XY, weight {}, {} precision", k, to_text(precision)),
                     circuit, ansatz, context, flops(kQubits, k), kFlops);
      row.equal = close(energy, expected, precision);
      const double seconds = row.seconds;
      rows.push_back(std::move(row));
      if (precision == Precision::kDouble) {
        rows.push_back(gradient_row(fmt::format("qaoa, ring XY, weight {}, energy and gradient", k),
                                    circuit, seconds, context, false));
      }
    }
  }

  // All 2^24 amplitudes: the mixer keeps every weight, so one after the other.
  ansatz.precision = Precision::kDouble;
  std::vector<QaoaCircuit> circuits;
  for (unsigned k = 0; k <= kQubits; ++k) {
    ansatz.weight = k;
    QUANTA_TRY(QaoaCircuit circuit, QaoaCircuit::create(ansatz, kMemory, context.execution));
    circuits.push_back(std::move(circuit));
  }
  Row row{
      .name = "qaoa, ring XY, all weights",
      .work = fmt::format("{} qubits, {} amplitudes, {} layers", kQubits, 1U << kQubits, kLayers)};
  row.seconds = minimum_seconds(
      [&] {
        for (const QaoaCircuit& circuit : circuits) {
          keep(circuit.energy(angles.gammas, angles.betas, {}, context.execution));
        }
      },
      0.1);
  set_floor(row, context.machine, std::ldexp(1.0, kQubits), Precision::kDouble,
            6.0 * (kQubits / 2.0 + 1.0), kFlops);
  row.equal = true;
  rows.push_back(std::move(row));
  return rows;
}

}  // namespace quanta::bench
