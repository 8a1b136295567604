#include "services/moments/moments.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "services/moments/views_file.h"
#include "statistics/black_litterman.h"
#include "statistics/expected_returns.h"
#include "statistics/returns.h"

namespace quanta::services {
namespace {

/// An engine speaks of "returns" and "covariance"; the caller gave prices.
std::unexpected<Error> of_prices(Error error) {
  if (error.field == "returns" || error.field == "covariance") error.field = "prices";
  return std::unexpected(std::move(error));
}

/// Keeps `wanted` of the moments, in that order; all where nothing is wanted.
Result<LoadedMoments> select(LoadedMoments loaded, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return loaded;
  LoadedMoments chosen;
  chosen.input = loaded.input;
  chosen.covariance = Matrix(wanted.size(), wanted.size());
  std::vector<std::size_t> from;
  const std::vector<std::string_view> known(loaded.assets.begin(), loaded.assets.end());
  for (const std::string& name : wanted) {
    const auto found = std::ranges::find(loaded.assets, name);
    if (found == loaded.assets.end()) {
      return std::unexpected(unknown_word("assets", name, known));
    }
    if (std::ranges::find(chosen.assets, name) != chosen.assets.end()) {
      return bad_input("assets", fmt::format("{} stands twice", name));
    }
    from.push_back(static_cast<std::size_t>(found - loaded.assets.begin()));
    chosen.assets.push_back(name);
    chosen.mean.push_back(loaded.mean[from.back()]);
  }
  for (std::size_t i = 0; i < from.size(); ++i) {
    for (std::size_t j = 0; j < from.size(); ++j) {
      chosen.covariance(i, j) = loaded.covariance(from[i], from[j]);
    }
  }
  return chosen;
}

Result<Estimate> from_file(const MomentsRequest& request, const Execution& execution) {
  const PriceRequest& prices = request.prices;
  const auto refuse = [](std::string_view field) {
    return fail(ErrorKind::kUsage, "belongs to prices, not to a file of moments",
                std::string(field));
  };
  if (prices.from) return refuse("from");
  if (prices.to) return refuse("to");
  if (prices.periods_per_year) return refuse("periods");
  if (prices.missing != MissingPolicy::kError) return refuse("missing");
  if (request.returns != ReturnsEstimator{}) return refuse("returns");
  if (request.covariance != statistics::CovarianceEstimator{}) return refuse("cov");
  QUANTA_TRY(LoadedMoments all, load_moments(request.moments_file, execution));
  QUANTA_TRY(LoadedMoments loaded, select(std::move(all), prices.assets));
  Estimate estimate;
  estimate.assets = std::move(loaded.assets);
  estimate.sample = {std::move(loaded.mean), std::move(loaded.covariance), std::nullopt};
  estimate.moments = estimate.sample;
  estimate.inputs.push_back(std::move(loaded.input));
  return estimate;
}

/// The market's return of each period; empty where none is named.
Result<std::vector<double>> market_returns(const MomentsRequest& request,
                                           const Execution& execution, Estimate& estimate) {
  if (request.market.empty()) return std::vector<double>();
  const std::vector<Date>& dates = estimate.prices->panel.dates;
  QUANTA_TRY(LoadedSeries series, load_benchmark(request.market, dates, execution));
  std::vector<double> market;
  for (std::size_t t = 1; t < series.prices.size(); ++t) {
    market.push_back(series.prices[t] / series.prices[t - 1] - 1.0);
  }
  estimate.inputs.push_back(std::move(series.input));
  std::ranges::move(series.warnings, std::back_inserter(estimate.warnings));
  return market;
}

/// The means by the method asked for; Black-Litterman changes the covariance too.
Result<void> replace_means(const MomentsRequest& request, const Execution& execution,
                           Estimate& estimate) {
  const double year = *estimate.periods_per_year;
  const auto per_year = [&](std::vector<double> mean) {
    for (double& m : mean) m *= year;
    estimate.moments.mean = std::move(mean);
  };
  switch (request.returns.method) {
    case ReturnsMethod::kMean:
      return {};
    case ReturnsMethod::kCagr: {
      auto growth = statistics::compound_annual_growth(estimate.returns, year);
      if (!growth) return of_prices(std::move(growth).error());
      estimate.moments.mean = *std::move(growth);
      return {};
    }
    case ReturnsMethod::kEma: {
      auto mean = statistics::ema_returns(estimate.returns, request.returns.span);
      if (!mean) return of_prices(std::move(mean).error());
      per_year(*std::move(mean));
      return {};
    }
    case ReturnsMethod::kJamesStein: {
      auto shrunk = statistics::james_stein_returns(estimate.returns);
      if (!shrunk) return of_prices(std::move(shrunk).error());
      per_year(std::move(shrunk->mean));
      return {};
    }
    case ReturnsMethod::kCapm: {
      QUANTA_TRY(const std::vector<double> market, market_returns(request, execution, estimate));
      auto capm = statistics::capm_returns(estimate.returns, market, request.risk_free / year);
      if (!capm) return of_prices(std::move(capm).error());
      per_year(std::move(capm->mean));
      return {};
    }
    case ReturnsMethod::kBlackLitterman: {
      QUANTA_TRY(LoadedViews views,
                 load_views(request.views_file, estimate.assets, estimate.moments.covariance));
      QUANTA_TRY(statistics::Posterior posterior, statistics::black_litterman(views.problem));
      estimate.inputs.push_back(std::move(views.input));
      estimate.moments.mean = std::move(posterior.mean);
      estimate.moments.covariance = std::move(posterior.covariance);
      return {};
    }
  }
  return {};
}

Result<Estimate> from_prices(const MomentsRequest& request, const Execution& execution) {
  Estimate estimate;
  QUANTA_TRY(estimate.prices, load_prices(request.prices, execution));
  const LoadedPrices& prices = *estimate.prices;
  estimate.assets = prices.panel.assets;
  estimate.inputs = prices.inputs;
  estimate.warnings = prices.warnings;
  estimate.periods_per_year = prices.periods_per_year;
  estimate.as_of = prices.panel.dates.back();

  auto returns = statistics::simple_returns(prices.panel.prices);
  if (!returns) return of_prices(std::move(returns).error());
  estimate.returns = *std::move(returns);
  if (estimate.returns.rows() < 2) {
    return bad_input("prices", fmt::format("{} dates give {} return; at least three dates are "
                                           "needed to estimate a covariance",
                                           prices.panel.dates.size(), estimate.returns.rows()));
  }
  auto sample = statistics::estimate_moments(estimate.returns, {});
  if (!sample) return of_prices(std::move(sample).error());
  estimate.sample = statistics::annualise(*std::move(sample), prices.periods_per_year);
  if (request.covariance == statistics::CovarianceEstimator{}) {
    estimate.moments = estimate.sample;
  } else {
    auto asked = statistics::estimate_moments(estimate.returns, request.covariance);
    if (!asked) return of_prices(std::move(asked).error());
    estimate.moments = statistics::annualise(*std::move(asked), prices.periods_per_year);
  }
  QUANTA_CHECK(replace_means(request, execution, estimate));
  return estimate;
}

/// What a singular covariance means and what shrinkage would do about it.
Result<void> warn_where_singular(Estimate& estimate) {
  const auto rank = statistics::covariance_rank(estimate.moments.covariance);
  if (!rank) return of_prices(rank.error());
  if (!rank->singular) return {};
  const std::size_t n = estimate.assets.size();
  const std::size_t periods = estimate.returns.rows();
  std::string warning =
      fmt::format("the covariance of these {} assets is singular (rank {})", n, rank->rank);
  if (periods > 0 && n > periods - 1) {
    warning += fmt::format(": {} returns determine at most rank {}", periods, periods - 1);
  }
  warning +=
      "; some mixes of the assets show no risk at all, so that the answer is exact for "
      "these moments, but its weights need not be the only ones and rest on chance";
  if (periods > 0) {
    const statistics::CovarianceEstimator shrunk{
        .method = statistics::CovarianceMethod::kLedoitWolfIdentity};
    if (const auto cure = statistics::estimate_covariance(estimate.returns, shrunk);
        cure && cure->shrinkage) {
      warning += fmt::format(
          "; --cov ledoit-wolf-identity would mix in {:.1f} % of a multiple of the identity, which "
          "makes it regular",
          100 * *cure->shrinkage);
    }
  }
  estimate.warnings.push_back(std::move(warning));
  return {};
}

}  // namespace

Result<ReturnsEstimator> parse_returns_estimator(std::string_view text, std::string_view field) {
  const std::size_t colon = text.find(':');
  ReturnsEstimator estimator;
  QUANTA_TRY(estimator.method, parse_enum<ReturnsMethod>(text.substr(0, colon), field));
  if (colon == std::string_view::npos) return estimator;
  const std::string_view number = text.substr(colon + 1);
  if (estimator.method != ReturnsMethod::kEma) {
    return bad_input(field, fmt::format("\"{}\": only ema takes a parameter, as in ema:500", text));
  }
  const char* const end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, estimator.span);
  if (parsed.ec != std::errc{} || parsed.ptr != end || !(estimator.span >= 1.0)) {
    return bad_input(field, fmt::format("\"{}\": the span \"{}\" is not a number of periods, at "
                                        "least 1, as in ema:500",
                                        text, number));
  }
  return estimator;
}

