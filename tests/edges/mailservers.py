"""Real mail software for tests, in a folder of its own, on free ports of this machine: Dovecot, Postfix, swaks.

Postfix is the site's mail server. It takes mail from anybody at one port, and from people of the region, who sign in as
themselves, at another. It removes every Authentication-Results of its own name, and writes one for who has signed in.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from processes import free_port

DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%n
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
first_valid_uid = 1
mail_uid = nobody
mail_gid = nogroup
passdb {{
  driver = static
  args = password=lab
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%n allow_all_users=yes
}}
service auth {{
  unix_listener auth-client {{
    mode = 0666
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""
"""Any user, the password ``lab``."""
LDA = "/usr/lib/dovecot/dovecot-lda"
MX = "mx.region.example"
"""The name that Postfix signs its Authentication-Results with."""

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {mx}
mydestination =
mynetworks = 127.0.0.0/8
local_transport = error:local delivery disabled
relay_domains = {domain}
virtual_mailbox_domains = imap.region.example region.example
virtual_transport = virtual
virtual_mailbox_base = {dovecot}/mail
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
transport_maps = inline:{{ {{ {domain} = lmtp:inet:127.0.0.1:{lmtp} }}
  {{ {refused} = smtp:[127.0.0.1]:{refuse} }} }}
default_transport = error:5.4.4 no outside mail from this test server
recipient_delimiter = +
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_forbid_bare_newline = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {dovecot}/run/auth-client
themselves = reject_authenticated_sender_login_mismatch, check_sasl_access regexp:{folder}/etc/signed_in
smtpd_sender_login_maps = regexp:{folder}/etc/themselves
minimal_backoff_time = 300s
append_dot_mydomain = no
biff = no
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
alias_maps =
alias_database =
"""
MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o cleanup_service_name=vouch
  -o smtpd_sender_restrictions=$themselves
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
cleanup    unix n - n -     0 cleanup
  -o header_checks=regexp:{folder}/etc/strip
vouch      unix n - n -     0 cleanup
  -o header_checks=regexp:{folder}/etc/vouch
qmgr       unix n - n 300   1 qmgr
rewrite    unix - - n -     - trivial-rewrite
bounce     unix - - n -     0 bounce
defer      unix - - n -     0 bounce
trace      unix - - n -     0 bounce
verify     unix - - n -     1 verify
proxymap   unix - - n -     - proxymap
smtp       unix - - n -     - smtp
showq      unix n - n -     - showq
error      unix - - n -     - error
retry      unix - - n -     - error
discard    unix - - n -     - discard
lmtp       unix - - n -     - lmtp
anvil      unix - - n -     1 anvil
scache     unix - - n -     1 scache
tlsmgr     unix - - n 1000? 1 tlsmgr
postlog    unix-dgram n - n - 1 postlogd
virtual    unix - n n - - virtual
"""
STRIP = r"/^Authentication-Results:\s*(\([^)]*\)\s*)*\"?{mx}\b/ IGNORE" + "\n"
MAPS = {
    "themselves": "/^(.*)$/ $1\n",
    "signed_in": "/^.*@([a-z.]+)$/ PREPEND X-Signed-In: $1\n",
    "strip": STRIP,
    "vouch": STRIP + "/^X-Signed-In: (.*)$/ REPLACE Authentication-Results: {mx}; dmarc=pass header.from=$1\n",
}
"""Who has signed in may send as themselves only; the last two are for the headers."""


class NoServer(Exception):
    """The software is not here, or did not start; the text says what was tried."""


@dataclass(frozen=True)
class Dovecot:
    """Where it listens."""

    folder: Path
    imap: int

    def deliver(self, user: str, recipient: str, sender: str, raw: bytes) -> None:
        """Put a message into a user's mailbox, with the trace that Postfix's pipe(8) writes (flags DR)."""
        trace = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode()
        command = [LDA, "-c", str(self.folder / "dovecot.conf"), "-d", user, "-a", recipient, "-f", sender]
        subprocess.run(command, input=trace + raw, check=True)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A running Dovecot; raises NoServer where there is none. It needs root to start."""
    program = _program("dovecot", "dovecot-imapd")
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)  # mail is written as nobody
    for name in ("run", "mail"):
        (folder / name).mkdir(mode=0o755)
    shutil.chown(folder / "mail", "nobody")
    place = Dovecot(folder, free_port())
    config = folder / "dovecot.conf"
    config.write_text(DOVECOT.format(folder=folder, imap=place.imap))
    server = subprocess.Popen([program, "-F", "-c", str(config)], stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        _answers(server, place)
        yield place
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Postfix:
    """Where it takes mail in: from anybody, and from those who sign in."""

    folder: Path
    smtp: int
    submission: int

    @property
    def log(self) -> str:
        """What it did, for a test that fails."""
        file = self.folder / "mail.log"
        return file.read_text("utf-8", "replace")[-6000:] if file.exists() else "no log"


@contextmanager
def postfix(
    mailboxes: Dovecot, people: Iterable[str], domain: str, lmtp: int, *, refused: str, refuse: int
) -> Iterator[Postfix]:
    """A running Postfix: mail for ``domain`` goes to the LMTP port, that to people to their mailboxes, nothing further.

    All of imap.region.example is one mailbox, ``beslut``.
    What goes to the address ``refused`` is offered to a server at the port ``refuse``. Raises NoServer.
    """
    program = _program("postfix", "postfix")
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir(mode=0o755)
    shutil.chown(folder / "data", "postfix")
    place = Postfix(folder, free_port(), free_port())
    known = {"folder": folder, "dovecot": mailboxes.folder, "mx": MX, "domain": domain, "lmtp": lmtp}
    nobody = pwd.getpwnam("nobody")
    known |= {"uid": nobody.pw_uid, "gid": nobody.pw_gid}
    ports = {"smtp": place.smtp, "submission": place.submission, "refused": refused, "refuse": refuse}
    (folder / "etc" / "mailboxes").write_text(
        "@imap.region.example beslut/\n" + "".join(f"{p} {p.partition('@')[0]}/\n" for p in people)
    )
    for name, text in {"main.cf": MAIN, "master.cf": MASTER, **MAPS}.items():
        text = text if name in MAPS else text.format(**known, **ports)
        (folder / "etc" / name).write_text(text.replace("{mx}", MX))
    here = [program, "-c", str(folder / "etc")]
    try:
        subprocess.run([*here, "start"], check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        yield place
    except subprocess.CalledProcessError as e:
        raise NoServer(f"{e.stderr.decode(errors='replace')}\n{place.log}") from e
    finally:
        subprocess.run([*here, "stop"], check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str, package: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise NoServer(f"{name} is not installed (apt-get install {package})")
    if os.geteuid() != 0:
        raise NoServer(f"{name} has to be started by root")
    return found


def missing(what: object) -> NoReturn:
    """Skip the test, loudly, or fail it where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"Real mail software could not be started: {what}")
    pytest.skip(f"Nothing was tested with real mail software: {what}")


def _answers(server: subprocess.Popen[bytes], place: Dovecot) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", place.imap), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    server.kill()
    log = place.folder / "dovecot.log"
    raise NoServer(log.read_text(errors="replace")[-2000:] if log.exists() else "no log")
