#include "quantum/algorithm/ansatz.h"

#include <bit>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "quantum/algorithm/observable_check.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMaxLayers = 1000;
constexpr std::size_t kMaxParameters = 10'000;
constexpr std::size_t kMaxOperations = 1'000'000;

using Pair = std::pair<unsigned, unsigned>;

std::vector<Pair> pairs_of(unsigned n, Entanglement entanglement) {
  std::vector<Pair> pairs;
  if (entanglement == Entanglement::kFull) {
    for (unsigned i = 0; i < n; ++i) {
      for (unsigned j = i + 1; j < n; ++j) pairs.emplace_back(i, j);
    }
    return pairs;
  }
  for (unsigned i = 0; i + 1 < n; ++i) pairs.emplace_back(i, i + 1);
  if (entanglement == Entanglement::kCircular && n > 2) pairs.emplace_back(n - 1, 0);
  return pairs;
}

/// A circuit that names its parameters itself.
struct Builder {
  explicit Builder(unsigned n) : circuit(n) {}
  Angle next() { return circuit.parameter("theta" + std::to_string(circuit.parameters().size())); }
  Circuit circuit;
};

bool commute(const PauliString& a, const PauliString& b) {
  return (std::popcount(a.x & b.z) + std::popcount(a.z & b.x)) % 2 == 0;
}

/// Terms that commute pairwise, each in the first group that takes it; the identity in none.
std::vector<std::vector<PauliTerm>> commuting_groups(const PauliSum& hamiltonian) {
  std::vector<std::vector<PauliTerm>> groups;
  for (const PauliTerm& term : hamiltonian.terms) {
    if (term.string == PauliString{} || term.coefficient == 0.0) continue;
    auto fits = groups.begin();
    for (; fits != groups.end(); ++fits) {
      bool all = true;
      for (const PauliTerm& other : *fits) all = all && commute(term.string, other.string);
      if (all) break;
    }
    if (fits == groups.end()) fits = groups.insert(groups.end(), std::vector<PauliTerm>{});
    fits->push_back(term);
  }
  return groups;
}

/// exp(-i angle/2 P) on the qubits that P acts on.
void add_exponential(Circuit& circuit, const PauliString& string, const Angle& angle) {
  std::string letters;
  std::vector<unsigned> qubits;
  const std::string all = to_text(string, circuit.n_qubits());
  for (unsigned q = 0; q < circuit.n_qubits(); ++q) {
    const char letter = all[circuit.n_qubits() - 1 - q];
    if (letter == 'I') continue;
    letters.insert(letters.begin(), letter);
    qubits.push_back(q);
  }
  (void)circuit.pauli_exponential(std::move(letters), angle, std::move(qubits));
}

/// exp(theta (T - T^+)) for T = product of a^+ over `to` and a over `from`, all different, `from`
/// below `to`, both rising, one or two of each. With a = (X + iY)/2 and a chain of Z below each,
/// T - T^+ is a sum of commuting strings: letters X and Y on the named qubits with an odd number of
/// Y, and Z between the two of a pair (of `from` and of `to`; for one each, between them).
void add_excitation(Circuit& circuit, const std::vector<unsigned>& from,
                    const std::vector<unsigned>& to, const Angle& theta) {
  std::vector<unsigned> named = from;
  named.insert(named.end(), to.begin(), to.end());
  PauliString chain;
  const auto between = [&](unsigned low, unsigned high) {
    for (unsigned q = low + 1; q < high; ++q) chain.z |= std::uint64_t{1} << q;
  };
  if (from.size() == 1) {
    between(from[0], to[0]);
  } else {
    between(from[0], from[1]);
    between(to[0], to[1]);
  }
  for (unsigned ys = 0; ys < 1U << named.size(); ++ys) {
    if (std::popcount(ys) % 2 == 0) continue;
    // Each Y carries i in an a and -i in an a^+; the factor of the string in T is that product over
    // 2^letters, and T - T^+ keeps twice its imaginary part.
    int quarters = 0;
    PauliString string = chain;
    for (std::size_t j = 0; j < named.size(); ++j) {
      string.x |= std::uint64_t{1} << named[j];
      if ((ys >> j & 1) == 0) continue;
      string.z |= std::uint64_t{1} << named[j];
      quarters += j < from.size() ? 1 : 3;
    }
    const double imaginary = (quarters % 4 == 1 ? 1.0 : -1.0) / (1U << named.size());
    // exp(theta 2i Im P) = exp(-i (-4 Im theta) P/2).
    add_exponential(circuit, string, (-4.0 * imaginary) * theta);
  }
}

/// `layers` times `per_layer` parameters and operations may be made.
Result<void> check_size(double layers, double parameters, double operations) {
  if (layers * parameters > kMaxParameters || layers * operations > kMaxOperations) {
    return bad_input(
        "ansatz",
        fmt::format("{:.3g} parameters in {:.3g} operations: at most {} and {} are "
                    "possible",
                    layers * parameters, layers * operations, kMaxParameters, kMaxOperations));
  }
  return {};
}

