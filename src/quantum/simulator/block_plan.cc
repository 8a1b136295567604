#include "quantum/simulator/block_plan.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <utility>

#include "quantum/simulator/bits.h"
#include "quantum/simulator/sweep_compiler.h"
#include "quantum/simulator/window_choice.h"

namespace quanta::quantum {
namespace {

/// So far ahead elements are looked at, and so many a sweep may have.
constexpr std::size_t kHorizon = 4096;

unsigned count(std::uint64_t mask) { return static_cast<unsigned>(std::popcount(mask)); }

constexpr unsigned kNowhere = ~0U;

}  // namespace

template <class Real>
Planner<Real>::Planner(ElementList list, unsigned n_qubits, std::uint64_t zero,
                       const PlanSizes& sizes)
    : list_(std::move(list)),
      n_qubits_(n_qubits),
      sizes_(sizes),
      pending_(n_qubits),
      waiting_(list_.elements.size()),
      position_(n_qubits),
      home_(n_qubits),
      zero_(zero),
      always_(sizes.paired ? bit(n_qubits - 1) : 0),
      factor_(list_.factor) {
  assert(n_qubits >= sizes.lane_bits + sizes.register_bits && n_qubits >= list_.place.size());
  sizes_.local_bits = std::min(sizes.local_bits, n_qubits);
  for (std::uint32_t i = 0; i < waiting_.size(); ++i) waiting_[i] = i;
  for (unsigned q = 0; q < n_qubits; ++q) position_[q] = home_[q] = q;
  for (unsigned q = 0; q < list_.place.size(); ++q) home_[list_.place[q]] = q;
  if (sizes_.paired) plan_pair();
}

template <class Real>
double Planner<Real>::progress() const {
  return list_.elements.empty()
             ? 1.0
             : static_cast<double>(n_taken_) / static_cast<double>(list_.elements.size());
}

template <class Real>
bool Planner<Real>::whole_is_next() const {
  return !waiting_.empty() && list_.elements[waiting_.front()].kind == Element::Kind::kWhole;
}

/// The qubits at the lowest positions.
template <class Real>
std::uint64_t Planner<Real>::at_low_positions(unsigned n) const {
  std::uint64_t result = 0;
  for (unsigned q = 0; q < n_qubits_; ++q) {
    if (position_[q] < n) result |= bit(q);
  }
  return result;
}

template <class Real>
std::uint64_t Planner<Real>::first_window() const {
  const auto first = std::find_if(planned_.rbegin(), planned_.rend(),
                                  [](const Window& window) { return !window.whole; });
  return first == planned_.rend() ? 0 : first->qubits & ~always_;
}

template <class Real>
bool Planner<Real>::in_place() const {
  if (end_window_ == 0) return position_ == home_;
  return (at_low_positions(sizes_.contiguous_bits) & ~end_window_) == 0;
}

/// Qubits that are not where they have to be at the end, and those that stand in their places.
template <class Real>
std::uint64_t Planner<Real>::away_from_home() const {
  if (end_window_ != 0) return end_window_;
  std::uint64_t result = 0;
  for (unsigned q = 0; q < n_qubits_; ++q) {
    if (position_[q] != home_[q] || home_[q] < sizes_.contiguous_bits) result |= bit(q);
  }
  return result;
}

/// Chooses a window with keep_count qubits of keep_from and takes its elements.
template <class Real>
auto Planner<Real>::choose_window(std::uint64_t keep_from, unsigned keep_count) -> Window {
  const std::span<const std::uint32_t> ids =
      std::span(waiting_).first(std::min(waiting_.size(), kHorizon));
  Window window;
  window.qubits = choose_set(list_.elements, ids,
                             {.universe = low_bits(n_qubits_),
                              .size = sizes_.local_bits,
                              .keep_from = keep_from & ~always_,
                              .keep_count = keep_count,
                              .prefer = away_from_home(),
                              .always = always_});
  Gatekeeper gate(window.qubits);
  std::vector<std::uint32_t> left;
  left.reserve(waiting_.size());
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const Element& element = list_.elements[waiting_[i]];
    if (i < kHorizon && gate.admit(element, element.kind != Element::Kind::kWhole)) {
      window.elements.push_back(waiting_[i]);
    } else {
      left.push_back(waiting_[i]);
    }
  }
  waiting_ = std::move(left);
  n_taken_ += window.elements.size();
  return window;
}

