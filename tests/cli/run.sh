#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2317  # backticks are meant as such; the tests are called by name
# run.sh SUREFOOT [NAME...]: tests of the program as a process, each in a folder of its own. All when no name is given.
set -u
surefoot=$1
shift
here=$(cd "$(dirname "$0")" && pwd)

# The finding that all tests use, with a safe fix.
sleeps='import asyncio
import time


async def pause():
    time.sleep(1)
'

# expect STATUS COMMAND...: runs with output in ./out and ./err and compares the exit status.
expect() {
  local wanted=$1 status=0
  shift
  "$@" >out 2>err || status=$?
  [ "$status" = "$wanted" ] || fail "exit status $status instead of $wanted: $*"
}
same() { [ "$(cat "$1")" = "$2" ] || fail "$1 is not: $2"; }
has() { grep -qF -- "$2" "$1" || fail "$1 does not have: $2"; }
hasnt() { ! grep -qF -- "$2" "$1" || fail "$1 has: $2"; }
empty() { [ ! -s "$1" ] || fail "$1 is not empty"; }
lines() { [ "$(wc -l <"$1")" = "$2" ] || fail "$1 has not $2 lines"; }
fail() {
  echo "FAILED: $*"
  for file in out err; do echo "--- $file"; head -c 2000 "$file" 2>/dev/null; done
  exit 1
}

test_version_and_help() {
  expect 0 "$surefoot" --version
  has out 'surefoot '
  expect 0 "$surefoot" --help
  for command in server check rule rules explain graph config; do
    has out "$command"
    expect 0 "$surefoot" "$command" --help
    has out 'Examples:'
    empty err
    "$surefoot" --help >out
  done
}

test_wrong_usage() {
  expect 2 "$surefoot"
  empty out
  expect 2 "$surefoot" chek
  has err 'did you mean `check`'
  expect 2 "$surefoot" check --no-such-option
  has err "Try \`surefoot check --help\`."
}

test_exit_status() {
  echo 'x = 1' >clean.py
  printf '%s' "$sleeps" >bad.py
  expect 0 "$surefoot" check clean.py
  expect 1 "$surefoot" check bad.py
  expect 1 "$surefoot" check
  expect 2 "$surefoot" check bad.py nope.py
  has out 'RT101'
  same err 'surefoot: error: nope.py: no such file or folder'
  expect 0 "$surefoot" check --fail-on never
}

test_explain_and_graph() {
  printf 'import time\n\n\ndef rest():\n    time.sleep(1)\n' >helper.py
  printf 'from helper import rest\n\n\nasync def pause():\n    rest()\n' >app.py
  expect 0 "$surefoot" explain helper.py:5
  has out 'sync · blocks: time.sleep at helper.py:5 · reached from the event loop by 1 coroutine'
  has out 'app.py:5  `pause` calls `rest`'
  empty err
  expect 0 "$surefoot" graph --format dot
  has out 'digraph surefoot {'
  has out 'label="pause\napp.py:4"'
  expect 2 "$surefoot" explain helper.py:50
  same err 'surefoot: error: helper.py has no line 50, only 5'
  expect 2 "$surefoot" explain .:1
  lines err 1
  expect 2 "$surefoot" explain helper.py
  lines err 1
  expect 2 "$surefoot" graph nowhere
  same err 'surefoot: error: nowhere: no such file or folder'
}

test_unreadable_file() {
  [ "$(id -u)" != 0 ] || run_as_nobody unreadable_file
  printf '%s' "$sleeps" >good.py
  echo 'x = 1' >locked.py
  chmod 000 locked.py
  expect 2 "$surefoot" check --output-format concise
  has out 'good.py:6:5: RT101'
  same err 'surefoot: error: locked.py: cannot be read: Permission denied'
}

test_unwritable_file() {
  [ "$(id -u)" != 0 ] || run_as_nobody unwritable_file
  printf '%s' "$sleeps" >fixed.py
  printf '%s' "$sleeps" >kept.py
  chmod 444 kept.py
  expect 2 "$surefoot" check --fix
  has fixed.py 'await asyncio.sleep(1)'
  hasnt kept.py 'await'
  same err 'surefoot: error: kept.py: cannot be written: open: Permission denied'
}

