"""What a worker has left as its output, made whole where the worker was ended while it wrote."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat


def make_whole(path: Path) -> bool:
    """Repair an output.xml that was cut off or broken off; return whether there is one that can be read.

    What was written up to the last complete element is kept, and what stood open is closed.
    """
    data = path.read_bytes()
    kept, still_open = _sound_part(data)
    if not kept:
        return False
    if kept == len(data):
        return True
    closing = "".join(f"</{name}>" for name in reversed(still_open))
    path.write_bytes(data[:kept] + closing.encode())
    return True


def _sound_part(data: bytes) -> tuple[int, list[str]]:
    """Return how many bytes are sound, and the names of the elements that are open there, outermost first.

    All bytes and no open element where everything is sound; no byte where not one element is complete.
    """
    parser = expat.ParserCreate()
    names: list[str] = []
    complete = False
    kept: tuple[int, list[str]] = 0, []

    def go_on() -> None:
        # Where anything begins after an element, that element has ended.
        nonlocal kept, complete
        if complete:
            kept, complete = (parser.CurrentByteIndex, list(names)), False

    def begin(name: str, _attributes: dict[str, str]) -> None:
        go_on()
        names.append(name)

    def end(_name: str) -> None:
        nonlocal complete
        go_on()
        names.pop()
        complete = True

    def text(_text: str) -> None:
        go_on()

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        if complete and data[: parser.ErrorByteIndex].rstrip().endswith(b">"):
            return parser.ErrorByteIndex, names
        return kept
    return len(data), []