/// A window without elements in which qubits can be brought home.
template <class Real>
auto Planner<Real>::window_for_places() -> Window {
  std::vector<unsigned> qubit_at(n_qubits_);
  for (unsigned q = 0; q < n_qubits_; ++q) qubit_at[position_[q]] = q;
  std::uint64_t qubits = at_low_positions(sizes_.contiguous_bits) | always_;
  for (unsigned q = 0; end_window_ != 0 && q < n_qubits_; ++q) {
    if (count(qubits) < sizes_.local_bits) qubits |= end_window_ & bit(q);
  }
  // Whoever stands on the place of a member that is not at home comes along.
  for (bool grown = true; grown;) {
    grown = false;
    for (unsigned q = 0; q < n_qubits_ && count(qubits) < sizes_.local_bits; ++q) {
      const std::uint64_t other = bit(qubit_at[home_[q]]);
      if ((qubits & bit(q)) != 0 && (qubits & other) == 0) {
        qubits |= other;
        grown = true;
      }
    }
    for (unsigned q = 0; q < n_qubits_ && !grown && count(qubits) < sizes_.local_bits; ++q) {
      if ((qubits & bit(q)) == 0 && position_[q] != home_[q]) {
        qubits |= bit(q);
        grown = true;
      }
    }
  }
  for (unsigned q = 0; q < n_qubits_ && count(qubits) < sizes_.local_bits; ++q) qubits |= bit(q);
  return {.qubits = qubits, .elements = {}};
}

/// Chooses all windows of a pair, the last one first: a circuit that begins with |0…0> has blocks
/// of zeros until the windows have reached all qubits, and there the way back ends. Blocks that are
/// zero in psi need no phi either, nothing behind them mixing their qubits.
template <class Real>
void Planner<Real>::plan_pair() {
  std::ranges::reverse(waiting_);
  std::uint64_t before = 0;
  const auto add = [&](Window window) {
    for (const std::uint32_t id : window.elements) zero_ &= ~list_.elements[id].mixed;
    window.zero = zero_;
    std::ranges::reverse(window.elements);
    planned_.push_back(std::move(window));
  };
  while (!waiting_.empty()) {
    if (whole_is_next()) {
      add({.elements = {waiting_.front()}, .whole = true});
      waiting_.erase(waiting_.begin());
      continue;
    }
    const unsigned keep = before == 0 ? 0 : std::min(sizes_.contiguous_bits, sizes_.local_bits);
    Window window = choose_window(before, keep);
    before = window.qubits;
    add(std::move(window));
  }
  leave_out_what_is_not_read();
}

/// In planned_, the first to run being the last. What brings psi to |0>, where a later window
/// counts on it, stays.
template <class Real>
void Planner<Real>::leave_out_what_is_not_read() {
  std::uint64_t mixed = 0;  // by elements that are kept
  std::uint64_t watched = 0;
  std::uint64_t zero = 0;
  for (Window& window : planned_) {
    std::vector<std::uint32_t> kept;
    for (std::size_t i = window.elements.size(); i-- > 0;) {
      const Element& e = list_.elements[window.elements[i]];
      const bool matters = (e.mixed & (mixed | watched | zero)) != 0 || (e.watched & mixed) != 0;
      if (e.kind != Element::Kind::kRead && !matters) continue;
      mixed |= e.mixed;
      watched |= e.watched;
      kept.push_back(window.elements[i]);
    }
    std::ranges::reverse(kept);
    window.elements = std::move(kept);
    if (mixed != 0 || watched != 0) zero |= window.zero;
  }
  const auto first =
      std::ranges::find_if(planned_, [](const Window& window) { return !window.elements.empty(); });
  planned_.erase(planned_.begin(), first);
  std::erase_if(planned_, [](const Window& w) { return w.whole && w.elements.empty(); });
}

template <class Real>
auto Planner<Real>::next_of_pair() -> Step {
  if (planned_.empty()) return std::nullopt;
  const Window window = std::move(planned_.back());
  planned_.pop_back();
  if (window.whole) return whole_step(list_.elements[window.elements.front()]);
  const auto next = std::find_if(planned_.rbegin(), planned_.rend(),
                                 [](const Window& other) { return !other.whole; });
  const bool whole_follows = !planned_.empty() && planned_.back().whole;
  return compile(window, next == planned_.rend() ? std::nullopt : std::optional(*next),
                 whole_follows);
}

template <class Real>
std::optional<std::variant<Sweep<Real>, WholeStep>> Planner<Real>::next() {
  if (sizes_.paired) return next_of_pair();
  const unsigned keep = std::min(sizes_.contiguous_bits, sizes_.local_bits);
  if (!window_ && whole_is_next()) {
    const Element& element = list_.elements[waiting_.front()];
    // What is prepared was |0…0>, where no phase shows; a permutation would carry phases along.
    if (list_.operations[element.index].gate == Gate::kStatePreparation) {
      (void)pending_.take(element.mixed);
    }
    if (!pending_.involves(element.mixed)) return take_whole();
    const Window flush{.qubits = window_for_places().qubits, .elements = {}};
    return compile(flush, std::nullopt, true);
  }
  if (!window_) {
    if (!waiting_.empty()) {
      window_ = choose_window(at_low_positions(sizes_.contiguous_bits), keep);
    } else if (!in_place() || pending_.involves(low_bits(n_qubits_)) || factor_ != Amplitude(1.0)) {
      window_ = window_for_places();
    } else {
      return std::nullopt;
    }
  }
  const Window window = *std::exchange(window_, std::nullopt);
  if (!waiting_.empty() && !whole_is_next()) {
    window_ = choose_window(window.qubits, keep);
  }
  if (!window_ && waiting_.empty() && end_window_ != 0) {
    return compile(window, Window{.qubits = end_window_}, true);
  }
  return compile(window, window_, !window_);
}

