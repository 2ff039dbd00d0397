"""Real mail software for tests: Dovecot in a folder of its own, on free ports of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise NoServer("dovecot is not installed (apt-get install dovecot-imapd)")
    if os.geteuid() != 0:
        raise NoServer("dovecot has to be started by root")
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
