#include "statistics/moments.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include <Eigen/Dense>
#include <fmt/format.h>

namespace quanta::statistics {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const RowMatrix> view(const Matrix& m) {
  return {m.data(), static_cast<Eigen::Index>(m.rows()), static_cast<Eigen::Index>(m.columns())};
}

Result<void> check_returns(const Matrix& returns, std::size_t least_rows) {
  if (returns.rows() < least_rows || returns.columns() == 0) {
    return bad_input(
        "returns",
        fmt::format("{} returns of {} assets; at least {} of one asset {} needed", returns.rows(),
                    returns.columns(), least_rows, least_rows == 1 ? "is" : "are"));
  }
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    for (std::size_t i = 0; i < returns.columns(); ++i) {
      if (std::isfinite(returns(t, i))) continue;
      return fail(
          ErrorKind::kBadInput,
          fmt::format("row {}, column {}: return {} is not finite", t + 1, i + 1, returns(t, i)),
          "returns", Place{.file = {}, .line = t + 1, .column = i + 1});
    }
  }
  return {};
}

Result<void> check_square(const Matrix& covariance) {
  if (covariance.rows() != covariance.columns() || covariance.empty()) {
    return bad_input("covariance", fmt::format("{} x {} is not a square matrix", covariance.rows(),
                                               covariance.columns()));
  }
  for (std::size_t i = 0; i < covariance.rows(); ++i) {
    for (std::size_t j = 0; j < covariance.columns(); ++j) {
      if (std::isfinite(covariance(i, j))) continue;
      return bad_input("covariance", fmt::format("row {}, column {}: {} is not finite", i + 1,
                                                 j + 1, covariance(i, j)));
    }
  }
  return {};
}

/// x'x / divisor, exactly symmetric: one triangle is computed and mirrored.
Matrix cross_product(const RowMatrix& x, double divisor) {
  const Eigen::Index n = x.cols();
  Eigen::MatrixXd product = Eigen::MatrixXd::Zero(n, n);
  product.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose(), 1.0 / divisor);
  Matrix out(static_cast<std::size_t>(n), static_cast<std::size_t>(n));
  Eigen::Map<RowMatrix>(out.data(), n, n) = product.selfadjointView<Eigen::Lower>();
  return out;
}

/// (1 - shrinkage) c + shrinkage x mean variance x identity, in place.
void shrink_to_identity(Matrix& c, double shrinkage, double mean_variance) {
  for (std::size_t i = 0; i < c.rows(); ++i) {
    for (double& value : c.row(i)) value *= 1.0 - shrinkage;
    c(i, i) += shrinkage * mean_variance;
  }
}

double trace_mean(const Matrix& c) {
  double trace = 0.0;
  for (std::size_t i = 0; i < c.rows(); ++i) trace += c(i, i);
  return trace / static_cast<double>(c.rows());
}

/// `x` are the deviations from the mean, `c` their covariance divided by T.
CovarianceEstimate ledoit_wolf_identity(const RowMatrix& x, Matrix c) {
  const double periods = static_cast<double>(x.rows());
  const double n = static_cast<double>(x.cols());
  const double mean_variance = trace_mean(c);
  const double squares = view(c).squaredNorm();
  // sum_ij sum_t x_ti^2 x_tj^2 is the sum of the fourth powers of the rows' lengths.
  const double fourth = x.rowwise().squaredNorm().array().square().sum();
  const double distance = (squares - n * mean_variance * mean_variance) / n;
  const double noise = std::min((fourth / periods - squares) / (n * periods), distance);
  const double shrinkage = noise > 0.0 ? noise / distance : 0.0;
  shrink_to_identity(c, shrinkage, mean_variance);
  return {std::move(c), shrinkage};
}

CovarianceEstimate oas(const RowMatrix& x, Matrix c) {
  const double periods = static_cast<double>(x.rows());
  const double n = static_cast<double>(x.cols());
  const double mean_variance = trace_mean(c);
  const double mean_square = view(c).squaredNorm() / (n * n);
  const double numerator = mean_square + mean_variance * mean_variance;
  const double denominator = (periods + 1.0) * (mean_square - mean_variance * mean_variance / n);
  const double shrinkage = denominator > 0.0 ? std::min(1.0, numerator / denominator) : 1.0;
  shrink_to_identity(c, shrinkage, mean_variance);
  return {std::move(c), shrinkage};
}

