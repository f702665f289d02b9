"""A note that the customer may leave."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text, nullable=True))


def downgrade() -> None:
    # Notes are kept on purpose: an older release ignores the column, and customers' words are not thrown away.
    pass
