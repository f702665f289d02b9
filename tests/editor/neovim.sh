#!/usr/bin/env bash
# usage: neovim.sh SERVER system|new
# The plugin of editors/neovim in a headless Neovim, the system's or the newer one that tools/setup-editors fetched.
server=$1
# shellcheck source=tests/editor/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
if [ "$2" = new ]; then nvim=$(newer_editor neovim-new nvim); else nvim=$(system_editor nvim); fi
own_home
own_project
# A copy, as `helptags` writes into it.
cp -R "$root/editors/neovim" "$work/plugin"
export PLUGIN=$work/plugin HELP=$work/plugin/doc TEST=$here/neovim/test.lua RESULT=$work/result

# Like a user: an init file, and the file to edit on the command line.
status=0
timeout 150 "$nvim" --headless -n -i NONE -u "$here/neovim/init.lua" "$PROJECT/app.py" </dev/null >"$work/output" 2>&1 || status=$?
cat "$work/output"
if [ "$status" != 0 ] || [ "$(cat "$RESULT" 2>/dev/null)" != passed ]; then
  tail -c 3000 "$XDG_STATE_HOME"/nvim/lsp.log "$XDG_CACHE_HOME"/nvim/lsp.log 2>/dev/null || true
  fail "Neovim ended with status $status"
fi
! grep -E 'E[0-9]+:|deprecated' "$work/output" || fail "Neovim complained"
servers_ended 3
