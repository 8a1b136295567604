#!/usr/bin/env python3
"""How good QAOA's selections are: scripts/selection_quality.py QUANTA DATA [--warm-start]

DATA holds prices/*.csv and expected/portfolio/qubo_*.json, instances of "pick k of n" whose best and
worst were found by looking at all 2^n. One line each: the ratio of the mean shot and of the best of
1,024 random picks, (worst - value)/(worst - best); the probability that a shot is the best, over
that of chance; and whether the best shot, before and after swap descent, is the stored optimum.
"""

import json
import pathlib
import subprocess
import sys

program, folder, *flags = sys.argv[1:]
folder = pathlib.Path(folder)
lines = []
print("source      n   k    q  mean ratio  random picks  P(best)  over chance  best shot  polished")
for path in sorted((folder / "expected" / "portfolio").glob("qubo_*.json")):
    book = json.loads(path.read_text())
    source = book["source"]
    for case in book["instances"]:
        command = [program, "optimize", "--json", "--objective", "selection"]
        command += ["--prices", str(folder / "prices" / source["file"])]
        command += ["--from", source["from"], "--to", source["to"]]
        command += ["--periods", str(source["periods_per_year"])]
        command += ["--assets", ",".join(case["assets"]), "--select", str(case["k"])]
        command += ["--risk-weight", str(case["q"]), *flags]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        runs = {run["name"]: run for run in answer["methods"]}
        details = runs["qaoa"]["details"]
        best, worst = case["best"]["value"], case["worst"]["value"]
        ratio = (worst - runs["random picks"]["value"]) / (worst - best)
        gain = details["probability_of_best"] / details["chance"]
        hit = [abs(runs[name]["value"] - best) < 1e-9 for name in ("qaoa", "qaoa, polished")]
        lines.append((case["n"], details["mean_approximation_ratio"], gain, *hit))
        print(
            f"{source['file'][:8]:8} {case['n']:4} {case['k']:3} {case['q']:4} "
            f"{details['mean_approximation_ratio']:11.4f} {ratio:13.4f} "
            f"{details['probability_of_best']:8.4f} {gain:12.3g}  "
            f"{'yes' if hit[0] else 'no':9}  {'yes' if hit[1] else 'no'}",
            flush=True,
        )
if not lines:
    sys.exit(f"{folder}: no expected/portfolio/qubo_*.json there")
small = [line for line in lines if line[0] <= 16]
print(
    f"{len(small)} instances of n <= 16: mean of the mean ratios "
    f"{sum(line[1] for line in small) / len(small):.4f}, least {min(line[1] for line in small):.4f}; "
    f"{sum(line[2] >= 50 for line in small)} at 50 times chance or more"
)
print(
    f"{len(lines)} instances: best shot is the optimum in {sum(line[3] for line in lines)}, "
    f"after swap descent in {sum(line[4] for line in lines)}"
)
