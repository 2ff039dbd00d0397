"""``arende reconcile``: every promise that should have been kept by now and was not."""

from __future__ import annotations

from arende.cli.shared import OPTIONS, open_app, say, show


def reconcile() -> int:
    """Löften som inte är infriade i tid: mejl, frister, processer. Promises not kept in time. Exit 1 = some."""
    from arende import reconcile

    found = reconcile.find(open_app())
    whole = say("Allt som lovats är gjort.", "Every promise is kept.")
    lines = [f"{f.register_no:<10} {f.sentence.in_(OPTIONS.lang)}".strip() for f in found]
    show({"count": len(found), "findings": [f.as_data() for f in found]}, "\n".join(lines) or whole)
    return 1 if found else 0