test_folder_loop() {
  mkdir -p app/inner
  printf '%s' "$sleeps" >app/inner/a.py
  ln -s .. app/inner/loop
  expect 1 "$surefoot" check --output-format concise app
  lines err 1
  has err 'surefoot: warning: app/inner/loop: not followed: the link leads back to a folder above it'
  has out 'app/inner/a.py:6:5: RT101'
  has out 'Found 1 finding'
}

test_large_and_deep_files() {
  head -c 52428800 /dev/zero | tr '\0' '#' >large.py
  { printf 'x = '; head -c 100000 /dev/zero | tr '\0' '('; echo; } >deep.py
  printf '%s' "$sleeps" >good.py
  expect 2 "$surefoot" check --output-format concise
  has out 'good.py:6:5: RT101'
  lines err 2
  has err 'surefoot: error: large.py: is too large to check (50.0 MB; the limit is 10.0 MB, see --max-file-size)'
  has err 'surefoot: error: deep.py: is nested too deeply'
}

test_broken_configuration() {
  printf '[tool.surefoot]\nselect = ["RT101"\n' >pyproject.toml
  echo 'x = 1' >a.py
  expect 2 "$surefoot" check
  lines err 1
  has err 'surefoot: error: pyproject.toml:'
  has err 'invalid TOML'
}

test_reader_that_leaves() {
  for i in $(seq 300); do printf '%s' "$sleeps" >"file$i.py"; done
  "$surefoot" check 2>err | head -n 1 >out
  lines out 1
  empty err
}

test_full_disk() {
  [ -e /dev/full ] || return 0
  printf '%s' "$sleeps" >a.py
  "$surefoot" check >/dev/full 2>err
  [ $? = 2 ] || fail 'a report that cannot be written is not an error'
  has err 'surefoot: error: cannot write to standard output: No space left on device'
}

test_standard_input() {
  printf '%s' "$sleeps" >a.py
  "$surefoot" check --output-format concise --stdin-filename app/x.py - <a.py >out 2>err
  [ $? = 1 ] || fail 'findings in standard input do not count'
  has out 'app/x.py:6:5: RT101'
  "$surefoot" check --fix - <a.py >out 2>err || fail 'fixed standard input is not clean'
  has out 'await asyncio.sleep(1)'
  lines out 6
}

test_fix_keeps_mode_and_is_done_once() {
  printf '%s' "$sleeps" >a.py
  chmod 755 a.py
  expect 0 "$surefoot" check --fix a.py
  [ "$(stat -c %a a.py)" = 755 ] || fail 'the mode bits are not kept'
  cp a.py before.txt
  expect 0 "$surefoot" check --fix a.py
  cmp -s a.py before.txt || fail 'a second --fix changes the file'
}

test_diff_can_be_applied() {
  command -v patch >/dev/null || return 0
  mkdir app
  printf '%s' "$sleeps" >app/a.py
  printf '%s' "${sleeps//$'\n'/$'\r\n'}" >app/crlf.py
  printf '%s' "${sleeps%$'\n'}" >app/no_newline.py
  cp -r app fixed
  expect 1 "$surefoot" check --diff app
  patch --binary -s -p0 <out || fail 'patch does not take the diff'
  "$surefoot" check --fix fixed >/dev/null || fail 'the copy is not clean'
  diff -r app fixed || fail 'the diff is not what --fix does'
}

test_colours() {
  printf '%s' "$sleeps" >a.py
  escape=$(printf '\033')
  expect 1 "$surefoot" check
  hasnt out "$escape"
  expect 1 env -u NO_COLOR CLICOLOR_FORCE=1 "$surefoot" check
  has out "$escape"
  expect 1 env NO_COLOR=1 CLICOLOR_FORCE=1 "$surefoot" check
  hasnt out "$escape"
}

test_configuration_is_shown() {
  printf '[tool.surefoot]\nprofile = "strict"\n' >pyproject.toml
  expect 0 "$surefoot" config --select RT101
  has out 'profile = "strict"'
  has out '# pyproject.toml:2'
  has out '# command line'
  cp out surefoot.toml
  expect 0 "$surefoot" config
  has out '# surefoot.toml:'
}

