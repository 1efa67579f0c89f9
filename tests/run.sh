#!/usr/bin/env bash
# Everything that must hold, one gate after the other; the first that fails ends it. Called by `./run.sh test`.
# Usage: ./run.sh test [lint | unit | dryrun | acceptance [robot options]]
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$project"
export PATH="$project/.venv/bin:$PATH"
# CI keeps this folder when something fails; by hand it is a temporary one.
artifacts=${TEST_RESULTS:-$(mktemp -d "${TMPDIR:-/tmp}/court-booker-tests.XXXXXX")}
mkdir -p "$artifacts"
# ./run.sh sets it for runs; linters want their caches, and these processes leave no bytecode either.
robot=(python -m robot --console dotted --pythonpath tests/acceptance)

lint() {
    robocop check suites resources tests/acceptance
    robocop format --check --diff suites resources tests/acceptance
    ruff check --quiet .
    ruff format --check --quiet .
    mypy libraries practice variables tests
    shellcheck run.sh tests/run.sh .ci/run
}

unit() {
    pytest --quiet -p no:cacheprovider
}

dryrun() {
    "${robot[@]}" --dryrun --output NONE --log NONE --report NONE suites
    "${robot[@]}" --dryrun --output NONE --log NONE --report NONE tests/acceptance
}

acceptance() {
    local status=0
    "${robot[@]}" --outputdir "$artifacts" --loglevel DEBUG "$@" tests/acceptance | tee "$artifacts/console.txt" || status=$?
    [ "$status" -eq 0 ] || printf 'The log: %s/log.html\n' "$artifacts"
    # shellcheck disable=SC2016 # the dollar is sed's
    sed -nE 's/^[0-9]+ tests?, ([0-9]+) passed, ([0-9]+) failed.*/acceptance: \1 passed, \2 failed/p' \
        "$artifacts/console.txt" | tail -n 1
    return "$status"
}

gate() {
    local began=$SECONDS
    name=$1 # Not local: the trap looks at it from outside.
    shift
    printf '== %s ==\n' "$name"
    # Not in a condition: there bash would go on after a command that fails.
    trap 'printf "FAILED: %s\n" "$name"' EXIT
    "$name" "$@"
    trap - EXIT
    printf '%s: ok after %d s\n\n' "$name" $((SECONDS - began))
}

case "${1:-all}" in
all) for each in lint unit dryrun acceptance; do gate "$each"; done ;;
lint | unit | dryrun | acceptance) gate "$@" ;;
*)
    printf 'Usage: ./run.sh test [lint | unit | dryrun | acceptance [robot options]]\n' >&2
    exit 2
    ;;
esac
printf 'Done in %d s.\n' "$SECONDS"
