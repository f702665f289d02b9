# Sourced by tools/run and tools/test: installs what is missing and says plainly what failed.
# Everything written here goes to stderr, so that stdout stays the program's.

say() { printf 'surefoot: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 2
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "installing packages needs root or sudo; run as root: $*"
  fi
}

# have WANTED: WANTED is PACKAGE, or COMMAND:PACKAGE when any source of the command will do.
have() {
  case $1 in
    *:*) command -v "${1%%:*}" >/dev/null ;;
    *) [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
  esac
}

# install_missing WANTED...: asks apt for what is not there, and for nothing when all is.
# Elsewhere than on Debian it does nothing: CMake then names each missing library.
install_missing() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
  local wanted packages=()
  for wanted in "$@"; do
    have "$wanted" || packages+=("${wanted##*:}")
  done
  [ ${#packages[@]} -eq 0 ] && return 0
  say "installing: ${packages[*]}"
  local log
  log=$(mktemp)
  if ! { as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"; } \
    >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    die "apt-get could not install these packages: ${packages[*]}"
  fi
  rm -f "$log"
}

# What the program itself is built from.
build_packages=(cmake:cmake ninja:ninja-build g++:g++ ccache:ccache node:nodejs npm:npm ca-certificates
  nlohmann-json3-dev libboost-dev libspdlog-dev libcli11-dev libtomlplusplus-dev)

# configure PRESET [ARGUMENT...]: once; a build folder that is already configured looks after itself.
configure() {
  local preset=$1
  shift
  [ -f "build/$preset/build.ninja" ] && [ $# -eq 0 ] && return 0
  cmake --preset "$preset" "$@"
}
