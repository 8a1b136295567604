#!/usr/bin/env bash
# Line coverage of the engines, from what `./test --coverage` has just run; at least 90 %.
source "$(dirname -- "${BASH_SOURCE[0]}")/install.sh"
cd "$root"
status=0
gcovr --root . --gcov-executable gcov-12 --exclude-throw-branches \
  --filter 'src/(core|statistics|quantum|market|portfolio)/' --exclude '.*_(test|fuzz|bench)\.cc$' \
  --txt build/coverage.txt --fail-under-line 90 build/coverage || status=$?
cat build/coverage.txt >&2
exit "$status"
