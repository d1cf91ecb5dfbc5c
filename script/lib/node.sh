# Sourced by the scripts in script/, from the top of the repository: puts the project's own Node and tools on PATH, installing them when they are
# missing or older than the lock file.
if ! command -v npm >/dev/null 2>&1; then
  echo "npm is missing. Install Node.js 20 or newer: apt-get install nodejs npm, or https://nodejs.org" >&2
  exit 4
fi
if [ ! -x node_modules/.bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "installing the npm packages (about 30 s, once)" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2 || {
    echo "npm ci failed: see above. It needs the npm registry (npm config get registry) and about 600 MB of disk." >&2
    exit 1
  }
  touch node_modules/.package-lock.json
fi
PATH=$PWD/node_modules/.bin:$PATH
export PATH
