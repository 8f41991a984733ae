#!/bin/sh
# Builds the console into target/classes when its sources changed since it was built last.
#   build.sh QUICK    where QUICK is "true", a console that cannot be built is left out; otherwise that is an error
#
# Without Node nothing is built and that is said: the rest of Gantry does not need the console.
set -eu
cd "$(dirname "$0")"
quick=${1:-false}
stamp=target/web.stamp
out=target/classes/dev/gantry/console

absent() {
    rm -rf "$out" "$stamp"
    for line in "$@"; do printf '[WARNING] %s\n' "$line"; done
    exit 0
}

# True when Node is new enough for Vite: 20.19, or 22.12 and newer.
node_serves() {
    command -v npm >/dev/null 2>&1 || return 1
    version=$(node --version 2>/dev/null) || return 1
    version=${version#v}
    major=${version%%.*}
    minor=${version#*.}
    minor=${minor%%.*}
    case $major in
        20) [ "$minor" -ge 19 ] ;;
        21) false ;;
        22) [ "$minor" -ge 12 ] ;;
        *) [ "$major" -gt 22 ] ;;
    esac
}

# One line that is another whenever a source is another.
sources() {
    find package.json package-lock.json .npmrc build.sh vite.config.ts tsconfig.json scripts src/main \
        ../server/src/main/resources/openapi -type f | LC_ALL=C sort | xargs cksum | cksum
}

# What npm or Vite has to say is shown only when they fail.
step() {
    if "$@" >target/web.log 2>&1; then return; fi
    cat target/web.log
    if [ "$quick" = true ]; then
        absent "The console could not be built and is left out: '$*' failed." "The whole output is in console/target/web.log"
    fi
    printf '[ERROR] The console could not be built: %s failed\n' "$*"
    exit 1
}

mkdir -p target/classes
if ! node_serves; then
    absent "Node 20.19 or newer was not found: the web console is left out, and its tests are skipped." \
        "Install Node (https://nodejs.org) and build again to have it."
fi
now=$(sources)
built=false
if [ -f "$out/files.json" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then built=true; fi
# The tests need what npm installs, also where nothing is to be built.
if [ "$built" = true ] && [ "$quick" = true ]; then exit 0; fi
if ! cmp -s package-lock.json node_modules/.gantry-lock; then
    step npm ci --ignore-scripts
    cp package-lock.json node_modules/.gantry-lock
fi
if [ "$quick" != true ]; then step npm run -s typecheck; fi
if [ "$built" = true ]; then exit 0; fi
step npm run -s build
printf '%s\n' "$now" >"$stamp"
