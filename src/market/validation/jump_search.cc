#include "market/validation/jump_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace quanta::market {
namespace {

constexpr std::size_t kLeastNeighbours = 20;
constexpr double kNormalMad = 1.4826;  // standard deviation / MAD of a normal distribution
constexpr double kNormalMeanDeviation = 1.2533;  // standard deviation / mean absolute deviation
constexpr std::size_t kMostInBlock = 4;

}  // namespace

// A block is short beside the window, so that the returns of a block share most of theirs.
JumpSearch::JumpSearch(std::span<const double> returns, std::size_t neighbours, double limit)
    : r_(returns),
      half_(std::max<std::size_t>(neighbours / 2, 1)),
      limit_(limit),
      m_(std::min(2 * half_, r_.empty() ? 0 : r_.size() - 1)),
      block_(std::clamp<std::size_t>(m_ / 60, 1, kMostInBlock)) {}

void JumpSearch::find(const std::function<void(std::size_t)>& found) {
  if (m_ < kLeastNeighbours) return;
  compared_.assign(r_.size() / block_ + 1, 0);
  guess(0);
  for (std::size_t begin = 0; begin < r_.size(); begin += block_) {
    const std::size_t end = std::min(begin + block_, r_.size());
    const bool proven = prove(begin, end);
    // A whole block lies in its own core, so that it has been compared.
    const bool all_near = compared_[begin / block_] >> 24 == 0 && end - begin == block_;
    if (proven && all_near) continue;
    for (std::size_t i = begin; i < end; ++i) {
      if (proven && std::abs(r_[i] - centre_) <= room_) continue;
      if (is_jump(i, proven)) found(i);
    }
  }
}

/// Where the window of i begins; it has m_ + 1 values.
std::size_t JumpSearch::window_of(std::size_t i) const {
  return std::min(i > half_ ? i - half_ : 0, r_.size() - (m_ + 1));
}

/// Four counts of a block in a byte each: below, above, near, and from the top byte those further
/// from centre_ than room_.
std::uint32_t JumpSearch::compared(std::size_t block) const {
  const double* const x = r_.data() + block * block_;
  const double centre = centre_;
  const double slack = slack_;
  const double least_mad = least_mad_;
  const double room = room_;
  std::uint64_t counts = 0;  // as wide as a double: compared and counted in the same lanes
  const auto count = [&](std::size_t n) {
    for (std::size_t j = 0; j < n; ++j) {
      const double d = x[j] - centre;
      const double distance = std::abs(d);
      counts += d < -slack ? std::uint64_t{1} : 0;
      counts += d > slack ? std::uint64_t{1} << 8 : 0;
      counts += distance < least_mad ? std::uint64_t{1} << 16 : 0;
      counts += distance > room ? std::uint64_t{1} << 24 : 0;
    }
  };
  if (block_ == kMostInBlock) {
    count(kMostInBlock);
  } else {
    count(block_);
  }
  return static_cast<std::uint32_t>(counts);
}

/// Moves counts_ to the blocks that lie in the windows of all of [begin, end).
void JumpSearch::move_core(std::size_t begin, std::size_t end) {
  const std::size_t from = (window_of(end - 1) + block_ - 1) / block_;
  const std::size_t to = (window_of(begin) + m_ + 1) / block_;
  for (; core_end_ < to; ++core_end_) {
    const std::uint32_t block = compared_[core_end_] = compared(core_end_);
    counts_.below += block & 0xff;
    counts_.above += block >> 8 & 0xff;
    counts_.near += block >> 16 & 0xff;
  }
  for (; core_begin_ < from; ++core_begin_) {
    const std::uint32_t block = compared_[core_begin_];
    counts_.below -= block & 0xff;
    counts_.above -= block >> 8 & 0xff;
    counts_.near -= block >> 16 & 0xff;
  }
  n_unknown_ = m_ + 1 - (core_end_ - core_begin_) * block_;
}

// A window holds one value (the return itself) more than its m neighbours; leaving it out can only
// lower the counts. While they hold, even if all that is unknown were counted too, the neighbours'
// median is within slack_ of centre_, and their median distance from centre_ is at least
// least_mad_: their MAD is then at least least_mad_ - slack_.
bool JumpSearch::holds() const {
  return counts_.below + n_unknown_ <= (m_ - 1) / 2 &&
         counts_.above + n_unknown_ <= m_ - 1 - m_ / 2 && counts_.near + n_unknown_ <= (m_ - 1) / 2;
}

/// Whether it holds for the windows of [begin, end), with new thresholds if need be.
bool JumpSearch::prove(std::size_t begin, std::size_t end) {
  move_core(begin, end);
  if (holds()) return true;
  const auto again = [&] {
    core_begin_ = core_end_ = (window_of(end - 1) + block_ - 1) / block_;
    counts_ = {};
    move_core(begin, end);
    return holds();
  };
  guess(window_of(begin));
  if (again()) return true;
  // Where returns take few values, the most frequent one can still be proven to be the median.
  slack_ = least_mad_ = room_ = 0;
  return again();
}

