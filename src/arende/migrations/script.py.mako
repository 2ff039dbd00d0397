<%! from arende.searchtables import MADE %>"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON()
Utc = sa.DateTime(timezone=True)

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
% if down_revision is None:
SEARCH = ${repr(MADE)}
"""The index that the register is searched by; see searchtables.py."""
% endif


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
% if down_revision is None:
    for statement in SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)
% endif