Circuit hardware_efficient(unsigned n, const AnsatzOptions& options,
                           const std::vector<Pair>& pairs) {
  Builder b(n);
  for (unsigned q = 0; q < n; ++q) b.circuit.ry(b.next(), q);
  for (unsigned layer = 0; layer < options.layers; ++layer) {
    for (const auto& [i, j] : pairs) {
      options.entangler == Entangler::kCx ? b.circuit.cx(i, j) : b.circuit.cz(i, j);
    }
    for (unsigned q = 0; q < n; ++q) b.circuit.ry(b.next(), q);
    if (options.form == AnsatzForm::kRyRz) {
      for (unsigned q = 0; q < n; ++q) b.circuit.rz(b.next(), q);
    }
  }
  return b.circuit;
}

Circuit hamiltonian_layers(unsigned n, const AnsatzOptions& options,
                           const std::vector<std::vector<PauliTerm>>& groups) {
  Builder b(n);
  for (unsigned q = 0; q < n; ++q) {
    if (!options.weight) b.circuit.h(q);
    if (options.weight && q < *options.weight) b.circuit.x(q);
  }
  for (unsigned layer = 0; layer < options.layers; ++layer) {
    for (const auto& group : groups) {
      const Angle theta = b.next();
      for (const PauliTerm& term : group) {
        add_exponential(b.circuit, term.string, (2.0 * term.coefficient) * theta);
      }
    }
  }
  return b.circuit;
}

Circuit givens_layers(unsigned n, const AnsatzOptions& options, const std::vector<Pair>& pairs) {
  Builder b(n);
  for (unsigned k = 0; k < *options.weight; ++k) b.circuit.x(k * n / *options.weight);
  for (unsigned layer = 0; layer < options.layers; ++layer) {
    for (const auto& [i, j] : pairs) {
      // b = pi/2 makes the exchange real: 01 -> c 01 + s 10.
      b.circuit.add(Gate::kXxPlusYy, {i, j}, {b.next(), std::numbers::pi / 2});
    }
  }
  return b.circuit;
}

Circuit coupled_cluster(unsigned n, const AnsatzOptions& options) {
  const unsigned k = *options.weight;
  Builder b(n);
  for (unsigned q = 0; q < k; ++q) b.circuit.x(q);
  for (unsigned layer = 0; layer < options.layers; ++layer) {
    for (unsigned i = 0; i < k; ++i) {
      for (unsigned a = k; a < n; ++a) add_excitation(b.circuit, {i}, {a}, b.next());
    }
    for (unsigned i = 0; i < k; ++i) {
      for (unsigned j = i + 1; j < k; ++j) {
        for (unsigned a = k; a < n; ++a) {
          for (unsigned c = a + 1; c < n; ++c) {
            add_excitation(b.circuit, {i, j}, {a, c}, b.next());
          }
        }
      }
    }
  }
  return b.circuit;
}

}  // namespace

Result<Circuit> make_ansatz(const PauliSum& hamiltonian, const AnsatzOptions& options) {
  QUANTA_CHECK(check_observable(hamiltonian));
  const unsigned n = hamiltonian.n_qubits;
  if (options.layers == 0 || options.layers > kMaxLayers) {
    return bad_input("layers",
                     fmt::format("{} layers: 1 to {} are possible", options.layers, kMaxLayers));
  }
  const bool keeps_weight =
      options.form == AnsatzForm::kGivens || options.form == AnsatzForm::kUccsd;
  if (options.weight && !keeps_weight && options.form != AnsatzForm::kHamiltonian) {
    return bad_input("weight", fmt::format("the ansatz \"{}\" does not keep the number of ones",
                                           quanta::to_text(options.form)));
  }
  if (keeps_weight && !options.weight) {
    return bad_input("weight", fmt::format("the ansatz \"{}\" needs the number of ones",
                                           quanta::to_text(options.form)));
  }
  if (options.weight &&
      (*options.weight > n || (keeps_weight && (*options.weight == 0 || *options.weight == n)))) {
    return bad_input("weight", fmt::format("{} ones among {} qubits: {}", *options.weight, n,
                                           *options.weight > n ? "there are not so many"
                                                               : "there is only one such state"));
  }
  const double layers = options.layers;
  switch (options.form) {
    case AnsatzForm::kRy:
    case AnsatzForm::kRyRz: {
      const std::vector<Pair> pairs = pairs_of(n, options.entanglement);
      const double angles = options.form == AnsatzForm::kRy ? n : 2 * n;
      QUANTA_CHECK(check_size(layers, angles, angles + static_cast<double>(pairs.size())));
      return hardware_efficient(n, options, pairs);
    }
    case AnsatzForm::kHamiltonian: {
      const auto groups = commuting_groups(hamiltonian);
      if (groups.empty()) {
        return bad_input("observable", "is the identity: there are no terms to turn by");
      }
      QUANTA_CHECK(check_size(layers, static_cast<double>(groups.size()),
                              static_cast<double>(hamiltonian.terms.size())));
      return hamiltonian_layers(n, options, groups);
    }
    case AnsatzForm::kGivens: {
      const std::vector<Pair> pairs = pairs_of(n, options.entanglement);
      QUANTA_CHECK(
          check_size(layers, static_cast<double>(pairs.size()), static_cast<double>(pairs.size())));
      return givens_layers(n, options, pairs);
    }
    case AnsatzForm::kUccsd:
      break;
  }
  const double k = *options.weight;
  const double singles = k * (n - k);
  const double doubles = k * (k - 1) / 2 * (n - k) * (n - k - 1) / 2;
  QUANTA_CHECK(check_size(layers, singles + doubles, 2 * singles + 8 * doubles));
  return coupled_cluster(n, options);
}

}  // namespace quanta::quantum
