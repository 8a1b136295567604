#!/usr/bin/env bash
# Makes the pictures of README.md and docs from the current program: scripts/pictures.sh
# Needs Debian's chromium.
source "$(dirname -- "${BASH_SOURCE[0]}")/install.sh"
need_packages chromium
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$root/run" demo --once --report "$folder/report.html" >"$folder/demo.txt"

# photograph PICTURE WIDTH HEIGHT: the report in a window of that size.
photograph() {
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$folder/browser" \
    --force-device-scale-factor=1 --window-size="$2,$3" --screenshot="$1" \
    "file://$folder/report.html" >/dev/null 2>&1
  say "wrote $1"
}
mkdir -p "$root/docs/images"
photograph "$root/docs/images/demo-report.png" 1060 1500

# Each algorithm's page shows its example.
"$root/run" algorithms --json | sed -n 's/^ *"name": "\(.*\)",$/\1/p' | while read -r name; do
  "$root/run" algorithm "$name" --svg "$root/docs/images/algorithm-${name// /-}.svg" >/dev/null
  say "wrote docs/images/algorithm-${name// /-}.svg"
done
