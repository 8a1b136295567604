#!/usr/bin/env bash
# Fails, naming the places, if a source is not as clang-format would write it.
source "$(dirname -- "${BASH_SOURCE[0]}")/install.sh"
cd "$root"
find src bench tests -name '*.h' -o -name '*.cc' -o -name '*.inc' |
  xargs clang-format-19 --dry-run --Werror