std::string returns_estimator_text(const ReturnsEstimator& estimator) {
  const std::string_view name = quanta::to_text(estimator.method);
  return estimator.method == ReturnsMethod::kEma ? fmt::format("{}:{}", name, estimator.span)
                                                 : std::string(name);
}

Result<Estimate> estimate_moments(const MomentsRequest& request, const Execution& execution) {
  const bool from_moments = !request.moments_file.empty();
  if (from_moments && !request.prices.files.empty()) {
    return fail(ErrorKind::kUsage, "prices and a file of moments exclude each other; give one",
                "moments");
  }
  if (!from_moments && request.prices.files.empty()) {
    return fail(ErrorKind::kUsage, "prices (or a file of moments) must be given", "prices");
  }
  const ReturnsMethod method = request.returns.method;
  if ((method == ReturnsMethod::kBlackLitterman) != !request.views_file.empty()) {
    return fail(ErrorKind::kUsage, "bl needs a file of views, and only bl takes one", "views");
  }
  if (method != ReturnsMethod::kCapm && !request.market.empty()) {
    return fail(ErrorKind::kUsage, "only capm returns are measured against a market", "market");
  }
  QUANTA_TRY(Estimate estimate,
             from_moments ? from_file(request, execution) : from_prices(request, execution));
  QUANTA_CHECK(warn_where_singular(estimate));
  return estimate;
}

