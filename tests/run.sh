#!/usr/bin/env bash
# Everything that must hold, one gate after the other; the first that fails ends it. Called by `./run.sh test`.
# Usage: ./run.sh test [lint | unit | dryrun | acceptance [robot options] | chaos [options]]
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$project"
export PATH="$project/.venv/bin:$PATH"
# CI keeps this folder when something fails; by hand it is a temporary one.
artifacts=${TEST_RESULTS:-$(mktemp -d "${TMPDIR:-/tmp}/court-booker-tests.XXXXXX")}
mkdir -p "$artifacts"
robot=(python -m robot --console dotted)

lint() {
    # Each library in a process of its own: in robocop's, the Browser library would leave its Node behind.
    robocop check --library-workers suites resources tests/acceptance benchmarks
    robocop format --check --diff suites resources tests/acceptance benchmarks
    ruff check --quiet .
    ruff format --check --quiet .
    mypy libraries practice tests benchmarks
    # Robot Framework imports them by their bare names.
    mypy --no-explicit-package-bases variables
    shellcheck run.sh tests/run.sh .ci/run
}

unit() {
    # The same examples each time, and no deadlines: a gate that fails by chance tells nothing of the change at it.
    pytest --quiet -p no:cacheprovider --hypothesis-profile=ci "$@"
}

dryrun() {
    "${robot[@]}" --dryrun --output NONE --log NONE --report NONE suites
    "${robot[@]}" --dryrun --output NONE --log NONE --report NONE tests/acceptance
}

acceptance() {
    # Two suites at a time, each with a venue of its own: they wait more than they work.
    local pabot=(python -m pabot.pabot --command python -m robot --end-command --processes 2 --no-pabotlib)
    pabot+=(--pabotconsole dotted --artifacts none)
    local status=0
    # pabot leaves a file in its working directory.
    (cd "$artifacts" && "${pabot[@]}" --outputdir "$artifacts/report" --variable "WORLDS:$artifacts/worlds" \
        --loglevel DEBUG "$@" "$project/tests/acceptance") |
        tee "$artifacts/console.txt" || status=$?
    [ "$status" -eq 0 ] || printf 'The log: %s/report/log.html\n' "$artifacts"
    closing=$(sed -nE 's/^[0-9]+ tests?, ([0-9]+) passed, ([0-9]+) failed.*/acceptance: \1 passed, \2 failed/p' \
        "$artifacts/console.txt" | tail -n 1) # The last one is of all suites together.
    return "$status"
}

# A block of seeds meets every kind of fault; `./run.sh chaos` carries out as many more as you like.
chaos() {
    # One more at a time than there are cores: bookings wait more than they work.
    python -m tests.chaos --jobs $(($(nproc) + 1)) --output "$artifacts/chaos" "$@"
}

gate() {
    local began=$SECONDS
    name=$1
    shift
    printf '== %s ==\n' "$name"
    # Not in a condition: there bash would go on after a command that fails.
    "$name" "$@"
    printf '%s: ok after %d s\n\n' "$name" $((SECONDS - began))
}

name='' closing=''
finish() {
    [ "$1" -eq 0 ] || printf 'FAILED: %s\n' "$name"
    printf 'Took %d s in all.\n' "$SECONDS"
    [ -z "$closing" ] || printf '%s\n' "$closing"
}

case "${1:-all}" in
all | lint | unit | dryrun | acceptance | chaos) trap 'finish "$?"' EXIT ;;
*)
    printf 'Usage: ./run.sh test [lint | unit | dryrun | acceptance [robot options] | chaos [options]]\n' >&2
    exit 2
    ;;
esac
if [ "${1:-all}" = all ]; then
    for each in lint unit dryrun acceptance chaos; do gate "$each"; done
else
    gate "$@"
fi
