#!/usr/bin/env bash
# Compares the release build with values made by independent tools, where the folder of reference
# data lies beside the checkout; exit status 77 where it does not.
source "$(dirname -- "${BASH_SOURCE[0]}")/install.sh"
checks="$root/../shared/check"
if [ ! -d "$checks" ]; then
  say "skipped: no reference data at $checks"
  exit 77
fi
build_preset release quanta
cd "$root"
status=0
for filter in '/(min_variance(_ledoit.*|_oas|_ewma.*|_long_short|_bounds.*)?|max_sharpe(_bounds.*)?|target_return_.*|utility_(1|3|10))$' \
  '/min_(cvar|cdar|mad)' qubo cardinality; do
  python3 "$checks/portfolio.py" --binary build/release/quanta --filter "$filter" >&2 || status=1
done
# Exit status 77: there is no scipy here.
python3 scripts/optimization_peers.py --prices "$checks/../data/prices/us20_1990_2022.csv" \
  --from 2018-01-02 --to 2022-12-28 >&2 || [ $? -eq 77 ] || status=1
python3 "$checks/circuits.py" --binary build/release/quanta >&2 || status=1
exit "$status"
