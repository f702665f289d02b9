#!/usr/bin/env bash
# usage: emacs.sh SERVER system|new
# The package of editors/emacs in a real terminal Emacs (inside a private tmux): the test types, and looks on by emacsclient,
# so that the command loop and the idle timers are the ones a user has. Emacs is the system's, or the newer one that
# tools/setup-editors fetched.
server=$1
# shellcheck source=tests/editor/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
if [ "$2" = new ]; then emacs=$(newer_editor emacs30 emacs); else emacs=$(system_editor emacs); fi
system_editor tmux >/dev/null
system_editor emacsclient >/dev/null
own_home
own_project
export PLUGIN=$root/editors/emacs CHECKS=$here/emacs/checks.el SOCKET=$work/run/emacs
mkdir -p "$HOME/.emacs.d" "$work/run"
chmod 700 "$work/run"
cp "$here/emacs/init.el" "$HOME/.emacs.d/init.el"

terminal() { TMUX='' tmux -L "surefoot-$$" "$@"; }
trap 'terminal kill-server 2>/dev/null || true; clean_up' EXIT
terminal -f /dev/null new-session -d -x 120 -y 40 \
  "exec env TERM=screen-256color '$emacs' -nw '$PROJECT/app.py' 2>'$work/stderr'"

type_keys() { terminal send-keys "$@"; }
command_by_name() {
  type_keys M-x
  type_keys -l "$1"
  type_keys Enter
}
ask() { timeout 20 emacsclient -s "$SOCKET" --eval "$1" 2>&1; }

# wait_for WORDS FORM: until FORM's value is t, for half a minute at most.
wait_for() {
  local said='' end=$((SECONDS + 30))
  while [ $SECONDS -lt $end ]; do
    said=$(ask "$2") && [ "$said" = t ] && { echo "ok   $1"; return; }
    sleep 0.1
  done
  terminal capture-pane -p >&2 || true
  ask "(with-current-buffer (jsonrpc-events-buffer (with-current-buffer (checks-buffer) (eglot-current-server)))
         (buffer-substring-no-properties (max 1 (- (point-max) 3000)) (point-max)))" >&2 || true
  fail "not so: $1; instead: $said"
}

wait_for "Emacs is up" '(and (checks-buffer) t)'
ask '(format "%s, eglot %s" (emacs-version) (locate-library "eglot"))'
wait_for "the package compiles without a warning" '(checks-compiles)'
wait_for "it serves both Python modes" '(checks-both-modes)'
wait_for "opening the file has started surefoot" '(checks-managed)'
wait_for "one diagnostic" '(checks-finding-count 1)'
wait_for "its lines, columns and words are right" '(checks-finding)'
wait_for "it is drawn" '(checks-drawn)'

wait_for "the cursor goes there" '(checks-go-to-finding)'
command_by_name eglot-code-actions
wait_for "the menu of code actions has the fix" '(checks-menu-has-fix)'
ask '(format "menu: %S" (checks-menu))'
# The fix is completed from its first words, as a user would.
type_keys -l "$(ask '(checks-first-words)' | tr -d '"')"
type_keys Tab
wait_for "the fix is chosen" '(checks-fix-chosen)'
type_keys Enter
wait_for "the text is right, import included" "(checks-text \"$FIXED\")"
wait_for "the diagnostic is gone" '(checks-finding-count 0)'

type_keys C-x u
wait_for "undo takes the fix back" "(checks-text \"$here/project/before.py\")"
wait_for "the diagnostic is back" '(checks-finding-count 1)'
wait_for "a missing server is named" '(checks-missing-server-named)'

command_by_name eglot-shutdown
wait_for "eglot-shutdown stops the server" '(checks-server-gone)'
servers_ended 1
[ "$2" != new ] || [ "$(cat "$RECORDED/statuses")" = 0 ] || fail "the server's exit status is not 0"
command_by_name eglot
wait_for "eglot starts it again" '(checks-managed)'
wait_for "the diagnostic is back" '(checks-finding-count 1)'
pid=$(ask '(emacs-pid)')
type_keys C-x C-c
gone "$pid" || fail "Emacs does not end"
servers_ended 2
