"""Commands on what has been promised by mail: a delivery that failed is tried again."""

from __future__ import annotations

from arende.commands import Command


class RetryDelivery(Command):
    """Queue a mail again, from the first attempt on, to the address that its recipient has now."""

    name = "retry_delivery"
    delivery: int
