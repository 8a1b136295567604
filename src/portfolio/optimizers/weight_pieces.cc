#include "portfolio/optimizers/weight_pieces.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/sums.h"

namespace quanta::portfolio {
namespace {

/// Pieces from `from` to `to`, cut at the corners between.
void walk(std::size_t asset, double from, double to, std::vector<double> corners,
          std::vector<WeightPieces::Piece>& out) {
  if (to < from) {
    std::ranges::reverse(corners);
  }
  for (const double corner : corners) {
    if (!(std::min(from, to) < corner && corner < std::max(from, to))) continue;
    out.push_back({asset, from, corner});
    from = corner;
  }
  if (from != to) out.push_back({asset, from, to});
}

Matrix rows_in_pieces(const WeightPieces& pieces, const Matrix& rows) {
  Matrix out(rows.rows(), pieces.pieces.size());
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    std::ranges::copy(row_in_pieces(pieces, rows.row(r)), out.row(r).begin());
  }
  return out;
}

std::vector<double> less_start(const WeightPieces& pieces, const Matrix& rows,
                               std::vector<double> values) {
  for (std::size_t r = 0; r < values.size(); ++r) values[r] -= dot(rows.row(r), pieces.start);
  return values;
}

}  // namespace

std::vector<double> WeightPieces::weights(std::span<const double> z) const {
  std::vector<double> out(start);
  for (std::size_t k = 0; k < pieces.size(); ++k) {
    const Piece& piece = pieces[k];
    if (z[k] == 0.0) continue;
    const bool next = out[piece.asset] == piece.from;
    out[piece.asset] =
        next && z[k] == piece.length() ? piece.to : out[piece.asset] + piece.sign() * z[k];
  }
  return out;
}

WeightPieces pieces_of(const Bounds& bounds, std::span<const std::vector<double>> centers) {
  WeightPieces out;
  for (std::size_t i = 0; i < bounds.lower.size(); ++i) {
    std::vector<double> corners;
    for (const std::vector<double>& center : centers) corners.push_back(center[i]);
    std::ranges::sort(corners);
    const double lower = bounds.lower[i];
    const double upper = bounds.upper[i];
    const double from = std::clamp(corners.front(), lower, upper);
    out.start.push_back(from);
    walk(i, from, upper, corners, out.pieces);
    walk(i, from, lower, std::move(corners), out.pieces);
  }
  return out;
}

DistanceSlope slope_of_distance(const WeightPieces& pieces, std::span<const double> center) {
  DistanceSlope out;
  for (std::size_t i = 0; i < pieces.start.size(); ++i) {
    out.at_start += std::abs(pieces.start[i] - center[i]);
  }
  for (const WeightPieces::Piece& piece : pieces.pieces) {
    const bool above = std::max(piece.from, piece.to) > center[piece.asset];
    out.slopes.push_back(above ? piece.sign() : -piece.sign());
  }
  return out;
}

std::vector<double> row_in_pieces(const WeightPieces& pieces, std::span<const double> row) {
  std::vector<double> out;
  for (const WeightPieces::Piece& piece : pieces.pieces) {
    out.push_back(piece.sign() * row[piece.asset]);
  }
  return out;
}

QuadraticProgram in_pieces(const QuadraticProgram& program, const WeightPieces& pieces) {
  const std::size_t n = pieces.pieces.size();
  std::vector<double> slope = times(program.quadratic, pieces.start);
  for (std::size_t i = 0; i < slope.size(); ++i) slope[i] += program.linear[i];
  QuadraticProgram out{
      .quadratic = Matrix(n, n),
      .linear = row_in_pieces(pieces, slope),
      .equality = rows_in_pieces(pieces, program.equality),
      .equality_value = less_start(pieces, program.equality, program.equality_value),
      .inequality = rows_in_pieces(pieces, program.inequality),
      .inequality_limit = less_start(pieces, program.inequality, program.inequality_limit),
      .lower = std::vector<double>(n),
      .upper = {}};
  for (std::size_t a = 0; a < n; ++a) {
    const WeightPieces::Piece& piece = pieces.pieces[a];
    out.upper.push_back(piece.length());
    const std::span<const double> row = program.quadratic.row(piece.asset);
    for (std::size_t b = 0; b < n; ++b) {
      out.quadratic(a, b) = piece.sign() * pieces.pieces[b].sign() * row[pieces.pieces[b].asset];
    }
  }
  return out;
}

void add_distance(QuadraticProgram& program, const DistanceSlope& distance, double limit) {
  program.inequality = with_row(program.inequality, distance.slopes, 1.0);
  program.inequality_limit.push_back(limit - distance.at_start);
}

}  // namespace quanta::portfolio
