"""How often one may try, in this process: it slows guessing. What a guess may do is judged elsewhere."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock

KEYS = 20_000
"""Keys remembered at most; the longest unused is forgotten first, so that nobody can fill the memory."""


class Limit:
    """At most ``times`` in any ``seconds`` for each key."""

    def __init__(self, times: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.times, self.seconds, self.clock = times, seconds, clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str) -> bool:
        """Count one more; False when it is one too many."""
        now = self.clock()
        with self._lock:
            seen = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while len(self._seen) > KEYS:
                self._seen.popitem(last=False)
            while seen and seen[0] <= now - self.seconds:
                seen.popleft()
            if len(seen) >= self.times:
                return False
            seen.append(now)
            return True
