#!/usr/bin/env bash
# clang-tidy over our own sources (not the tests), with the compile commands of the debug build.
source "$(dirname -- "${BASH_SOURCE[0]}")/install.sh"
cd "$root"
log=build/tidy.log
if run-clang-tidy-19 -quiet -p build/debug -j "$(nproc)" -extra-arg=-Wno-unknown-warning-option \
  -extra-arg=-Wno-deprecated-declarations \
  "^$root/(src|bench)/(?!.*_(test|fuzz)\\.cc$).*\\.cc$" >"$log" 2>&1; then
  exit 0
fi
grep -E '(warning|error):' "$log" | sort -u >&2
exit 1
