#!/bin/sh
# The extension's types and unit tests; needs no editor. usage: editors/vscode/test.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=editors/vscode/node.sh
. "$here/node.sh"
npm run -s check
npm run -s test
