#!/usr/bin/env python3
"""Solves objectives of `quanta optimize` a second time, with scipy, and compares.

    scripts/optimization_peers.py --binary build/release/quanta --prices prices.csv [--from D] [--to D]

CVaR, CDaR, MAD and maximum drawdown are stated as linear programs and given to HiGHS, semi-variance
as a quadratic program, EVaR, growth (Kelly), robust means, leverage and trading as smooth ones to
SLSQP. The points of `quanta frontier --risk … --against …` too: the least of one risk with the other at
most what the point has, by HiGHS where both are linear programs, by SLSQP otherwise (a piecewise linear
limit by cuts). Exit status 0: all agree; 1: one does not; 77: scipy is not installed.
"""

import argparse
import csv
import json
import math
import subprocess
import sys

try:
    import numpy as np
    from scipy import sparse
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.optimize import linprog, minimize, minimize_scalar
except ImportError as error:
    print(f"skipped: {error}; Debian's package is python3-scipy")
    sys.exit(77)


def read_returns(path, first, last):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    kept = [row for row in rows[1:] if (not first or row[0] >= first) and (not last or row[0] <= last)]
    prices = np.array([[float(cell) for cell in row[1:]] for row in kept])
    return rows[0][1:], prices[1:] / prices[:-1] - 1


