"""Pictures of a run, kept beside the report so that they survive whatever becomes of the worker."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from robot.api import logger
from robot.api.deco import keyword, library

from booking.text import slugify


@library(scope="GLOBAL")
class Evidence:
    """Keeps the pictures of one account under ``pictures`` in the run's folder."""

    @keyword
    def keep_picture(self, picture: bytes, *, name: str, account: str, run_folder: Path, zone: str) -> Path:
        """Writes a picture to ``pictures/ACCOUNT-TIME-NAME.jpg`` and returns its path.

        The time is that of the site, so that the folder sorts as the night went.
        """
        now = datetime.now(ZoneInfo(zone))
        path = (
            run_folder
            / "pictures"
            / f"{slugify(account)}-{now:%H%M%S}.{now.microsecond // 1000:03d}-{slugify(name)}.jpg"
        )
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(picture)
        path.chmod(0o600)
        logger.info(f"Kept as pictures/{path.name}")
        return path
