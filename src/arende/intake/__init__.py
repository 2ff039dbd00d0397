"""Mail that comes in: the doors, the storing, and the sorting of what was stored.

Every door – LMTP, IMAP, the command line, the development mailbox – hands the raw message to ``store``. Only when its
bytes are synced to disk and its row is committed may the door say that it has been taken. What it means is worked out
by ``handle``, at once or by the next sweep; so a crash at any point loses nothing and does nothing twice.
"""

from __future__ import annotations

from arende.intake.letterbox import parts
from arende.intake.sorting import Handled, handle, handle_all
from arende.intake.storing import Door, dedupe_key, store

__all__ = ["Door", "Handled", "dedupe_key", "handle", "handle_all", "parts", "store"]
