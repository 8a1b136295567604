#include "cli/data_flags.h"

#include <algorithm>

#include "cli/flags.h"

namespace quanta::cli {

void add_price_flags(CLI::App& app, services::PriceRequest& request) {
  add_repeatable(app, "--prices", "FILE",
                 "prices as CSV, .gz or .zst; - is standard input; several are joined on the dates "
                 "they share",
                 [&request](std::string_view text) -> Result<void> {
                   if (text.empty()) return wrong_value("--prices", text, "a file");
                   request.files.emplace_back(text);
                   return {};
                 });
  add_date(app, "--from", "first price date", request.from);
  add_date(app, "--to", "last price date", request.to);
  add_value(app, "--assets", "A,B,...", "which assets, in the order of the answer",
            [&request](std::string_view text) -> Result<void> {
              for (std::size_t begin = 0; begin <= text.size();) {
                const std::size_t end = std::min(text.find(',', begin), text.size());
                if (end == begin) return wrong_value("--assets", text, "a list of names A,B,...");
                request.assets.emplace_back(text.substr(begin, end - begin));
                begin = end + 1;
              }
              return {};
            });
  add_value(app, "--periods", "N", "price dates in a year (default: from the dates)",
            [&request](std::string_view text) -> Result<void> {
              QUANTA_TRY(const double n, read_number(text, "--periods"));
              if (!(n > 0)) return wrong_value("--periods", text, "above 0");
              request.periods_per_year = n;
              return {};
            });
  add_choice<services::MissingPolicy>(app, "--missing", "what to do about missing prices",
                                      request.missing);
}

void add_moments_flags(CLI::App& app, services::MomentsRequest& request) {
  add_price_flags(app, request.prices);
  add_text(app, "--moments", "FILE",
           "moments instead of prices: OR-Library portN.txt, or CSV asset,mean,covariances",
           request.moments_file);
  std::string form;
  for (const auto& [method, name] : enum_names(services::ReturnsMethod{})) {
    if (!form.empty()) form += '|';
    form += name;
    if (method == services::ReturnsMethod::kEma) form += ":SPAN";
  }
  add_value(app, "--returns", form, "estimator of expected returns",
            [&request](std::string_view text) -> Result<void> {
              QUANTA_TRY(request.returns, services::parse_returns_estimator(text, "--returns"));
              return {};
            });
  add_text(app, "--views", "FILE", "views of --returns bl, as JSON", request.views_file);
  add_text(app, "--market", "FILE[:COLUMN]",
           "market of --returns capm (default: the mean of the assets)", request.market);
  form.clear();
  for (const auto& [method, name] : enum_names(statistics::CovarianceMethod{})) {
    if (!form.empty()) form += '|';
    form += name;
    if (method == statistics::CovarianceMethod::kEwma) form += ":0.94";
    if (method == statistics::CovarianceMethod::kGerber) form += ":0.5";
  }
  add_value(app, "--cov", form, "estimator of the covariance",
            [&request](std::string_view text) -> Result<void> {
              QUANTA_TRY(request.covariance, statistics::parse_covariance_estimator(text, "--cov"));
              return {};
            });
}

Result<services::AssetBounds> read_bound(std::string_view text, std::string_view flag) {
  // Names may hold a "=" of their own, such as EURUSD=X.
  const std::size_t equal = text.rfind('=');
  if (equal == std::string_view::npos || equal == 0) {
    return wrong_value(flag, text,
                       flag == "--bound" ? "of the form ASSET=LO:HI" : "of the form NAME=LO:HI");
  }
  QUANTA_TRY(const auto range, read_range(text.substr(equal + 1), flag));
  return services::AssetBounds{std::string(text.substr(0, equal)), range.first, range.second};
}

void add_bounds_flags(CLI::App& app, services::BoundsRequest& request) {
  add_value(app, "--bounds", "LO:HI|none", "of every weight (default 0:1); none: any sign and size",
            [&request](std::string_view text) -> Result<void> {
              QUANTA_TRY(request.all, read_range(text, "--bounds"));
              return {};
            });
  add_repeatable(app, "--bound", "ASSET=LO:HI", "of one asset's weight",
                 [&request](std::string_view text) -> Result<void> {
                   QUANTA_TRY(services::AssetBounds bound, read_bound(text, "--bound"));
                   request.own.push_back(std::move(bound));
                   return {};
                 });
}

void add_group_flags(CLI::App& app, const std::string& about, std::string& file,
                     std::vector<services::GroupLimit>& limits) {
  add_text(app, "--groups", "FILE", "CSV asset,group", file);
  add_repeatable(app, "--group", "NAME=LO:HI", about,
                 [&limits](std::string_view text) -> Result<void> {
                   QUANTA_TRY(const services::AssetBounds limit, read_bound(text, "--group"));
                   limits.push_back({limit.asset, limit.lower, limit.upper});
                   return {};
                 });
}

void add_risk_free(CLI::App& app, double& rate) {
  add_number(app, "--risk-free", "rate per year, simple (default 0)", rate);
}

}  // namespace quanta::cli
