/// The nearest matrix that can be a covariance.
#pragma once

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::statistics {

struct NearestMatrix {
  Matrix matrix;
  double distance = 0.0;             ///< Frobenius norm of what was changed
  double smallest_eigenvalue = 0.0;  ///< of what was given; negative where a repair was needed
};

/// The symmetric positive semidefinite matrix nearest to a symmetric one in the Frobenius norm:
/// negative eigenvalues become 0. Source: Higham, Linear Algebra and its Applications 103 (1988).
/// A matrix that is one already comes back bit for bit. Errors: kBadInput, field "covariance": not
/// square, symmetric, finite. Cost: O(n^3).
Result<NearestMatrix> nearest_positive_semidefinite(const Matrix& covariance);

/// The same with a unit diagonal kept: alternating projections with Dykstra's correction, until the
/// smallest eigenvalue is above -1e-12 n. Source: Higham, IMA J. Numerical Analysis 22 (2002),
/// algorithm 3.3. Errors: as above; a diagonal that is not 1 within 1e-8.
Result<NearestMatrix> nearest_correlation(const Matrix& correlation);

}  // namespace quanta::statistics
