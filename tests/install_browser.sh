#!/bin/sh
# Makes sure that a Chromium is there for the browser tests: the one installed, the system's package, or Playwright's own.
bin=$1
if [ -n "$CHROMIUM" ]; then
    [ -x "$CHROMIUM" ] && exit 0
    echo "CHROMIUM names $CHROMIUM, which is no program; set it to Chromium's path or unset it." >&2
    exit 1
fi
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
    $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium && exit 0
fi
"$bin/playwright" install chromium && exit 0
echo "No Chromium was found and none could be installed; install chromium or set CHROMIUM=/path/to/it." >&2
exit 1