/// The k-th smallest of x, from 0, and the ones before and behind it (0 < k < x.size() - 1). Quick
/// where all three lie in [low, high].
JumpSearch::Middle JumpSearch::middle_of(std::span<const double> x, std::size_t k, double low,
                                         double high) {
  bracket_.resize(x.size() + 1);
  double* const bracket = bracket_.data();
  std::size_t n = 0;
  std::size_t n_below = 0;
  for (const double value : x) {
    bracket[n] = value;
    // No branches: which way they go would be chance.
    const auto is_below = static_cast<std::size_t>(value < low);
    n_below += is_below;
    n += static_cast<std::size_t>(value <= high) - is_below;
  }
  if (k <= n_below || k + 1 >= n_below + n) {
    std::ranges::copy(x, bracket_.begin());
    n = x.size();
    n_below = 0;
  }
  const auto middle = bracket_.begin() + static_cast<std::ptrdiff_t>(k - n_below);
  const auto end = bracket_.begin() + static_cast<std::ptrdiff_t>(n);
  std::nth_element(bracket_.begin(), middle, end);
  return {.before = *std::max_element(bracket_.begin(), middle),
          .at = *middle,
          .behind = *std::min_element(middle + 1, end)};
}

/// Thresholds for which it holds in the window, with room so that it lasts.
void JumpSearch::guess(std::size_t first) {
  const auto window = r_.subspan(first, m_ + 1);
  // The last guess tells where to look.
  const Middle median = middle_of(window, m_ / 2, centre_ - 0.3 * mad_, centre_ + 0.3 * mad_);
  centre_ = median.at;
  work_.clear();
  for (const double x : window) work_.push_back(std::abs(x - centre_));
  mad_ = middle_of(work_, m_ / 2, 0.85 * mad_, 1.15 * mad_).at;
  constexpr double kSlack = 0.3;  // of the MAD; what both cost and save was measured
  constexpr double kLeast = 0.65;
  // Without the return itself the median lies between its two nearest values.
  slack_ = std::max({kSlack * mad_, centre_ - median.before, median.behind - centre_});
  least_mad_ = kLeast * mad_;
  // A little less for the rounding of what it is compared with.
  room_ = (1 - 1e-9) * (limit_ * kNormalMad * (least_mad_ - slack_) - slack_) -
          4 * std::numeric_limits<double>::epsilon() * std::abs(centre_);
  if (!(room_ > 0)) slack_ = least_mad_ = room_ = 0;
}

/// Whether the neighbours' MAD is so large that this distance from centre_ is no jump.
bool JumpSearch::is_cleared(std::size_t first, double distance) const {
  const double needed = (1 + 1e-9) * ((distance + slack_) / (limit_ * kNormalMad) + slack_);
  std::uint64_t near = 0;
  for (const double x : r_.subspan(first, m_ + 1)) near += std::abs(x - centre_) < needed ? 1 : 0;
  return near <= (m_ - 1) / 2;
}

/// By counts around the exact median; by the definition itself where they leave it open.
bool JumpSearch::is_jump(std::size_t i, bool proven) {
  if (proven && is_cleared(window_of(i), std::abs(r_[i] - centre_))) return false;
  take_neighbours(i);
  const double median = median_of_neighbours();
  const double distance = std::abs(r_[i] - median);
  if (distance == 0) return false;
  const double needed = distance / (limit_ * kNormalMad);  // a jump where the MAD is less
  const double surely = (1 - 1e-9) * needed;
  const double perhaps = (1 + 1e-9) * needed;
  std::uint64_t n_surely = 0;
  std::uint64_t n_perhaps = 0;
  std::uint64_t n_equal = 0;
  for (const double x : work_) {
    const double d = std::abs(x - median);
    n_surely += d < surely ? 1 : 0;
    n_perhaps += d < perhaps ? 1 : 0;
    n_equal += d == 0 ? 1 : 0;
  }
  if (n_perhaps <= (m_ - 1) / 2) return false;
  if (n_surely > m_ / 2 && n_equal <= (m_ - 1) / 2) return true;
  return deviations(i) > limit_;
}

void JumpSearch::take_neighbours(std::size_t i) {
  const auto window = r_.subspan(window_of(i), m_ + 1);
  const auto self = window.begin() + static_cast<std::ptrdiff_t>(i - window_of(i));
  work_.assign(window.begin(), self);
  work_.insert(work_.end(), self + 1, window.end());
}

/// Of work_; quick where it is where the last guess was.
double JumpSearch::median_of_neighbours() {
  return median_between(centre_ - 0.3 * mad_, centre_ + 0.3 * mad_);
}

/// Of work_; quick where it lies in [low, high].
double JumpSearch::median_between(double low, double high) {
  const Middle middle = middle_of(work_, m_ / 2, low, high);
  return m_ % 2 == 1 ? middle.at : 0.5 * (middle.before + middle.at);
}

double JumpSearch::deviations(std::size_t i) {
  take_neighbours(i);
  const double centre = median_of_neighbours();
  for (double& x : work_) x = std::abs(x - centre);
  double scale = kNormalMad * median_between(0.85 * mad_, 1.15 * mad_);
  if (scale == 0) {
    const double sum = std::accumulate(work_.begin(), work_.end(), 0.0);
    scale = kNormalMeanDeviation * sum / static_cast<double>(m_);
  }
  const double distance = std::abs(r_[i] - centre);
  return distance == 0 ? 0 : distance / scale;
}

}  // namespace quanta::market