def quanta(options, words):
    command = [options.binary, *words, "--json", "--prices", options.prices]
    for flag in ("from", "to"):
        if getattr(options, flag):
            command += ["--" + flag, getattr(options, flag)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


class Program:
    """minimise cost'x, rows x <= limits, with the weights first and their sum 1."""

    def __init__(self, returns, scale):
        self.returns = returns * scale
        self.scale = scale
        self.n_periods, self.n = returns.shape
        self.target = None  # (means, least)
        self.trades = None  # (start, cost, most, lowest weight)

    def solve(self, n_more, cost, rows, limits, lower):
        """The first n variables are weights, then n_more with the lower bounds given. With trades
        (start, cost, most, lowest weight): then n more, at least abs(weight - start) each."""
        if self.target is not None:
            mean, least = self.target
            rows = sparse.vstack([rows, sparse.csr_matrix(np.r_[-mean, np.zeros(n_more)])])
            limits = np.r_[limits, -least]
        lowest = 0.0
        if self.trades is not None:
            start, price, most, lowest = self.trades
            n, before = self.n, self.n + n_more
            eye = sparse.hstack([sparse.eye(n), sparse.csr_matrix((n, n_more))])
            rows = sparse.vstack([
                sparse.hstack([rows, sparse.csr_matrix((rows.shape[0], n))]),
                sparse.hstack([eye, -sparse.eye(n)]), sparse.hstack([-eye, -sparse.eye(n)]),
                sparse.csr_matrix(np.r_[np.zeros(before), np.ones(n)])])
            limits = np.r_[limits, start, -start, most]
            cost, lower, n_more = np.r_[cost, np.full(n, price * self.scale)], [*lower, *[0] * n], n_more + n
        answer = linprog(
            cost, A_ub=rows.tocsc(), b_ub=limits,
            A_eq=np.r_[np.ones(self.n), np.zeros(n_more)][None, :], b_eq=[1.0],
            bounds=[(lowest, 1)] * self.n + [(low, None) for low in lower], method="highs",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10})
        if answer.status:
            sys.exit(f"linprog: {answer.message}")
        return answer.x[: self.n], answer.fun / self.scale

    def cvar(self, alpha):
        t, n = self.n_periods, self.n
        cost = np.r_[np.zeros(n), 1.0, np.full(t, 1 / ((1 - alpha) * t))]
        rows = sparse.hstack([sparse.csr_matrix(-self.returns), -np.ones((t, 1)), -sparse.eye(t)])
        return 1 + t, cost, rows, np.zeros(t), [None] + [0] * t

    def mad(self):
        t, n = self.n_periods, self.n
        centred = sparse.csr_matrix(self.returns - self.returns.mean(axis=0))
        cost = np.r_[np.zeros(n), np.full(t, 1 / t)]
        rows = sparse.vstack([sparse.hstack([centred, -sparse.eye(t)]), sparse.hstack([-centred, -sparse.eye(t)])])
        return t, cost, rows, np.zeros(2 * t), [0] * t

    def drawdown(self, alpha):
        """Peaks p_t >= the path, p_t >= p_{t-1}, p_0 = 0; alpha None: the largest drawdown."""
        t, n = self.n_periods, self.n
        path = sparse.csr_matrix(np.cumsum(self.returns, axis=0))
        eye = sparse.eye(t)
        shift = sparse.eye(t, k=-1)
        above = sparse.hstack([path, -eye])
        rising = sparse.hstack([sparse.csr_matrix((t, n)), shift - eye])
        fall = sparse.hstack([-path, eye])  # the drawdown
        if alpha is None:
            rows = [sparse.hstack([above, np.zeros((t, 1))]), sparse.hstack([rising, np.zeros((t, 1))]),
                    sparse.hstack([fall, -np.ones((t, 1))])]
            cost = np.r_[np.zeros(n + t), 1.0]
            more, lower = t + 1, [0] * t + [None]
        else:
            none = sparse.csr_matrix((t, 1 + t))
            rows = [sparse.hstack([above, none]), sparse.hstack([rising, none]),
                    sparse.hstack([fall, -np.ones((t, 1)), -eye])]
            cost = np.r_[np.zeros(n + t), 1.0, np.full(t, 1 / ((1 - alpha) * t))]
            more, lower = 2 * t + 1, [0] * t + [None] + [0] * t
        return more, cost, sparse.vstack(rows), np.zeros(3 * t), lower

    def least(self, program, other=None, most=None):
        """Of a risk's linear program, with another's value at most so much."""
        more, cost, rows, limits, lower = program
        if other is not None:
            more2, cost2, rows2, limits2, lower2 = other
            n = self.n
            mine = sparse.hstack([rows, sparse.csr_matrix((rows.shape[0], more2))])
            rows2 = sparse.csr_matrix(rows2)
            theirs = sparse.hstack([rows2[:, :n], sparse.csr_matrix((rows2.shape[0], more)), rows2[:, n:]])
            limit = sparse.csr_matrix(np.r_[np.zeros(n + more), cost2[n:]])
            rows = sparse.vstack([mine, theirs, limit])
            limits = np.r_[limits, limits2, most * self.scale]
            cost = np.r_[cost, np.zeros(more2)]
            more, lower = more + more2, lower + lower2
        return self.solve(more, cost, rows, limits, lower)

    def tangent(self, risk, w, alpha):
        """Value and a subgradient of a piecewise linear risk, of the returns as they are."""
        returns = self.returns / self.scale
        if risk == "mad":
            centred = returns - returns.mean(axis=0)
            return np.abs(centred @ w).mean(), centred.T @ np.sign(centred @ w) / len(centred)
        if risk == "cvar":
            moves = -returns
        else:
            path = np.vstack([np.zeros(self.n), np.cumsum(returns, axis=0)])
            peak, best = np.zeros(len(path), dtype=int), 0
            for t, value in enumerate(path @ w):
                best = t if value > (path @ w)[best] else best
                peak[t] = best
            moves = (path[peak] - path)[1:]
        order = np.argsort(-(moves @ w), kind="stable")
        share, left, gradient = 1 / ((1 - alpha) * len(moves)), 1.0, np.zeros(self.n)
        for t in order[:1] if risk == "max-drawdown" else order:
            weight = 1.0 if risk == "max-drawdown" else min(share, left)
            gradient += weight * moves[t]
            left -= weight
            if left <= 0:
                break
        return gradient @ w, gradient

    def smooth_risk(self, risk, alpha):
        """Value and gradient of a risk with derivatives, of the returns as they are, squares annual."""
        returns = self.returns / self.scale
        if risk == "volatility":
            covariance = 252 * np.cov(returns.T)
            return lambda w: (w @ covariance @ w, 2 * covariance @ w)
        if risk == "semivariance":
            below = returns.mean(axis=0) - returns
            return lambda w: (np.mean(np.maximum(below @ w, 0) ** 2),
                              2 / len(below) * below.T @ np.maximum(below @ w, 0))
        level = -math.log(1 - alpha)

        def evar(w):
            loss = -returns @ w

            def at(z):
                return loss.max() + z * (level + math.log(np.exp((loss - loss.max()) / z).mean()))

            z = minimize_scalar(at, bounds=(1e-5, 1.0), method="bounded", options={"xatol": 1e-13}).x
            tilt = np.exp((loss - loss.max()) / z)
            return at(z), -returns.T @ tilt / tilt.sum()

        return evar

    def least_under(self, risk, other, most, alpha, start):
        """A risk with derivatives at its least, where the other is at most so much."""
        value, mine = self.smooth_risk(risk, alpha), []
        size = value(start)[0]
        if other in ("volatility", "semivariance", "evar"):
            limit = self.smooth_risk(other, alpha)
            mine.append({"type": "ineq", "fun": lambda w: 1 - limit(w)[0] / most, "jac": lambda w: -limit(w)[1] / most})
        w = start
        for _ in range(300):
            w, _ = self.smooth(lambda x: value(x)[0] / size, lambda x: value(x)[1] / size, more=mine, at=w)
            if other in ("volatility", "semivariance", "evar"):
                break
            found, gradient = self.tangent(other, w, alpha)
            if found <= most * (1 + 1e-10):
                break
            mine.append({"type": "ineq", "fun": lambda x, g=gradient: 1 - g @ x / most,
                         "jac": lambda x, g=gradient: -g / most})
        return value(w)[0]

    def smooth(self, value, gradient, n_more=0, start=(), upper=1.0, lower=0.0, more=(), at=None):
        """SLSQP from equal weights or `at`; several rounds, as each ends early."""
        n = self.n
        x = np.r_[np.full(n, 1 / n) if at is None else at, start]
        constraints = [{"type": "eq", "fun": lambda x: x[:n].sum() - 1,
                        "jac": lambda x: np.r_[np.ones(n), np.zeros(n_more)]}, *more]
        bounds = [(lower, upper)] * n + [(1e-9, None)] * n_more
        for _ in range(5):
            x = minimize(value, x, jac=gradient, bounds=bounds, constraints=constraints, method="SLSQP",
                         options={"ftol": 1e-16, "maxiter": 2000}).x
        return x[:n], value(x)

    def semivariance(self):
        below = self.returns.mean(axis=0) - self.returns

        def value(w):
            return np.maximum(below @ w, 0).dot(np.maximum(below @ w, 0)) / self.n_periods

        def gradient(w):
            return 2 / self.n_periods * below.T @ np.maximum(below @ w, 0)

        weights, found = self.smooth(value, gradient)
        return weights, found / self.scale**2

    def robust(self, kind, width, target=None, lower=0.0, upper=1.0):
        """The utility (risk aversion 3) or the least variance by the worst of the means; annual."""
        returns = self.returns / self.scale
        mean = 252 * returns.mean(axis=0)
        covariance = 252 * np.cov(returns.T)
        errors = width * np.sqrt(252 / self.n_periods * np.diag(covariance))
        radius = width * math.sqrt(252 / self.n_periods) if kind == "ellipsoid" else 0.0
        mean = mean - errors if kind == "box" else mean  # long only

        def worst(w):
            return mean @ w - radius * math.sqrt(w @ covariance @ w)

        def worst_gradient(w):
            return mean - radius * covariance @ w / math.sqrt(w @ covariance @ w)

        if target is None:
            weights, found = self.smooth(lambda w: 1.5 * w @ covariance @ w - worst(w),
                                         lambda w: 3 * covariance @ w - worst_gradient(w),
                                         lower=lower, upper=upper)
            return weights, -found
        reached = {"type": "ineq", "fun": lambda w: worst(w) - target, "jac": worst_gradient}
        return self.smooth(lambda w: w @ covariance @ w, lambda w: 2 * covariance @ w,
                           lower=lower, upper=upper, more=[reached])

    def traded(self, objective, leverage=None, low=0.0, high=1.0, cost=0.0, impact=0.0, turnover=None, delta=3.0):
        """Annual moments; each weight as what is bought less what is sold from a start: from equal
        weights where there is trading, else from 0 (long and short)."""
        n = self.n
        returns = self.returns / self.scale
        mean, covariance = 252 * returns.mean(axis=0), 252 * np.cov(returns.T)
        start = np.zeros(n) if leverage else np.full(n, 1 / n)
        most = leverage or turnover

        def weights(x):
            return start + x[:n] - x[n:]

        def both(g):
            return np.r_[g, -g]

        if objective == "max-sharpe":
            def value(x):
                w = weights(x)
                return -(mean @ w) / math.sqrt(w @ covariance @ w)

            def gradient(x):
                w = weights(x)
                risk = math.sqrt(w @ covariance @ w)
                return both(-mean / risk + (mean @ w) * (covariance @ w) / risk**3)
        else:
            reward, risk = (1.0, delta / 2) if objective == "utility" else (0.0, 1.0)

            def value(x):
                w = weights(x)
                return (risk * w @ covariance @ w - reward * mean @ w + cost * x.sum()
                        + impact * (w - start) @ (w - start))

            def gradient(x):
                w = weights(x)
                return both(2 * risk * covariance @ w - reward * mean + 2 * impact * (w - start)) + cost

        constraints = [{"type": "eq", "fun": lambda x: weights(x).sum() - 1, "jac": lambda x: both(np.ones(n))}]
        if most:
            constraints.append({"type": "ineq", "fun": lambda x: most - x.sum(), "jac": lambda x: -np.ones(2 * n)})
        bounds = [(0, high - a) for a in start] + [(0, a - low) for a in start]
        x = np.r_[np.full(n, 1 / n) - start, np.zeros(n)]
        for _ in range(5):
            x = minimize(value, x, jac=gradient, bounds=bounds, constraints=constraints, method="SLSQP",
                         options={"ftol": 1e-16, "maxiter": 2000}).x
        found = value(x)
        return weights(x), found if objective == "min-variance" else -found

    def least_variance(self, covariance):
        n = len(covariance)
        scaled = covariance / np.diag(covariance).mean()
        x = np.full(n, 1 / n)
        for _ in range(5):
            x = minimize(lambda w: w @ scaled @ w, x, jac=lambda w: 2 * scaled @ w, bounds=[(0, 1)] * n,
                         constraints=[{"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(n)}],
                         method="SLSQP", options={"ftol": 1e-16, "maxiter": 2000}).x
        return x

    def nested(self, clusters, method):
        """Least variance in each of so many clusters, then of the clusters' portfolios; volatility."""
        covariance = 252 * np.cov((self.returns / self.scale).T)
        deviation = np.sqrt(np.diag(covariance))
        distance = np.sqrt(np.clip((1 - covariance / np.outer(deviation, deviation)) / 2, 0, None))
        tree = linkage(distance[np.triu_indices(self.n, 1)], method)
        label = fcluster(tree, clusters, "maxclust")
        inner = np.zeros((self.n, label.max()))
        for c in range(label.max()):
            own = np.flatnonzero(label == c + 1)
            inner[own, c] = self.least_variance(covariance[np.ix_(own, own)])
        weights = inner @ self.least_variance(inner.T @ covariance @ inner)
        return weights, math.sqrt(weights @ covariance @ weights)

    def kelly(self, upper=1.0):
        """The mean logarithm; the answer has the other sign. Returns as they are, not scaled."""
        returns = self.returns / self.scale

        def value(w):
            return -np.log1p(returns @ w).mean() * self.scale

        def gradient(w):
            return -(returns / (1 + returns @ w)[:, None]).mean(axis=0) * self.scale

        weights, found = self.smooth(value, gradient, upper=upper)
        return weights, -found / self.scale

    def evar(self, alpha):
        level = -math.log(1 - alpha)

        def value(x):
            loss, z = -self.returns @ x[:-1], x[-1]
            return loss.max() + z * (level + math.log(np.exp((loss - loss.max()) / z).mean()))

        def gradient(x):
            loss, z = -self.returns @ x[:-1], x[-1]
            tilt = np.exp((loss - loss.max()) / z)
            log_mean = math.log(tilt.mean())
            tilt /= tilt.sum()
            return np.r_[-self.returns.T @ tilt, level + log_mean - tilt @ (loss - loss.max()) / z]

        weights, found = self.smooth(value, gradient, 1, [1.0])
        return weights, found / self.scale


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="build/release/quanta")
    parser.add_argument("--prices", required=True, help="CSV: a date, then one column per asset")
    parser.add_argument("--from", help="first price date")
    parser.add_argument("--to", help="last price date")
    options = parser.parse_args()
    _, returns = read_returns(options.prices, getattr(options, "from"), options.to)
    plain = Program(returns, 100.0)
    aiming = Program(returns, 100.0)
    mean = returns.mean(axis=0) * 252
    aiming.target = (mean, float(np.sort(mean)[len(mean) // 2 :].mean()))
    aim = ["--periods", "252", "--target", repr(aiming.target[1])]

    n = returns.shape[1]
    trading, short = Program(returns, 100.0), Program(returns, 100.0)
    trading.trades = (np.full(n, 1 / n), 0.0002, 0.8, 0.0)
    trade = ["--current", "equal", "--cost", "0.0002", "--max-turnover", "0.8"]
    short.trades = (np.zeros(n), 0.0, 1.06, -0.2)
    leverage = ["--bounds", "-0.2:1", "--max-leverage", "1.06"]

    cases = [
        ("min-cvar", trade, lambda: trading.least(trading.cvar(0.95)), 1e-9),
        ("min-mad", trade, lambda: trading.least(trading.mad()), 1e-9),
        ("min-cdar", trade, lambda: trading.least(trading.drawdown(0.95)), 1e-8),
        ("min-max-drawdown", trade, lambda: trading.least(trading.drawdown(None)), 1e-8),
        ("min-cvar", leverage, lambda: short.least(short.cvar(0.95)), 1e-9),
        ("min-mad", leverage, lambda: short.least(short.mad()), 1e-9),
        ("min-cdar", leverage, lambda: short.least(short.drawdown(0.95)), 1e-8),
        ("min-cvar", ["--alpha", "0.95"], lambda: plain.least(plain.cvar(0.95)), 1e-9),
        ("min-cvar", ["--alpha", "0.99"], lambda: plain.least(plain.cvar(0.99)), 1e-9),
        ("min-cvar", ["--alpha", "0.95", *aim], lambda: aiming.least(aiming.cvar(0.95)), 1e-9),
        ("min-cdar", ["--alpha", "0.95"], lambda: plain.least(plain.drawdown(0.95)), 1e-8),
        ("min-cdar", ["--alpha", "0.8", *aim], lambda: aiming.least(aiming.drawdown(0.8)), 1e-8),
        ("min-mad", [], lambda: plain.least(plain.mad()), 1e-9),
        ("min-mad", aim, lambda: aiming.least(aiming.mad()), 1e-9),
        ("min-max-drawdown", [], lambda: plain.least(plain.drawdown(None)), 1e-8),
        ("min-max-drawdown", aim, lambda: aiming.least(aiming.drawdown(None)), 1e-8),
        ("min-semivariance", [], plain.semivariance, 1e-7),
        ("min-evar", ["--alpha", "0.95"], lambda: plain.evar(0.95), 1e-7),
        ("min-evar", ["--alpha", "0.9"], lambda: plain.evar(0.9), 1e-7),
        ("kelly", [], plain.kelly, 1e-7),
        ("kelly", ["--bounds", "0:0.1"], lambda: plain.kelly(0.1), 1e-7),
        ("utility", ["--robust", "box:1"], lambda: plain.robust("box", 1), 1e-8),
        ("utility", ["--robust", "ellipsoid:1"], lambda: plain.robust("ellipsoid", 1), 1e-8),
        ("utility", ["--robust", "ellipsoid:2", "--bounds", "-0.2:0.5"],
         lambda: plain.robust("ellipsoid", 2, lower=-0.2, upper=0.5), 1e-8),
        ("target-return", ["--target", "0.1", "--robust", "ellipsoid:0.5"],
         lambda: plain.robust("ellipsoid", 0.5, 0.1), 1e-8),
        ("min-variance", ["--bounds", "-0.3:1", "--max-leverage", "1.1"],
         lambda: plain.traded("min-variance", leverage=1.1, low=-0.3), 1e-8),
        ("utility", ["--bounds", "-1:1", "--max-leverage", "1.6"],
         lambda: plain.traded("utility", leverage=1.6, low=-1.0), 1e-8),
        ("max-sharpe", ["--bounds", "-1:1", "--max-leverage", "1.3"],
         lambda: plain.traded("max-sharpe", leverage=1.3, low=-1.0), 1e-8),
        ("max-sharpe", ["--current", "equal", "--max-turnover", "0.4"],
         lambda: plain.traded("max-sharpe", turnover=0.4), 1e-8),
        ("min-variance", ["--current", "equal", "--impact", "0.05"],
         lambda: plain.traded("min-variance", impact=0.05), 1e-8),
        ("utility", ["--current", "equal", "--impact", "0.5", "--cost", "0.01", "--max-turnover", "0.5"],
         lambda: plain.traded("utility", impact=0.5, cost=0.01, turnover=0.5), 1e-8),
        ("nested-clusters", ["--clusters", "4", "--linkage", "ward"], lambda: plain.nested(4, "ward"), 1e-8),
        ("nested-clusters", ["--clusters", "5", "--linkage", "average"], lambda: plain.nested(5, "average"), 1e-8),
    ]
    print(f"{returns.shape[0]} returns of {returns.shape[1]} assets")
    print(f"{'objective':<52}{'quanta':>22}{'scipy':>22}{'difference':>12}{'weights':>10}")
    failed = 0
    for objective, words, peer, room in cases:
        document = quanta(options, ["optimize", "--objective", objective, *words])
        weights, value = peer()
        got = document["objective"]["value"]
        apart = np.abs(np.array(document["weights"]) - weights).max()
        # A peer that stops early is on the worse side (of a rule that need not be so) of the optimum, never beyond it.
        worse = (value - got) * (1 if document["objective"]["sense"] == "minimize" else -1)
        agrees = -(1e-8 if objective == "nested-clusters" else 1e-9) * abs(value) <= worse <= room * abs(value)
        proven = document["certificate"]["proven"]
        failed += not (agrees and proven)
        print(f"{objective + ' ' + ' '.join(words):<52}{got:>22.15g}{value:>22.15g}{value - got:>12.2g}{apart:>10.1g}"
              f"{'' if agrees else '  DIFFERS'}{'' if proven else '  NOT PROVEN'}")
    bad, n_points = compare_fronts(options, plain)
    print(f"{len(cases) + n_points - failed - bad} agree, {failed + bad} do not")
    return 1 if failed + bad else 0


def compare_fronts(options, plain):
    """Inner points of the fronts of two risks; how many differ, and how many there are."""
    alpha = 0.95
    linear = {"cvar": lambda: plain.cvar(alpha), "cdar": lambda: plain.drawdown(alpha), "mad": plain.mad,
              "max-drawdown": lambda: plain.drawdown(None)}
    pairs = [("volatility", "cvar"), ("volatility", "cdar"), ("volatility", "mad"), ("volatility", "max-drawdown"),
             ("semivariance", "cvar"), ("evar", "cvar"), ("volatility", "semivariance"), ("volatility", "evar"),
             ("evar", "semivariance"), ("cvar", "mad"), ("cvar", "cdar"), ("cdar", "mad"), ("cvar", "max-drawdown"),
             ("mad", "max-drawdown")]
    bad = n_points = 0
    print(f"\n{'front, at this much of the second':<52}{'quanta':>22}{'scipy':>22}{'difference':>12}")
    for risk, against in pairs:
        document = quanta(options, ["frontier", "--risk", risk, "--against", against, "--points", "5"])
        square = 2 if risk == "volatility" else 1
        for point in document["points"][1:-1]:
            most = point["against"]
            got = point["risk"] ** square
            if risk in linear:
                value = plain.least(linear[risk](), linear[against](), most)[1]
            else:
                value = plain.least_under(risk, against, most, alpha, np.full(plain.n, 1 / plain.n))
            good = abs(value - got) <= 1e-9 * abs(value) and point["certificate"]["proven"]
            bad += not good
            n_points += 1
            print(f"{f'{risk} against {against} {most:.10g}':<52}{got:>22.15g}{value:>22.15g}{value - got:>12.2g}"
                  f"{'' if good else '  DIFFERS'}")
    return bad, n_points


if __name__ == "__main__":
    sys.exit(main())
