"""Which browser is taken, out of those that can be found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from booking.errors import BookingError
from runner import browser
from runner.browser import find_browser, playwright_browsers, system_browsers, works

GOOD = '#!/bin/sh\n[ "$1" = --version ] && echo Chromium 1\n'
BROKEN = "#!/bin/sh\necho missing library >&2\nexit 127\n"


def program(path: Path, text: str = GOOD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o700)
    return path


def build(home: Path, number: str, text: str = GOOD, kind: str = "chrome-linux") -> Path:
    return program(home / ".cache/ms-playwright" / f"chromium-{number}" / kind / "chrome", text)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine without any browser, on which nothing can be installed."""
    monkeypatch.setattr(browser, "_FOLDERS", (str(tmp_path / "none"),))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr(browser, "_download", lambda _environ, _say: False)
    monkeypatch.setattr(browser, "_LOCK", tmp_path)
    return {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin")}


def test_works(tmp_path: Path) -> None:
    assert works(program(tmp_path / "good"), {})
    assert not works(program(tmp_path / "broken", BROKEN), {})
    assert not works(program(tmp_path / "nonsense", "\x00\x01"), {})
    assert not works(tmp_path / "missing", {})
    assert not works(tmp_path, {})


def test_a_named_browser_is_taken_or_nothing(tmp_path: Path, bare: dict[str, str]) -> None:
    build(Path(bare["HOME"]), "1000")
    named = program(tmp_path / "mine")
    assert find_browser(named, bare, print) == named
    with pytest.raises(BookingError, match=r"BROWSER_EXECUTABLE: .*broken"):
        find_browser(program(tmp_path / "broken", BROKEN), bare, print)


def test_playwrights_newest_build_comes_first(bare: dict[str, str]) -> None:
    home = Path(bare["HOME"])
    old, new, newer = build(home, "999"), build(home, "1000"), build(home, "1200", kind="chrome-linux64")
    assert list(playwright_browsers(bare)) == [newer, new, old]
    assert find_browser(None, bare, print) == newer


def test_a_browser_that_does_not_start_is_passed_over(bare: dict[str, str]) -> None:
    build(Path(bare["HOME"]), "1200", BROKEN)
    system = program(Path(bare["PATH"]) / "chromium")
    assert find_browser(None, bare, print) == system


def test_playwrights_own_folder_can_be_named(tmp_path: Path, bare: dict[str, str]) -> None:
    there = program(tmp_path / "there/chromium-1/chrome-linux/chrome")
    assert list(playwright_browsers({**bare, "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "there")})) == [there]


def test_the_systems_browsers_by_name(bare: dict[str, str]) -> None:
    program(Path(bare["PATH"]) / "firefox")
    chromium = program(Path(bare["PATH"]) / "chromium")
    chrome = program(Path(bare["PATH"]) / "google-chrome")
    assert list(system_browsers(bare)) == [chrome, chromium]
    assert list(system_browsers({})) == []


def test_no_browser_is_told_with_a_way_out(bare: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_install_package", lambda _environ, _say: False)
    with pytest.raises(BookingError, match="apt-get install chromium"):
        find_browser(None, bare, print)


def test_a_fresh_install_is_found(bare: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def install(environ: Mapping[str, str], say: object) -> bool:
        asked.append(say)
        build(Path(environ["HOME"]), "1300")
        return True

    monkeypatch.setattr(browser, "_download", install)
    assert find_browser(None, bare, print).parent.parent.name == "chromium-1300"
    assert find_browser(None, bare, print).exists()
    assert len(asked) == 1


def test_packages_are_installed_by_root_and_with_apt_only(
    bare: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    program(Path(bare["PATH"]) / "apt-get", "#!/bin/sh\nexit 0\n")
    assert not browser._install_package(bare, said.append)
    assert said == []


def test_a_failed_install_says_its_last_words(bare: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(
        Path(bare["PATH"]) / "apt-get", '#!/bin/sh\n[ "$1" = update ] && exit 0\necho no space left >&2\nexit 100\n'
    )
    with pytest.raises(BookingError):
        find_browser(None, bare, said.append)
    assert said[-1] == "The packages chromium and chromium-sandbox could not be installed. (no space left)"


def test_of_two_runs_on_a_bare_machine_one_installs_and_the_other_waits_for_it(
    bare: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    folder = Path(bare["PATH"])
    # As apt does, it ends at once where another one is at work.
    program(
        folder / "apt-get",
        f"""#!/bin/sh
PATH=/usr/bin:/bin
echo "$@" >> {tmp_path}/asked
mkdir {tmp_path}/busy || {{ echo Unable to acquire the dpkg frontend lock >&2; exit 100; }}
sleep 0.5
[ "$1" = install ] && printf '#!/bin/sh\n' > {folder}/chromium && chmod 700 {folder}/chromium
rmdir {tmp_path}/busy
""",
    )
    with ThreadPoolExecutor(2) as runs:
        found = list(runs.map(lambda _: find_browser(None, bare, said.append), range(2)))
    assert found == [folder / "chromium"] * 2
    assert said.count("Another run is installing a browser: waiting for it ...") == 1
    assert not [line for line in said if "could not" in line]
    update, install = (tmp_path / "asked").read_text().splitlines()
    assert (update.split()[0], install.split()[0]) == ("update", "install")
    # Another program may be installing something as well.
    assert "DPkg::Lock::Timeout=300" in update
    assert "DPkg::Lock::Timeout=300" in install


def test_where_another_run_does_not_come_to_an_end_the_package_manager_has_the_last_word(
    bare: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "_LONGEST_WAIT", 0.3)
    monkeypatch.setattr(browser, "_install_package", lambda _environ, _say: False)
    said: list[str] = []
    with browser._only_installation(said.append), pytest.raises(BookingError, match="There is no browser"):
        find_browser(None, bare, said.append)
    assert said == ["Another run is installing a browser: waiting for it ..."]