test_rules_are_explained() {
  expect 0 "$surefoot" rule RT101
  has out '# RT101 blocking-call-in-async'
  expect 0 "$surefoot" rules
  has out 'RT101'
  expect 2 "$surefoot" rule RT10l
  has err 'did you mean `RT101`'
}

test_baseline() {
  printf '%s' "$sleeps" >a.py
  expect 2 "$surefoot" check --baseline known.json
  empty out
  expect 0 "$surefoot" check --baseline known.json --write-baseline
  same err 'Wrote 1 finding to known.json.'
  expect 0 "$surefoot" check --baseline known.json
  empty err
  printf '# moved\n%s' "$sleeps" >a.py
  expect 0 "$surefoot" check --baseline known.json
  echo 'x = 1' >a.py
  expect 0 "$surefoot" check --baseline known.json
  same err '1 finding of known.json is gone; --write-baseline takes it out.'
  chmod 640 known.json
  expect 0 "$surefoot" check --baseline known.json --write-baseline
  [ "$(stat -c %a known.json)" = 640 ] || fail 'the mode bits are not kept'
  echo '{' >known.json
  expect 2 "$surefoot" check --baseline known.json
  has err 'surefoot: error: known.json:2:1: invalid JSON'
}

test_formats_for_services() {
  printf '%s' "$sleeps" >a.py
  expect 1 "$surefoot" check --output-format github
  has out '::warning file=a.py,line=6,col=5,endLine=6,endColumn=15,title=RT101 blocking-call-in-async::'
  for format in sarif gitlab; do
    expect 1 "$surefoot" check --output-format "$format"
    python3 -m json.tool out >err || fail "$format is not JSON"
  done
  expect 1 "$surefoot" check --output-format junit
  python3 -c 'import sys, xml.dom.minidom as dom; dom.parse(sys.argv[1])' out || fail 'junit is not XML'
}

# appears FILE TEXT: waits for it, in vain after ten seconds.
appears() {
  for _ in $(seq 100); do
    ! grep -qF -- "$2" "$1" || return 0
    sleep 0.1
  done
  fail "$1 never got: $2"
}

test_watch() {
  echo 'x = 1' >a.py
  "$surefoot" check --watch --output-format concise >out 2>err &
  watcher=$!
  trap 'kill "$watcher" 2>/dev/null' EXIT
  appears out 'No findings in 1 file.'
  appears err 'Watching for changes'
  printf '%s' "$sleeps" >new.tmp
  mv new.tmp b.py
  appears out 'b.py:6:5: RT101'
  mkdir -p deep/er
  printf '%s' "$sleeps" >deep/er/c.py
  appears out 'deep/er/c.py:6:5: RT101'
  rm b.py
  appears out 'Found 1 finding (1 fixable with --fix).'
  echo "ignore = ['RT101']" >surefoot.toml
  appears out 'No findings in 2 files.'
  kill "$watcher" || fail 'it has ended before it was told to'
  wait "$watcher"
  [ $? = 143 ] || fail 'it does not end when it is told to'
}

# Runs one test again as a user whom file modes concern, where that can be done.
run_as_nobody() {
  command -v setpriv >/dev/null || { echo 'skipped: root, and no setpriv'; exit 0; }
  chmod 755 . "$scratch"
  local folder=$scratch/nobody
  mkdir "$folder" && chown 65534:65534 "$folder" && cp "$surefoot" "$scratch/surefoot" || exit 1
  TMPDIR=$folder setpriv --reuid 65534 --regid 65534 --clear-groups "$here/run.sh" "$scratch/surefoot" "$1"
  exit $?
}

failed=0
names=("$@")
[ $# -gt 0 ] || mapfile -t names < <(sed -n 's/^test_\([a-z_]*\)().*/\1/p' "$0")
for name in "${names[@]}"; do
  scratch=$(mktemp -d) || exit 2
  if ! (mkdir "$scratch/work" && cd "$scratch/work" && unset CLICOLOR_FORCE && "test_$name"); then
    echo "not ok: $name"
    failed=1
  fi
  chmod -R u+w "$scratch"
  rm -rf "$scratch"
done
exit $failed
