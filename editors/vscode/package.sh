#!/bin/sh
# Packages the extension, with a server in it, as a .vsix. Needs Node 22 or later (tools/setup-editors brings one) and,
# the first time, npm's registry. Writes nothing beside the sources but node_modules.
#
# usage: editors/vscode/package.sh OUT.vsix [SERVER [TARGET [VERSION]]]
#   SERVER   the surefoot program to put in; without one the extension looks for it on the PATH
#   TARGET   the platform SERVER runs on, as VS Code names it (default: linux-x64)
#   VERSION  the version to give it (default: the one in package.json)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "$1") server=${2:+$(realpath -m "$2")} target=${3:-linux-x64} version=${4:-}
# shellcheck source=editors/vscode/node.sh
. "$here/node.sh"
[ -z "$server" ] || [ -x "$server" ] || fail "there is no program $server"
npm run -s check

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cp -R package.json README.md CHANGELOG.md .vscodeignore images ../../LICENSE "$stage"
npm run -s build -- --outfile="$stage/dist/extension.js" --log-level=warning
if [ -n "$server" ]; then
  mkdir "$stage/bin"
  cp "$server" "$stage/bin/surefoot"
  chmod 755 "$stage/bin/surefoot"
  # Symbols are of no use there and make up most of the file.
  ! command -v strip >/dev/null || strip --strip-debug "$stage/bin/surefoot" 2>/dev/null || true
fi
# The staged manifest is what is shipped: the version given, and none of what only developers need.
node -e '
  const fs = require("node:fs"), manifest = JSON.parse(fs.readFileSync("package.json"));
  if (process.argv[2]) manifest.version = process.argv[2];
  for (const key of ["devDependencies", "scripts", "private"]) delete manifest[key];
  fs.writeFileSync(process.argv[1] + "/package.json", JSON.stringify(manifest, null, 2) + "\n");
' "$stage" "$version"
vsce=$here/node_modules/@vscode/vsce/vsce
cd "$stage"
mkdir -p "$(dirname "$out")"
node "$vsce" package --no-dependencies --allow-missing-repository --no-rewrite-relative-links \
  ${server:+--target "$target"} --out "$out"
