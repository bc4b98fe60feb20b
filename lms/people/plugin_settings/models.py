"""The table of settings that agencies have chosen for plugins."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Base


class PluginSetting(Base):
    """What one agency has chosen for one plugin; former values stand in the audit trail."""

    __tablename__ = "plugin_setting"
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    plugin: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int]
    values: Mapped[dict[str, Any]]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    changed_at: Mapped[datetime]
