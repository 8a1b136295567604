/// The returns that lie far outside their neighbours.
///
///   JumpSearch search(returns, 250, 8);
///   search.find([&](std::size_t i) { … search.deviations(i) … });
///
/// The neighbours of return i are those of the m + 1 returns around it (m = `neighbours`, half
/// before and half after; at the ends of the series the first or last m + 1), less itself. It is a
/// jump where
///   |r[i] - median| > limit x scale,   scale = 1.4826 MAD,
/// or 1.2533 x mean absolute deviation where the MAD (median absolute deviation from the median)
/// is 0. Source: Leys et al. 2013, doi 10.1016/j.jesp.2013.03.013.
///
/// The answer is that of the definition, but most returns cost a few operations. Thresholds around
/// a guessed centre are compared with each return once, and counted by blocks. From the blocks
/// that lie inside the window of every return of a block follows that the neighbours' median is
/// near the centre and that their MAD is not small: what is near the centre is then no jump. What
/// this leaves open is tried with one count over its own window, and the rest is judged by an exact
/// median and counts around it.
///
/// Floor: 8 bytes read a return. Cost: about 7 ns a return of a normal distribution, 14 ns where
/// the tails are heavy (Student's t with 4 degrees), 30 ns where the volatility changes; at worst,
/// where returns take few values, below a microsecond.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace quanta::market {

class JumpSearch {
 public:
  /// `returns` have to stay as they are while the search is used; limit >= 0.
  JumpSearch(std::span<const double> returns, std::size_t neighbours, double limit);

  /// Calls found(i) for each jump in rising order. Fewer than 20 neighbours judge nobody.
  void find(const std::function<void(std::size_t)>& found);

  /// |r[i] - median| / scale, by the definition; infinite where the scale is 0. Below 1 us when
  /// called from found(i), which keeps what is known of the surroundings; else about 3 us.
  double deviations(std::size_t i);

 private:
  /// How many values of some blocks stand where, seen from the thresholds.
  struct Counts {
    std::size_t below = 0;  ///< less than centre_ - slack_
    std::size_t above = 0;  ///< more than centre_ + slack_
    std::size_t near = 0;   ///< nearer to centre_ than least_mad_
  };

  struct Middle {
    double before = 0;
    double at = 0;
    double behind = 0;
  };

  std::size_t window_of(std::size_t i) const;
  std::uint32_t compared(std::size_t block) const;
  void move_core(std::size_t begin, std::size_t end);
  bool holds() const;
  bool prove(std::size_t begin, std::size_t end);
  void guess(std::size_t first);
  bool is_cleared(std::size_t first, double distance) const;
  bool is_jump(std::size_t i, bool proven);
  void take_neighbours(std::size_t i);
  double median_of_neighbours();
  double median_between(double low, double high);
  Middle middle_of(std::span<const double> x, std::size_t k, double low, double high);

  std::span<const double> r_;
  std::size_t half_;
  double limit_;
  std::size_t m_;      ///< neighbours
  std::size_t block_;  ///< returns in a block
  double centre_ = 0;
  double mad_ = 0;  ///< of the window where centre_ was guessed
  double slack_ = 0;
  double least_mad_ = 0;
  double room_ = 0;
  std::vector<std::uint32_t> compared_;  ///< of each block of the core and before: see compared()
  std::size_t core_begin_ = 0;           ///< blocks that are in counts_
  std::size_t core_end_ = 0;
  std::size_t n_unknown_ = 0;  ///< values of a window that are outside the core
  Counts counts_;
  std::vector<double> work_;
  std::vector<double> bracket_;
};

}  // namespace quanta::market
