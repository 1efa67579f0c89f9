"""Finds a browser that works: the one that was named, Playwright's, the system's, or a fresh install."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from booking.errors import BookingError
from booking.settings.settings import secret_names

_NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")
# cron's PATH is worth little.
_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin", "/snap/bin", "/opt/google/chrome")
_DOWNLOAD_SECONDS = 300
_PACKAGE_SECONDS = 900
_OTHERS_SECONDS = 300
"""How long apt waits for another program that installs something."""
_LONGEST_WAIT = _DOWNLOAD_SECONDS + 2 * _PACKAGE_SECONDS
"""Seconds that another run may take to install a browser."""
_LOCK = Path(sys.prefix)
"""This folder is locked, as it is, while a run installs a browser: every run of this copy of the program has it."""
_POLL = 0.2


def works(program: Path, environ: Mapping[str, str]) -> bool:
    """Return whether a browser can be started at all, in this environment."""
    try:
        done = subprocess.run([program, "--version"], env=dict(environ), capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def playwright_browsers(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the Chromium builds that Playwright manages, newest first."""
    folders = [Path(environ["PLAYWRIGHT_BROWSERS_PATH"])] if environ.get("PLAYWRIGHT_BROWSERS_PATH") else []
    package = importlib.util.find_spec("Browser")
    if package is not None and package.origin is not None:
        folders.append(Path(package.origin).parent / "wrapper/node_modules/playwright-core/.local-browsers")
    if environ.get("HOME"):
        folders.append(Path(environ["HOME"]) / ".cache/ms-playwright")
    for folder in folders:
        yield from sorted(folder.glob("chromium-*/chrome-linux*/chrome"), key=_build, reverse=True)


def _build(program: Path) -> tuple[int, str]:
    number = program.parent.parent.name.removeprefix("chromium-")
    return (int(number) if number.isdecimal() else 0, str(program))


def system_browsers(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield Chrome and Chromium as the system has them."""
    path = os.pathsep.join([environ.get("PATH", ""), *_FOLDERS])
    for name in _NAMES:
        found = shutil.which(name, path=path)
        if found:
            yield Path(found)


def find_browser(named: Path | None, environ: Mapping[str, str], say: Callable[[str], None]) -> Path:
    """Return the first browser that works, installing one if there is none.

    Args:
        named: the setting BROWSER_EXECUTABLE.
        environ: the environment.
        say: shows the user what takes long.

    Raises:
        BookingError: there is none and none can be installed here.
    """
    # None of the programs that are asked or installed here needs a secret.
    environ = {name: value for name, value in environ.items() if name not in secret_names(environ)}
    if named is not None:
        if works(named, environ):
            return named
        raise BookingError(f"BROWSER_EXECUTABLE: {named} does not start: name the program of Chrome or Chromium")

    def first() -> Path | None:
        candidates = [*playwright_browsers(environ), *system_browsers(environ)]
        return next((program for program in candidates if works(program, environ)), None)

    found = first()
    if found is None:
        with _only_installation(say):
            found = first()  # Another run may have installed one meanwhile.
            for install in (_download, _install_package):
                if found is None and install(environ, say):
                    found = first()
    if found is None:
        raise BookingError(
            "There is no browser. Install Chrome or Chromium (on Debian: apt-get install chromium), or set "
            "BROWSER_EXECUTABLE to the program of one that is somewhere else."
        )
    return found


@contextmanager
def _only_installation(say: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other run is installing a browser, and keep others waiting: package managers refuse a second one.

    A run that has waited longer than an installation may take goes on, and the package manager has the last word.
    """
    handle = os.open(_LOCK, os.O_RDONLY)
    try:
        until = time.monotonic() + _LONGEST_WAIT
        said = False
        while not _locked(handle) and time.monotonic() < until:
            if not said:
                say("Another run is installing a browser: waiting for it ...")
                said = True
            time.sleep(_POLL)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Take the lock if it is free; return whether it was, as it always is where the file system knows no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return not isinstance(error, BlockingIOError)
    return True


def _download(environ: Mapping[str, str], say: Callable[[str], None]) -> bool:
    say("No browser on this machine: asking Playwright for Chromium ...")
    command = [sys.executable, "-m", "Browser.entry", "install", "chromium"]
    return _done(command, environ, _DOWNLOAD_SECONDS, say, "Playwright's download is not to be had here.")


def _install_package(environ: Mapping[str, str], say: Callable[[str], None]) -> bool:
    apt = shutil.which("apt-get", path=os.pathsep.join([environ.get("PATH", ""), *_FOLDERS]))
    if apt is None or os.geteuid() != 0:
        return False
    say("Installing the system's Chromium ...")
    quiet = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Something else may be installing, e.g. the system its updates.
    options = ["-qq", "-o", f"DPkg::Lock::Timeout={_OTHERS_SECONDS}"]
    _done([apt, "update", *options], quiet, _PACKAGE_SECONDS, say, "The package lists could not be renewed.")
    install = [apt, "install", "-y", *options, "--no-install-recommends", "chromium", "chromium-sandbox"]
    otherwise = "The packages chromium and chromium-sandbox could not be installed."
    return _done(install, quiet, _PACKAGE_SECONDS, say, otherwise)


def _done(
    command: list[str], environ: Mapping[str, str], seconds: int, say: Callable[[str], None], otherwise: str
) -> bool:
    try:
        done = subprocess.run(
            command, env=dict(environ), capture_output=True, timeout=seconds, check=False, text=True
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        say(f"{otherwise} ({type(error).__name__})")
        return False
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()
        say(f"{otherwise} ({last[-1][:200] if last else f'status {done.returncode}'})")
    return done.returncode == 0
