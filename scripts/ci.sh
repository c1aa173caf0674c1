#!/usr/bin/env bash
# Runs every lane, keeps going after a failure, and closes with the sum of all tests.
set -u -o pipefail

passed=0
failed=0
failures=$(mktemp)

# Adds up the closing lines of the vitest runs in a log: "      Tests  2 failed | 310 passed (312)".
count() {
  local lines p f
  lines=$(sed 's/\x1b\[[0-9;]*m//g' "$1" | grep -E '^ *Tests +[0-9]')
  p=$(grep -oE '[0-9]+ passed' <<<"$lines" | awk '{ sum += $1 } END { print sum + 0 }')
  f=$(grep -oE '[0-9]+ failed' <<<"$lines" | awk '{ sum += $1 } END { print sum + 0 }')
  passed=$((passed + p))
  failed=$((failed + f))
  [ $((p + f)) -gt 0 ]
}

# What failed in a log and why, in vitest's words; the end of the log where no test is named.
explain() {
  local told
  told=$(sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '/(Failed (Tests|Suites)|Unhandled Errors?|Unhandled Rejection) /{ on = 1 } /^ *Test Files /{ on = 0 } on' | head -n 200)
  [ -n "$told" ] || told=$(tail -n 40 "$1")
  printf '%s\n' "$told"
}

# Lanes that have no tests to count.
isCheck() { [ "$1" = types ] || [ "$1" = lint ] || [ "$1" = unused ]; }

# lane NAME COMMAND...: a lane that ends badly without naming a failed test counts as one failed.
lane() {
  local name=$1 log status before=$failed
  shift
  log=$(mktemp)
  echo "== $name: $*"
  local started=$SECONDS
  "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  count "$log" || [ "$status" -ne 0 ] || isCheck "$name" || failed=$((failed + 1))
  if [ "$status" -ne 0 ] && [ "$failed" -eq "$before" ]; then failed=$((failed + 1)); fi
  echo "== $name took $((SECONDS - started)) s"
  if [ "$status" -ne 0 ] || [ "$failed" -ne "$before" ]; then { echo "== $name failed:" && explain "$log"; } >>"$failures"; fi
  rm -f "$log"
  return "$status"
}

# The test command of README.md, to the letter.
lane test bash -c 'npm ci && npm test'
lane types npm run --silent typecheck
lane lint npm run --silent lint
lane unused npm run --silent unused

# Side by side, since each keeps one core busy: the second is shown once the first has ended.
corpus=$(mktemp)
npm run --silent test:corpus >"$corpus" 2>&1 &
corpusRun=$!
lane simulation npm run --silent test:simulation
wait "$corpusRun"
lane corpus bash -c 'cat "$1"; exit "$2"' shown "$corpus" "$?"
rm -f "$corpus"

# Once more at the end, where the one who reads only that finds it.
cat "$failures"
rm -f "$failures"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
