#!/bin/sh
# Reports the result of a run: reads one JSON object, from a file or from its input.
#
#   towpath-result.sh result.json        or        make-result | towpath-result.sh
#
# Up to 2,048 bytes go into the result file, what is larger goes into the log between two marker lines. What it
# means is in docs/reference/results.md. Needs a POSIX shell, cat, wc, tr, and sha256sum or shasum.
set -eu
# Bytes are counted, not characters.
export LC_ALL=C

# A termination message has room for 4,096 bytes, and less in a pod of four containers or more.
small=2048
limit=262144

fail() {
  printf 'towpath-result: %s\n' "$1" >&2
  exit 1
}

[ $# -le 1 ] || fail 'one file, or none for the input'
for name in PVN_RELEASE_CHANNEL TOWPATH_RELEASE_ID TOWPATH_RUN TOWPATH_RESULT_PATH; do
  eval "[ -n \"\${$name:-}\" ]" || fail "$name is not set: this is for the main container of a run"
done

# Read once: what is measured is what is printed. The x keeps newlines at the end.
body=$(cat -- "${1:--}" && printf x) || fail "${1:-the input} could not be read"
body=${body%x}
bytes=$(printf %s "$body" | wc -c | tr -d ' ')
[ "$bytes" -le "$limit" ] || fail "the result has $bytes bytes, and $limit are the limit"

if [ "$bytes" -le "$small" ]; then
  printf %s "$body" >"$TOWPATH_RESULT_PATH"
  exit
fi

if command -v sha256sum >/dev/null; then
  digest=$(printf %s "$body" | sha256sum)
elif command -v shasum >/dev/null; then
  digest=$(printf %s "$body" | shasum -a 256)
else
  fail 'neither sha256sum nor shasum is there'
fi
digest=${digest%% *}
run=$TOWPATH_RELEASE_ID/$PVN_RELEASE_CHANNEL/$TOWPATH_RUN

# The empty line ends whatever was printed without a newline: a marker is a line of its own.
printf '\n-----BEGIN TOWPATH RESULT run=%s bytes=%s sha256=%s-----\n' "$run" "$bytes" "$digest"
printf '%s\n' "$body"
printf -- '-----END TOWPATH RESULT run=%s sha256=%s-----\n' "$run" "$digest"