Result<CovarianceEstimate> ledoit_wolf_constant_correlation(const RowMatrix& x, Matrix c) {
  const std::size_t n = c.rows();
  const double periods = static_cast<double>(x.rows());
  if (n < 2) {
    return bad_input("returns",
                     "one asset has no correlation to shrink; use sample or at least two assets");
  }
  std::vector<double> deviation(n);
  for (std::size_t i = 0; i < n; ++i) {
    deviation[i] = std::sqrt(c(i, i));
    if (!(deviation[i] > 0.0)) {
      return bad_input("returns", fmt::format("column {} never moves, so that it has no "
                                              "correlation; leave it out or use another estimator",
                                              i + 1));
    }
  }
  double correlation_sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      correlation_sum += c(i, j) / (deviation[i] * deviation[j]);
    }
  }
  const double pairs = 0.5 * static_cast<double>(n) * static_cast<double>(n - 1);
  const double mean_correlation = correlation_sum / pairs;

  // pi_ij = mean_t (x_ti x_tj - c_ij)^2; theta_ij = mean_t of (x_ti^2 - c_ii)(x_ti x_tj - c_ij).
  const RowMatrix squares = x.array().square();
  const RowMatrix pi_raw = squares.transpose() * squares / periods;
  const RowMatrix theta_raw = (squares.array() * x.array()).matrix().transpose() * x / periods;
  double pi = 0.0;
  double rho = 0.0;
  double gamma = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const auto row = static_cast<Eigen::Index>(i);
      const auto column = static_cast<Eigen::Index>(j);
      const double pi_ij = pi_raw(row, column) - c(i, j) * c(i, j);
      pi += pi_ij;
      if (i == j) {
        rho += pi_ij;
        continue;
      }
      const double theta_ij = theta_raw(row, column) - c(i, i) * c(i, j);
      rho += mean_correlation * deviation[j] / deviation[i] * theta_ij;
      const double away = c(i, j) - mean_correlation * deviation[i] * deviation[j];
      gamma += away * away;
    }
  }
  // Two assets are their own target: gamma is rounding, and any shrinkage gives the same matrix.
  const bool at_target = gamma <= 1e-28 * view(c).squaredNorm();
  const double shrinkage = at_target ? 0.0 : std::clamp((pi - rho) / gamma / periods, 0.0, 1.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double target = mean_correlation * deviation[i] * deviation[j];
      c(i, j) = c(j, i) = (1.0 - shrinkage) * c(i, j) + shrinkage * target;
    }
  }
  return CovarianceEstimate{std::move(c), shrinkage};
}

Result<Matrix> ewma(const Matrix& returns, double decay) {
  if (!(decay > 0.0 && decay < 1.0)) {
    return bad_input("decay", fmt::format("{} is outside (0, 1); RiskMetrics uses 0.94", decay));
  }
  const std::size_t n_periods = returns.rows();
  const double total = -std::expm1(static_cast<double>(n_periods) * std::log(decay));
  RowMatrix weighted = view(returns);
  double weight = (1.0 - decay) / total;
  for (std::size_t t = n_periods; t-- > 0; weight *= decay) {
    weighted.row(static_cast<Eigen::Index>(t)) *= std::sqrt(weight);
  }
  return cross_product(weighted, 1.0);
}

Eigen::RowVectorXd column_means(const Matrix& returns) {
  // In time order, so that the result does not depend on how a library blocks its sums. The second
  // pass takes out what rounding left in the first.
  const auto x = view(returns);
  Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(x.cols());
  for (Eigen::Index t = 0; t < x.rows(); ++t) mean += x.row(t);
  mean /= static_cast<double>(x.rows());
  Eigen::RowVectorXd rest = Eigen::RowVectorXd::Zero(x.cols());
  for (Eigen::Index t = 0; t < x.rows(); ++t) rest += x.row(t) - mean;
  return mean + rest / static_cast<double>(x.rows());
}

}  // namespace

Result<CovarianceEstimator> parse_covariance_estimator(std::string_view text,
                                                       std::string_view field) {
  const std::size_t colon = text.find(':');
  CovarianceEstimator estimator;
  QUANTA_TRY(estimator.method, parse_enum<CovarianceMethod>(text.substr(0, colon), field));
  if (colon == std::string_view::npos) return estimator;
  const std::string_view number = text.substr(colon + 1);
  if (estimator.method != CovarianceMethod::kEwma) {
    return bad_input(field, fmt::format("\"{}\": {} takes no parameter; only ewma does, as in "
                                        "ewma:0.94",
                                        text, text.substr(0, colon)));
  }
  const char* const end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, estimator.decay);
  if (parsed.ec != std::errc{} || parsed.ptr != end ||
      !(estimator.decay > 0.0 && estimator.decay < 1.0)) {
    return bad_input(field, fmt::format("\"{}\": the decay \"{}\" is not a number between 0 and 1, "
                                        "as in ewma:0.94",
                                        text, number));
  }
  return estimator;
}

std::string to_text(const CovarianceEstimator& estimator) {
  const std::string_view name = quanta::to_text(estimator.method);
  if (estimator.method != CovarianceMethod::kEwma) return std::string(name);
  return fmt::format("{}:{}", name, estimator.decay);
}

