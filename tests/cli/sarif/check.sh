#!/usr/bin/env bash
# check.sh SUREFOOT FOLDER: holds SARIF reports against the official schema. FOLDER keeps the npm packages that carry it and
# the validator; they are installed when they are not there or no longer the right ones.
set -euo pipefail
surefoot=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
projects=$here/../../projects

command -v npm >/dev/null || { echo "npm is missing: apt-get install npm" >&2; exit 1; }
if ! cmp -s "$here/package-lock.json" "$folder/.installed"; then
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$folder"
  (cd "$folder" && npm ci --no-progress)
  cp "$here/package-lock.json" "$folder/.installed"
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/odd/a folder" "$scratch/clean"
echo 'x = 1' >"$scratch/clean/a.py"
# A name that must be escaped in an address, a letter beyond the basic plane, a file that is not UTF-8 and one that cannot
# be checked.
printf 'import asyncio, time\nasync def f():\n    "\360\237\230\200"; time.sleep(1)\n' >"$scratch/odd/a folder/b:c%%#é.py"
printf '# coding: latin-1\nimport asyncio, time\nasync def f():\n    "\351"; time.sleep(1)\n' >"$scratch/odd/latin.py"
printf 'x = \0\n' >"$scratch/odd/broken.py"

# report NAME STATUS FOLDER [PATH...]: writes NAME.sarif of a check that must end so
report() {
  local name=$1 wanted=$2 in=$3 status=0
  shift 3
  (cd "$in" && "$surefoot" check --output-format sarif --profile strict "$@") >"$scratch/$name.sarif" 2>"$scratch/err" || status=$?
  [ "$status" = "$wanted" ] || { echo "$name: exit status $status instead of $wanted" >&2; cat "$scratch/err" >&2; exit 1; }
}
report storefront 1 "$projects/storefront"
report odd 2 "$scratch/odd"
report elsewhere 1 / "$projects/storefront"
report clean 0 "$scratch/clean"

cd "$scratch"
SARIF_TOOLS=$folder/node_modules node "$here/validate.cjs" ./*.sarif
grep -q '"executionSuccessful":false' odd.sarif || { echo "the broken file is not told" >&2; exit 1; }
