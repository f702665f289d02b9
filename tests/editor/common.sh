# shellcheck shell=bash
# Sourced by the editor tests: a home, a project and a server of the test's own, and the check that the server has ended.
# Needs $server, the surefoot program.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
tools=${SUREFOOT_EDITORS_DIR:-$HOME/.cache/surefoot/editors}

fail() {
  echo "FAIL: $*" >&2
  exit 1
}

[ -x "$server" ] || fail "there is no server $server: build the target surefoot"
server=$(realpath "$server")
work=$(mktemp -d)
started=() # process groups that must not outlive the test
# shellcheck disable=SC2317  # called by the trap
clean_up() {
  for pid in "${started[@]}"; do kill -KILL -- "-$pid" 2>/dev/null || true; done
  if [ -n "${KEEP:-}" ]; then echo "kept: $work" >&2; else rm -rf "$work" || true; fi
}
trap clean_up EXIT

# editor NAME COMMAND: the command that runs an editor of the system, or fails.
system_editor() { command -v "$1" || fail "$1 is missing: run tools/setup-editors"; }

# newer_editor FOLDER COMMAND: the launcher of a newer editor. Where none could be fetched the test is skipped (status 77).
newer_editor() {
  local launcher=$tools/$1/$2
  if [ -e "$tools/$1/unavailable" ]; then
    cat "$tools/$1/unavailable" >&2
    exit 77
  fi
  [ -x "$launcher" ] || fail "$launcher is missing: run tools/setup-editors"
  echo "$launcher"
}

# Nothing of the user's own takes part, and nothing is left behind.
own_home() {
  export HOME=$work/home LC_ALL=C.UTF-8
  export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share XDG_STATE_HOME=$HOME/.local/state
  export XDG_CACHE_HOME=$HOME/.cache XDG_RUNTIME_DIR=$HOME/run
  mkdir -p "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME" "$XDG_CACHE_HOME" "$XDG_RUNTIME_DIR"
  chmod 700 "$XDG_RUNTIME_DIR"
}

own_project() {
  export PROJECT=$work/project EXPECTED=$here/project/expected.json FIXED=$here/project/after.py
  mkdir -p "$PROJECT"
  cp "$here/project/before.py" "$PROJECT/app.py"
  printf '[project]\nname = "project"\n' >"$PROJECT/pyproject.toml"
}

# The server's process ids and exit statuses are noted in this folder: see `recorded`.
export RECORDED=$work/recorded RECORDER=$here/recorded SERVER=$server

# gone PID: waits for a process to end, in vain after ten seconds.
gone() {
  for ((tries = 0; tries < 100; tries++)); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  return 1
}

# servers_ended COUNT: fails unless COUNT servers were started and all of them end, with an editor that is gone by now.
servers_ended() {
  local pid count
  count=$(wc -l <"$RECORDED/pids")
  [ "$count" = "$1" ] || fail "$count servers were started, expected $1"
  while read -r pid; do
    gone "$pid" || fail "the server $pid still runs: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
  done <"$RECORDED/pids"
  touch "$RECORDED/statuses" # absent when the editor has killed what notes them
  echo "ok   every server has ended; statuses: $(tr '\n' ' ' <"$RECORDED/statuses")"
}
