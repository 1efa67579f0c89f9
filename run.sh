#!/usr/bin/env bash
# The one door: sets up what is missing, then runs. The same for a person, cron and CI; see README.md.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# cron's PATH is worth little, and it may set no HOME; browsers want one.
export PATH="${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
could_not_start=2

fail() {
    printf 'Could not start.\n%s\n' "$1" >&2
    exit "$could_not_start"
}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

make_venv() {
    local python
    python=$(find_python) || fail "Python 3.11 or newer is needed (on Debian: apt-get install python3 python3-venv)."
    rm -rf "$project/.venv"
    "$python" -m venv "$project/.venv" >/dev/null 2>&1 && return
    # Debian keeps venv in a package of its own.
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
        "$python" -m venv "$project/.venv" >/dev/null 2>&1 && return
    fi
    fail "Python cannot make a virtual environment (on Debian: apt-get install python3-venv)."
}

# Installs a requirements file into .venv, again only when it has changed.
install() {
    local requirements=$1 done_file="$project/.venv/installed-$2"
    cmp -s "$requirements" "$done_file" && return
    printf 'Setting up: installing %s ...\n' "${requirements#"$project"/}"
    [ -x "$project/.venv/bin/python" ] || make_venv
    "$project/.venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >&2 ||
        fail "The packages of ${requirements#"$project"/} could not be installed; pip's reason stands above."
    cp "$requirements" "$done_file"
}

# Two first runs at once must not set up into each other: the second waits for the first.
exec 9<"${BASH_SOURCE[0]}"
flock 9
install "$project/requirements.txt" run
case "${1:-}" in
test | chaos) install "$project/tests/requirements.txt" tests ;;
bench) install "$project/benchmarks/requirements.txt" benchmarks ;;
esac
exec 9<&-

export PYTHONPATH="$project/libraries:$project/resources:$project:$project/variables" PYTHONDONTWRITEBYTECODE=1
case "${1:-}" in
test)
    shift
    exec "$project/tests/run.sh" "$@"
    ;;
bench)
    shift
    exec "$project/.venv/bin/python" -m benchmarks "$@"
    ;;
chaos)
    shift
    exec "$project/.venv/bin/python" -m tests.chaos "$@"
    ;;
practice)
    shift
    cd "$project"
    exec "$project/.venv/bin/python" -m practice show "$@"
    ;;
*)
    exec "$project/.venv/bin/python" -m runner "$@"
    ;;
esac