Result<CovarianceEstimate> estimate_covariance(const Matrix& returns,
                                               const CovarianceEstimator& estimator) {
  QUANTA_CHECK(check_returns(returns, 2));
  if (estimator.method == CovarianceMethod::kEwma) {
    QUANTA_TRY(Matrix covariance, ewma(returns, estimator.decay));
    return CovarianceEstimate{std::move(covariance), std::nullopt};
  }
  const RowMatrix deviations = view(returns).rowwise() - column_means(returns);
  const double periods = static_cast<double>(returns.rows());
  switch (estimator.method) {
    case CovarianceMethod::kLedoitWolfIdentity:
      return ledoit_wolf_identity(deviations, cross_product(deviations, periods));
    case CovarianceMethod::kLedoitWolfConstantCorrelation:
      return ledoit_wolf_constant_correlation(deviations, cross_product(deviations, periods));
    case CovarianceMethod::kOas:
      return oas(deviations, cross_product(deviations, periods));
    default:
      return CovarianceEstimate{cross_product(deviations, periods - 1.0), std::nullopt};
  }
}

Result<std::vector<double>> mean_returns(const Matrix& returns) {
  QUANTA_CHECK(check_returns(returns, 1));
  const Eigen::RowVectorXd mean = column_means(returns);
  return std::vector<double>(mean.begin(), mean.end());
}

Result<std::vector<double>> compound_annual_growth(const Matrix& returns, double periods_per_year) {
  QUANTA_CHECK(check_returns(returns, 1));
  if (!(periods_per_year > 0.0 && std::isfinite(periods_per_year))) {
    return bad_input("periods_per_year", fmt::format("{} is not positive", periods_per_year));
  }
  std::vector<double> log_growth(returns.columns());
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    for (std::size_t i = 0; i < returns.columns(); ++i) {
      if (returns(t, i) < -1.0) {
        return fail(ErrorKind::kBadInput,
                    fmt::format("row {}, column {}: return {} loses more than everything, so that "
                                "it cannot be compounded",
                                t + 1, i + 1, returns(t, i)),
                    "returns", Place{.file = {}, .line = t + 1, .column = i + 1});
      }
      log_growth[i] += std::log1p(returns(t, i));
    }
  }
  for (double& growth : log_growth) {
    growth = std::expm1(growth * periods_per_year / static_cast<double>(returns.rows()));
  }
  return log_growth;
}

Result<Moments> estimate_moments(const Matrix& returns, const CovarianceEstimator& estimator) {
  QUANTA_TRY(CovarianceEstimate estimate, estimate_covariance(returns, estimator));
  QUANTA_TRY(std::vector<double> mean, mean_returns(returns));
  return Moments{std::move(mean), std::move(estimate.covariance), estimate.shrinkage};
}

Moments annualise(Moments per_period, double periods_per_year) {
  for (double& value : per_period.mean) value *= periods_per_year;
  for (std::size_t i = 0; i < per_period.covariance.rows(); ++i) {
    for (double& value : per_period.covariance.row(i)) value *= periods_per_year;
  }
  return per_period;
}

Result<Matrix> correlation(const Matrix& covariance) {
  QUANTA_CHECK(check_square(covariance));
  const std::size_t n = covariance.rows();
  std::vector<double> deviation(n);
  for (std::size_t i = 0; i < n; ++i) {
    deviation[i] = std::sqrt(covariance(i, i));
    if (!(deviation[i] > 0.0)) {
      return bad_input("covariance",
                       fmt::format("asset {} has variance {}, so that its correlation is not "
                                   "defined; leave it out",
                                   i + 1, covariance(i, i)));
    }
  }
  Matrix out(n, n, 1.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      out(i, j) = out(j, i) =
          std::clamp(covariance(i, j) / (deviation[i] * deviation[j]), -1.0, 1.0);
    }
  }
  return out;
}

Result<CovarianceRank> covariance_rank(const Matrix& covariance) {
  QUANTA_CHECK(check_square(covariance));
  Eigen::MatrixXd scaled = view(covariance);
  Eigen::VectorXd scale(scaled.rows());
  for (Eigen::Index i = 0; i < scaled.rows(); ++i) {
    scale[i] = scaled(i, i) > 0.0 ? 1.0 / std::sqrt(scaled(i, i)) : 0.0;
  }
  scaled = scale.asDiagonal() * scaled * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(scaled, Eigen::EigenvaluesOnly);
  const Eigen::VectorXd& eigenvalues = solver.eigenvalues();  // ascending
  CovarianceRank out;
  out.smallest_eigenvalue = eigenvalues[0];
  out.largest_eigenvalue = eigenvalues[eigenvalues.size() - 1];
  out.rank = static_cast<std::size_t>(
      (eigenvalues.array() > 1e-12 * std::max(out.largest_eigenvalue, 0.0)).count());
  out.singular = out.rank < covariance.rows();
  return out;
}

}  // namespace quanta::statistics
