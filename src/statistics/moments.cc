#include "statistics/moments.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "statistics/checked_returns.h"
#include "statistics/cross_products.h"
#include "statistics/denoise.h"
#include "statistics/eigen_view.h"
#include "statistics/gerber.h"

namespace quanta::statistics {
namespace {

/// a'b / divisor.
Matrix mean_products(const Matrix& a, const Matrix& b, double divisor) {
  Matrix product = cross_products(a, b, best_instruction_set());
  for (std::size_t i = 0; i < product.rows(); ++i) {
    for (double& value : product.row(i)) value /= divisor;
  }
  return product;
}

Matrix covariance_of(const Matrix& deviations, double divisor) {
  return mean_products(deviations, deviations, divisor);
}

/// Of every entry of `x`.
template <class Function>
Matrix each(const Matrix& x, Function function) {
  Matrix out(x.rows(), x.columns());
  std::ranges::transform(x.values(), out.data(), function);
  return out;
}

Matrix squared(const Matrix& x) {
  return each(x, [](double value) { return value * value; });
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
CovarianceEstimate ledoit_wolf_identity(const Matrix& x, Matrix c) {
  const double periods = static_cast<double>(x.rows());
  const double n = static_cast<double>(x.columns());
  const double mean_variance = trace_mean(c);
  const double squares = view(c).squaredNorm();
  // sum_ij sum_t x_ti^2 x_tj^2 is the sum of the fourth powers of the rows' lengths.
  const double fourth = view(x).rowwise().squaredNorm().array().square().sum();
  const double distance = (squares - n * mean_variance * mean_variance) / n;
  const double noise = std::min((fourth / periods - squares) / (n * periods), distance);
  const double shrinkage = noise > 0.0 ? noise / distance : 0.0;
  shrink_to_identity(c, shrinkage, mean_variance);
  return {std::move(c), shrinkage};
}

CovarianceEstimate oas(const Matrix& x, Matrix c) {
  const double periods = static_cast<double>(x.rows());
  const double n = static_cast<double>(x.columns());
  const double mean_variance = trace_mean(c);
  const double mean_square = view(c).squaredNorm() / (n * n);
  const double numerator = mean_square + mean_variance * mean_variance;
  const double denominator = (periods + 1.0) * (mean_square - mean_variance * mean_variance / n);
  const double shrinkage = denominator > 0.0 ? std::min(1.0, numerator / denominator) : 1.0;
  shrink_to_identity(c, shrinkage, mean_variance);
  return {std::move(c), shrinkage};
}

Result<CovarianceEstimate> ledoit_wolf_constant_correlation(const Matrix& x, Matrix c) {
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
  const Matrix squares = squared(x);
  const Matrix cubes = each(x, [](double value) { return value * value * value; });
  const Matrix pi_raw = mean_products(squares, squares, periods);
  const Matrix theta_raw = mean_products(cubes, x, periods);
  double pi = 0.0;
  double rho = 0.0;
  double gamma = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double pi_ij = pi_raw(i, j) - c(i, j) * c(i, j);
      pi += pi_ij;
      if (i == j) {
        rho += pi_ij;
        continue;
      }
      const double theta_ij = theta_raw(i, j) - c(i, i) * c(i, j);
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

/// The paper's estimate of how much of the target to mix in: (pi - rho) / gamma / T, with pi the
/// variances of the entries of C, rho their covariances with those of the target, gamma the
/// distance of both. The target depends on C through v_i = cov(x_i, m) and var(m), which gives
/// rho's terms.
CovarianceEstimate ledoit_wolf_single_factor(const Matrix& deviations, Matrix c) {
  const auto x = view(deviations);
  const double periods = static_cast<double>(x.rows());
  const Eigen::VectorXd m = x.rowwise().mean();
  const Eigen::VectorXd v = x.transpose() * m / periods;
  const double market = m.squaredNorm() / periods;
  const Eigen::Map<RowMatrix> covariance(c.data(), x.cols(), x.cols());
  RowMatrix target = market > 0.0 ? RowMatrix(v * v.transpose() / market)
                                  : RowMatrix(RowMatrix::Zero(x.cols(), x.cols()));
  target.diagonal() = covariance.diagonal();
  const double gamma = (covariance - target).squaredNorm();
  double shrinkage = 0.0;
  if (market > 0.0 && gamma > 1e-28 * covariance.squaredNorm()) {
    const Matrix squares = squared(deviations);
    const Matrix fourth_powers = mean_products(squares, squares, periods);
    const auto fourth = view(fourth_powers);
    const double pi = fourth.sum() - covariance.squaredNorm();
    const double on_diagonal =
        fourth.diagonal().sum() - covariance.diagonal().array().square().sum();
    // Covariances of C_ij with v_i and with var(m), each a mean of fourth powers.
    Matrix weighted = deviations;
    for (std::size_t t = 0; t < weighted.rows(); ++t) {
      for (double& value : weighted.row(t)) value *= m[static_cast<Eigen::Index>(t)];
    }
    const RowMatrix with_v = view(mean_products(squares, weighted, periods)) -
                             (covariance.array().colwise() * v.array()).matrix();
    const RowMatrix with_market =
        view(mean_products(weighted, weighted, periods)) - market * covariance;
    const double first = (with_v.array().rowwise() * v.transpose().array()).sum() / market -
                         with_v.diagonal().dot(v) / market;
    const double second =
        (with_market.array() * (v * v.transpose()).array()).sum() / (market * market) -
        with_market.diagonal().dot(v.array().square().matrix()) / (market * market);
    const double rho = on_diagonal + 2.0 * first - second;
    shrinkage = std::clamp((pi - rho) / gamma / periods, 0.0, 1.0);
  }
  for (std::size_t i = 0; i < c.rows(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double drawn = target(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
      c(i, j) = c(j, i) = (1.0 - shrinkage) * c(i, j) + shrinkage * drawn;
    }
  }
  return {std::move(c), shrinkage};
}

/// Correlations need every column to move.
Result<void> check_variances(const Matrix& covariance) {
  for (std::size_t i = 0; i < covariance.rows(); ++i) {
    if (covariance(i, i) > 0.0) continue;
    return bad_input("returns", fmt::format("column {} never moves, so that it has no "
                                            "correlation; leave it out or use another estimator",
                                            i + 1));
  }
  return {};
}

Matrix ewma(const Matrix& returns, double decay) {
  const std::size_t n_periods = returns.rows();
  const double total = -std::expm1(static_cast<double>(n_periods) * std::log(decay));
  Matrix weighted = returns;
  double weight = (1.0 - decay) / total;
  for (std::size_t t = n_periods; t-- > 0; weight *= decay) {
    for (double& value : weighted.row(t)) value *= std::sqrt(weight);
  }
  return covariance_of(weighted, 1.0);
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

namespace {

/// What the parameter of an estimator may be.
struct ParameterRange {
  std::string_view name;
  double usual = 0.0;
  double most = 1.0;  ///< included; the least, 0, is not
  bool most_included = false;
  std::string_view words;

  bool holds(double x) const { return x > 0.0 && (most_included ? x <= most : x < most); }
};

std::optional<ParameterRange> range_of(CovarianceMethod method) {
  switch (method) {
    case CovarianceMethod::kEwma:
      return ParameterRange{.name = "decay", .usual = 0.94, .words = "between 0 and 1"};
    case CovarianceMethod::kGerber:
      return ParameterRange{.name = "threshold",
                            .usual = 0.5,
                            .most_included = true,
                            .words = "above 0 and at most 1"};
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<CovarianceEstimator> parse_covariance_estimator(std::string_view text,
                                                       std::string_view field) {
  const std::size_t colon = text.find(':');
  CovarianceEstimator estimator;
  QUANTA_TRY(estimator.method, parse_enum<CovarianceMethod>(text.substr(0, colon), field));
  const auto range = range_of(estimator.method);
  if (range) estimator.parameter = range->usual;
  if (colon == std::string_view::npos) return estimator;
  const std::string_view number = text.substr(colon + 1);
  if (!range) {
    return bad_input(field,
                     fmt::format("\"{}\": {} takes no parameter; only ewma and gerber do, as "
                                 "in ewma:0.94",
                                 text, text.substr(0, colon)));
  }
  const char* const end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, estimator.parameter);
  if (parsed.ec != std::errc{} || parsed.ptr != end || !range->holds(estimator.parameter)) {
    return bad_input(
        field, fmt::format("\"{}\": the {} \"{}\" is not a number {}, as in {}:{}", text,
                           range->name, number, range->words, text.substr(0, colon), range->usual));
  }
  return estimator;
}

std::string to_text(const CovarianceEstimator& estimator) {
  const std::string_view name = quanta::to_text(estimator.method);
  if (!range_of(estimator.method)) return std::string(name);
  return fmt::format("{}:{}", name, estimator.parameter);
}

Result<CovarianceEstimate> estimate_covariance(const Matrix& returns,
                                               const CovarianceEstimator& estimator) {
  QUANTA_CHECK(check_returns(returns, 2));
  const auto range = range_of(estimator.method);
  const double parameter = range && estimator.parameter == 0.0 ? range->usual : estimator.parameter;
  if (range && !range->holds(parameter)) {
    return bad_input(range->name, fmt::format("{} is not {}; usual is {}", parameter, range->words,
                                              range->usual));
  }
  if (estimator.method == CovarianceMethod::kEwma) {
    return CovarianceEstimate{ewma(returns, parameter), std::nullopt};
  }
  if (estimator.method == CovarianceMethod::kSemi) {
    const Matrix below = each(returns, [](double value) { return std::min(value, 0.0); });
    return CovarianceEstimate{covariance_of(below, static_cast<double>(returns.rows())),
                              std::nullopt};
  }
  const Eigen::RowVectorXd means = column_means(returns);
  Matrix deviations = returns;
  for (std::size_t t = 0; t < deviations.rows(); ++t) {
    for (std::size_t i = 0; i < deviations.columns(); ++i) {
      deviations(t, i) -= means[static_cast<Eigen::Index>(i)];
    }
  }
  const double periods = static_cast<double>(returns.rows());
  switch (estimator.method) {
    case CovarianceMethod::kLedoitWolfIdentity:
      return ledoit_wolf_identity(deviations, covariance_of(deviations, periods));
    case CovarianceMethod::kLedoitWolfConstantCorrelation:
      return ledoit_wolf_constant_correlation(deviations, covariance_of(deviations, periods));
    case CovarianceMethod::kLedoitWolfSingleFactor:
      return ledoit_wolf_single_factor(deviations, covariance_of(deviations, periods));
    case CovarianceMethod::kDenoised:
    case CovarianceMethod::kGerber: {
      Matrix sample = covariance_of(deviations, periods - 1.0);
      QUANTA_CHECK(check_variances(sample));
      QUANTA_TRY(const Matrix plain, correlation(sample));
      const Matrix better = estimator.method == CovarianceMethod::kDenoised
                                ? denoised_correlation(plain, returns.rows()).correlation
                                : gerber_correlation(returns, parameter);
      for (std::size_t i = 0; i < sample.rows(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          sample(i, j) = sample(j, i) =
              better(i, j) * std::sqrt(sample(i, i)) * std::sqrt(sample(j, j));
        }
      }
      return CovarianceEstimate{std::move(sample), std::nullopt};
    }
    case CovarianceMethod::kOas:
      return oas(deviations, covariance_of(deviations, periods));
    default:
      return CovarianceEstimate{covariance_of(deviations, periods - 1.0), std::nullopt};
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
  QUANTA_CHECK(check_covariance(covariance));
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
  QUANTA_CHECK(check_covariance(covariance));
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