template <class Real>
WholeStep Planner<Real>::take_whole() {
  const Element& element = list_.elements[waiting_.front()];
  waiting_.erase(waiting_.begin());
  ++n_taken_;
  zero_ &= ~element.mixed;
  return whole_step(element);
}

template <class Real>
WholeStep Planner<Real>::whole_step(const Element& element) const {
  return {.operation = list_.operations[element.index], .position = position_};
}

/// Compiles the sweep of a window and moves qubits for the next one.
template <class Real>
Sweep<Real> Planner<Real>::compile(const Window& window, const std::optional<Window>& next,
                                   bool last) {
  SweepCompiler<Real> compiler(list_, pending_, position_, window.qubits, always_, sizes_.lane_bits,
                               sizes_.register_bits);
  compiler.apply(window.elements);
  if (last) compiler.apply_pending(low_bits(n_qubits_));

  const std::uint64_t zero = sizes_.paired ? window.zero : zero_;
  std::uint64_t zero_blocks = 0;
  {
    std::vector<unsigned> outer;
    for (unsigned p = 0; p < n_qubits_; ++p) {
      for (unsigned q = 0; q < n_qubits_; ++q) {
        if (position_[q] != p || (window.qubits & bit(q)) != 0) continue;
        if ((zero & bit(q)) != 0) zero_blocks |= std::uint64_t{1} << outer.size();
        outer.push_back(p);
      }
    }
  }
  for (const std::uint32_t id : window.elements) zero_ &= ~list_.elements[id].mixed;

  // The low positions: what the next window shares with this one, its first tile's qubits first; at
  // the end, who is at home there.
  std::vector<unsigned> taken_by(n_qubits_, kNowhere);  // of each position of the window
  std::vector<unsigned> moved(n_qubits_, kNowhere);
  for (unsigned q = 0; q < n_qubits_; ++q) {
    if ((window.qubits & bit(q)) == 0) taken_by[position_[q]] = moved[q] = position_[q];
  }
  for (unsigned q = 0; q < n_qubits_; ++q) {
    if (moved[q] != kNowhere) taken_by[moved[q]] = q;
  }
  const auto put = [&](unsigned q, unsigned p) {
    if (moved[q] != kNowhere || taken_by[p] != kNowhere) return;
    moved[q] = p;
    taken_by[p] = q;
  };
  const auto each_of = [&](std::uint64_t set, const auto& visit) {
    for (; set != 0; set &= set - 1) visit(static_cast<unsigned>(std::countr_zero(set)));
  };
  each_of(always_, [&](unsigned q) { put(q, position_[q]); });
  const std::vector<unsigned> lanes = compiler.lane_qubits();
  if (next) {
    const std::uint64_t shared = window.qubits & next->qubits;
    const std::uint64_t first_tile = choose_set(
        list_.elements,
        std::span(next->elements).first(std::min<std::size_t>(next->elements.size(), 512)),
        {.universe = next->qubits,
         .size = sizes_.lane_bits + sizes_.register_bits,
         .keep_from = shared & ~always_,
         .keep_count = sizes_.lane_bits,
         .tiles = true,
         .always = always_});
    const auto fill = [&](std::uint64_t from, unsigned below) {
      // Who lies in a lane, or in a low place, stays.
      for (unsigned l = 0; l < lanes.size(); ++l) {
        if ((from & bit(lanes[l])) != 0) put(lanes[l], l);
      }
      each_of(from, [&](unsigned q) {
        if (position_[q] < below) put(q, position_[q]);
      });
      each_of(from, [&](unsigned q) {
        for (unsigned p = 0; p < below && moved[q] == kNowhere; ++p) put(q, p);
      });
    };
    fill(shared & first_tile, sizes_.lane_bits);
    fill(shared, std::min(sizes_.contiguous_bits, sizes_.local_bits));
  }
  each_of(window.qubits, [&](unsigned q) {
    if (!next || home_[q] >= sizes_.contiguous_bits) put(q, home_[q]);
  });
  each_of(window.qubits, [&](unsigned q) { put(q, position_[q]); });
  each_of(window.qubits, [&](unsigned q) {
    for (unsigned p = 0; p < n_qubits_ && moved[q] == kNowhere; ++p) put(q, p);
  });
  compiler.arrange_lanes(std::span(taken_by).first(sizes_.lane_bits));
  position_ = std::move(moved);
  const Amplitude factor = last ? std::exchange(factor_, 1.0) : 1.0;
  Sweep<Real> sweep = std::move(compiler).finish(position_, factor);
  sweep.zero_blocks = zero_blocks;
  sweep.writes_back = !sizes_.paired || !planned_.empty();
  return sweep;
}

template class Planner<float>;
template class Planner<double>;

}  // namespace quanta::quantum
