#include "quantum/simulator/window_choice.h"

#include <array>
#include <bit>
#include <cassert>
#include <vector>

namespace quanta::quantum {
namespace {

/// About how many passes over the registers an element takes.
double work(const Element& element) {
  switch (element.kind) {
    case Element::Kind::kTurn:
      return 1.0;
    case Element::Kind::kMatrix:
      return static_cast<double>(2 << std::popcount(element.mixed));
    case Element::Kind::kRead:
      return element.mixed == 0 ? 0.0 : 1.0;
    default:
      return 0.0;
  }
}

/// Neighbouring elements that mix and watch the same qubits.
struct Job {
  Element element = {};  ///< the first
  bool possible = false;
  double work = 0.0;
};

std::vector<Job> jobs_of(std::span<const Element> elements, std::span<const std::uint32_t> ids,
                         bool tiles) {
  std::vector<Job> jobs;
  for (const std::uint32_t id : ids) {
    const Element& e = elements[id];
    const bool possible = tiles ? fits_tile(e) : e.kind != Element::Kind::kWhole;
    const bool joins = !jobs.empty() && jobs.back().possible == possible &&
                       jobs.back().element.mixed == e.mixed &&
                       jobs.back().element.watched == e.watched;
    if (!joins) jobs.push_back({.element = e, .possible = possible});
    jobs.back().work += work(e);
  }
  return jobs;
}

double work_in(std::span<const Job> jobs, std::uint64_t set) {
  Gatekeeper gate(set);
  double sum = 0.0;
  for (const Job& job : jobs) {
    if (gate.admit(job.element, job.possible)) {
      sum += job.work;
    } else if (gate.closed()) {
      break;
    }
  }
  return sum;
}

}  // namespace

bool fits_tile(const Element& element) {
  switch (element.kind) {
    case Element::Kind::kPhase:
      return true;
    case Element::Kind::kTurn:
      return std::has_single_bit(element.mixed);
    case Element::Kind::kRead:
      return std::popcount(element.mixed) <= 1 && (element.watched & ~element.z) == 0;
    default:
      return false;
  }
}

std::uint64_t choose_set(std::span<const Element> elements, std::span<const std::uint32_t> ids,
                         const Choice& choice) {
  std::uint64_t set = choice.universe;
  assert(static_cast<unsigned>(std::popcount(set)) >= choice.size);
  if (static_cast<unsigned>(std::popcount(set)) == choice.size) return set;
  // Where the work does not tell, those leave that are not preferred, and of them who is needed
  // last.
  const std::vector<Job> jobs = jobs_of(elements, ids, choice.tiles);
  std::array<std::size_t, 65> first_use;  // countr_zero may be 64, for all the compiler knows
  const std::size_t never = jobs.size();
  first_use.fill(never);
  for (std::size_t i = jobs.size(); i-- > 0;) {
    for (std::uint64_t rest = jobs[i].element.mixed; rest != 0; rest &= rest - 1) {
      first_use[static_cast<std::size_t>(std::countr_zero(rest))] = i;
    }
  }
  while (static_cast<unsigned>(std::popcount(set)) > choice.size) {
    const bool keep =
        static_cast<unsigned>(std::popcount(set & choice.keep_from)) <= choice.keep_count;
    double best = -1.0;
    std::size_t best_use = 0;
    std::uint64_t best_bit = 0;
    const std::uint64_t candidates = (keep ? set & ~choice.keep_from : set) & ~choice.always;
    for (std::uint64_t rest = candidates; rest != 0; rest &= rest - 1) {
      const std::uint64_t bit = rest & -rest;
      std::size_t use = first_use[static_cast<std::size_t>(std::countr_zero(bit))];
      if ((choice.prefer & bit) == 0) use += never + 1;
      const double left = work_in(jobs, set ^ bit);
      if (left > best || (left == best && use > best_use)) {
        best = left;
        best_use = use;
        best_bit = bit;
      }
    }
    set ^= best_bit;
  }
  return set;
}

}  // namespace quanta::quantum
