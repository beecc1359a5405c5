"""When somebody has last signed in, and the trail by who did something from where."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE users SET last_sign_in_at ="
        " (SELECT MAX(sessions.created_at) FROM sessions WHERE sessions.user_id = users.id)"
    )
    op.create_index("idx_audit_events_actor_name", "audit_events", ["actor_name", "position"])
    op.create_index("idx_audit_events_address", "audit_events", ["address", "position"])


def downgrade() -> None:
    op.drop_index("idx_audit_events_address", "audit_events")
    op.drop_index("idx_audit_events_actor_name", "audit_events")
    op.drop_column("users", "last_sign_in_at")
