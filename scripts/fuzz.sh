#!/usr/bin/env bash
# Fuzzes every parser of outside input for a short while: scripts/fuzz.sh [SECONDS-EACH]
# A target is src/**/NAME_fuzz.cc; its seeds, and every input that once failed, are in
# tests/corpus/NAME.
source "$(dirname -- "${BASH_SOURCE[0]}")/install.sh"
seconds=${1:-20}
build_preset fuzz fuzzers
cd "$root"
status=0
for target in build/fuzz/*_fuzz; do
  name=$(basename "$target" _fuzz)
  mkdir -p "tests/corpus/$name" "build/fuzz/corpus/$name" "build/fuzz/found"
  if ! "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/found/$name-" "build/fuzz/corpus/$name" "tests/corpus/$name" \
    >"build/fuzz/$name.log" 2>&1; then
    say "fuzz target $name failed:"
    grep -v '^#' "build/fuzz/$name.log" | tail -n 40 >&2
    status=1
  fi
  say "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$name.log") inputs"
done
exit "$status"
