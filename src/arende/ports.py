"""Ports of this machine: whether one can be listened on, why not, and what to do about it."""

from __future__ import annotations

import contextlib
import errno
import socket

from arende.errors import Sentence, Unavailable
from arende.settings import Settings

LOCAL = "127.0.0.1"
_WEB = Sentence("webben", "the web")


def answers(port: int, host: str = LOCAL) -> bool:
    """Whether something listens on the port, of this machine unless another is named."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1.0):
        return True
    return False


def is_free(port: int, host: str = LOCAL) -> bool:
    """Whether the port can be listened on."""
    return _why_not(port, host) is None


def check_ports(settings: Settings, parts: set[str]) -> None:
    """Raise Unavailable when a part of ``arende up`` cannot have its port: which, and how to choose another."""
    wanted = [
        ("web", _WEB, "web_port", settings.host),
        ("mailbox", Sentence("utvecklingsbrevlådan", "the development mailbox"), "mailbox_port", LOCAL),
        ("prefect", Sentence("Prefect", "Prefect"), "prefect_port", LOCAL),
    ]
    wrong = [
        _told(error, what, setting, getattr(settings, setting), host, "{} make run")
        for part, what, setting, host in wanted
        if part in parts and (error := _why_not(getattr(settings, setting), host))
    ]
    if wrong:
        raise Unavailable(*wrong)


def check_web_port(settings: Settings) -> None:
    """Raise Unavailable when ``arende serve`` cannot listen where it is told to: why, and what to change."""
    if error := _why_not(settings.web_port, settings.host):
        raise Unavailable(_told(error, _WEB, "web_port", settings.web_port, settings.host, "{}"))


def _why_not(port: int, host: str) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as e:
            return e
    return None


def _told(error: OSError, what: Sentence, setting: str, port: int, host: str, how: str) -> Sentence:
    if error.errno == errno.EADDRINUSE:
        other = next((p for p in range(port + 1, port + 50) if p < 65536 and is_free(p, host)), port + 1)
        change = how.format(f"ARENDE_{setting.upper()}={other}")
        return Sentence(
            f"Port {port}, som {what.sv} ska ha, är upptagen av ett annat program. Välj en annan: {change}",
            f"Port {port}, meant for {what.en}, is taken by another program. Choose another: {change}",
        )
    if error.errno == errno.EACCES:
        return Sentence(
            f"Den här användaren får inte öppna port {port}, som {what.sv} ska ha. Välj en över 1023: "
            f"ARENDE_{setting.upper()}",
            f"This user may not open port {port}, meant for {what.en}. Choose one above 1023: ARENDE_{setting.upper()}",
        )
    return Sentence(
        f"Den här datorn har ingen adress {host} att lyssna på ({error.strerror}). Ändra ARENDE_HOST.",
        f"This machine has no address {host} to listen on ({error.strerror}). Change ARENDE_HOST.",
    )
