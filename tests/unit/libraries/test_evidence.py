"""Pictures that are kept with a run."""

from __future__ import annotations

import re
from pathlib import Path

from Evidence import Evidence


def keep(folder: Path, name: str, account: str = "Mother", picture: bytes = b"jpeg") -> Path:
    return Evidence().keep_picture(picture, name=name, account=account, run_folder=folder, zone="Europe/London")


def test_a_picture_is_named_after_account_time_and_what_it_shows(tmp_path: Path) -> None:
    path = keep(tmp_path, "Slots held")
    assert path.parent == tmp_path / "pictures"
    assert re.fullmatch(r"mother-\d{6}\.\d{3}-slots-held\.jpg", path.name)
    assert path.read_bytes() == b"jpeg"


def test_pictures_are_their_owners_only(tmp_path: Path) -> None:
    path = keep(tmp_path, "paid")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for name in ("../../etc/passwd", "a/b", "|[x|y]*", "", "\x00", "é" * 50):
        path = keep(run, name, account=f"Mother {name}")
        assert path.parent == run / "pictures"
        assert re.fullmatch(r"[a-z0-9.-]+", path.name)
    assert [each.name for each in tmp_path.iterdir()] == ["run"]
