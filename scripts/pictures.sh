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

# Each algorithm's page shows its example: a picture, and above the sources what the program prints.
"$root/run" algorithms --json | sed -n 's/^ *"name": "\(.*\)",$/\1/p' | while read -r name; do
  page="$root/docs/quantum/$name.md"
  "$root/run" algorithm "$name" --svg "$root/docs/images/algorithm-$name.svg" >/dev/null
  "$root/run" algorithm "$name" | sed 's/ *$//' >"$folder/example.txt"
  awk -v example="$folder/example.txt" -v name="$name" '
    /^```/ { inside = !inside; if (!inside) blank = 1; next }  # the block of last time
    inside { next }
    blank { blank = 0; if ($0 == "") next }
    /^Source/ {
      print "```\n$ quanta algorithm " name
      while ((getline line < example) > 0) print line
      print "```\n"
    }
    { print }' "$page" >"$folder/page.md"
  cp "$folder/page.md" "$page"
  say "wrote docs/images/algorithm-$name.svg and docs/quantum/$name.md"
done

# The pages of portfolio methods: each block that begins with a command on the demo's prices gets
# that command's output, and the command writes its picture.
cp "$root"/build/demo-data/node_modules/vega-datasets/data/{stocks,sp500}.csv "$folder"
ln -s "$root/docs" "$folder/docs"
cd "$folder"
for page in "$root"/docs/portfolio/*.md; do
  awk -v run="'$root/run'" '
    /^```/ { inside = !inside; shown = 0; print; next }
    inside && /^\$ quanta .*stocks\.csv/ {
      print
      command = run substr($0, 9) " 2>/dev/null"
      while ((command | getline line) > 0) { sub(/ *$/, "", line); print line }
      if (close(command) != 0) { print "failed: " command >"/dev/stderr"; exit 1 }
      shown = 1
      next
    }
    !shown { print }' "$page" >"$folder/page.md"
  cmp -s "$folder/page.md" "$page" || { cp "$folder/page.md" "$page"; say "wrote ${page#"$root/"}"; }
done
