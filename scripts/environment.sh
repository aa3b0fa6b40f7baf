# Sourced by the other scripts: the project's folder, and a node that runs TypeScript directly.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
node_major=24

# Newer than the major we need is fine; the host's own node is taken before one of ours.
is_new_enough() {
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "$node_major" ] 2>/dev/null
}

own_node=$root/.tools/node/node_modules/node/bin

use_node() {
  if is_new_enough node; then return 0; fi
  if is_new_enough "$own_node/node"; then
    PATH=$own_node:$PATH
    export PATH
    return 0
  fi
  return 1
}
