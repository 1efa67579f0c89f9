"""A small disk for the results of one seed, which can be filled and emptied again."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

_MEGABYTES = 48
_BALLAST = "ballast"


class SmallDisk:
    """A file system in memory, mounted where a run has its results."""

    def __init__(self, folder: Path) -> None:
        """Mount it.

        Args:
            folder: an empty folder.

        Raises:
            PermissionError: mounting is not allowed here.
        """
        self._folder = folder
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m,mode=0700", "tmpfs", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PermissionError(f"a small disk could not be mounted: {done.stderr.strip()}")

    def fill(self) -> None:
        """Leave no byte free."""
        block = b"\0" * 2**20
        handle = os.open(self._folder / _BALLAST, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            for size in (len(block), 1):
                while _written(handle, block[:size]):
                    pass
        finally:
            os.close(handle)

    def make_room(self) -> None:
        """Give back what `fill` has taken."""
        (self._folder / _BALLAST).unlink(missing_ok=True)

    def remove(self) -> None:
        """Take the disk away; what lies on it is copied to where it was mounted."""
        self.make_room()
        kept = self._folder.with_name(f"{self._folder.name}-kept")
        shutil.copytree(self._folder, kept, symlinks=True)
        subprocess.run(["umount", "--lazy", str(self._folder)], check=True)
        self._folder.rmdir()
        kept.rename(self._folder)


def _written(handle: int, data: bytes) -> int:
    """Write what there is room for and return how much that was."""
    try:
        return os.write(handle, data)
    except OSError:
        return 0