Result<statistics::Moments> moments_of(const MomentsRequest& request, const Matrix& returns,
                                       double periods_per_year) {
  if (request.returns.method == ReturnsMethod::kBlackLitterman) {
    return fail(ErrorKind::kUsage, "bl rests on views, not on returns alone", "returns");
  }
  if (!request.market.empty()) {
    return fail(ErrorKind::kUsage, "its returns do not belong to these of the assets", "market");
  }
  auto asked = statistics::estimate_moments(returns, request.covariance);
  if (!asked) return of_prices(std::move(asked).error());
  Estimate estimate;
  estimate.returns = returns;
  estimate.periods_per_year = periods_per_year;
  estimate.moments = statistics::annualise(*std::move(asked), periods_per_year);
  QUANTA_CHECK(replace_means(request, {}, estimate));
  return std::move(estimate.moments);
}

Provenance begin_provenance(const Run& run, const Estimate& estimate, std::string_view method) {
  Provenance provenance = begin_provenance(run, method);
  provenance.inputs = estimate.inputs;
  provenance.warnings = estimate.warnings;
  if (estimate.as_of) provenance.as_of = to_text(*estimate.as_of);
  return provenance;
}

Result<MomentsDocument> moments(const MomentsRequest& request, const Run& run) {
  QUANTA_TRY(Estimate estimate, estimate_moments(request, run.execution));
  auto correlation = statistics::correlation(estimate.moments.covariance);
  if (!correlation) return of_prices(std::move(correlation).error());
  MomentsDocument document;
  document.assets = std::move(estimate.assets);
  document.periods_per_year = estimate.periods_per_year;
  document.periods = estimate.returns.rows();
  document.mean = std::move(estimate.moments.mean);
  document.covariance = std::move(estimate.moments.covariance);
  document.correlation = *std::move(correlation);
  document.shrinkage = estimate.moments.shrinkage;
  document.provenance = begin_provenance(
      run, estimate,
      request.moments_file.empty()
          ? fmt::format("{} returns, {} covariance", returns_estimator_text(request.returns),
                        statistics::to_text(request.covariance))
          : "as given");
  return document;
}

}  // namespace quanta::services
