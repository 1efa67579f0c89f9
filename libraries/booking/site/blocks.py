"""The visible content of a page as blocks with their texts and controls, whatever its markup is called.

What is hidden is not there; nor is what stands around the content of every page: header, menus, footer. Only what the
HTML itself says can be known to be hidden: what a style sheet hides has to be marked as `hidden` before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from selectolax.lexbor import LexborHTMLParser, LexborNode

from booking.site.moments import has_date

GAP = " | "
"""Stands in texts where one block ends and the next begins."""

MOST_ROWS = 100
"""A cell that says that it stands beside more rows than this is not believed."""

_NEVER_SHOWN_TAGS = (
    "head script style template noscript iframe object embed svg canvas video audio select datalist textarea dialog"
    " del s strike title meta link map"
)
_NEVER_SHOWN = frozenset(_NEVER_SHOWN_TAGS.split())
_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark output q ruby samp small span"
    " strong sub sup time tt u var wbr nobr"
)
_INLINE = frozenset(_INLINE_TAGS.split())
_CONTENT = frozenset({"main", "article", "section", "li", "td", "fieldset"})
_AROUND_ROLES = frozenset({"navigation", "menu", "menubar", "banner", "contentinfo", "search", "dialog", "alertdialog"})
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_HIDING_CLASSES = frozenset({"hidden", "d-none", "is-hidden"})
_PAGER = re.compile(r"pag(?:e|es|er|ing|inat\w*)\b", re.IGNORECASE)
_CRUMBS = re.compile(r"bread\W?crumb", re.IGNORECASE)
_SUMMARY = re.compile(r"\b(?:total|summary|amount|to pay|basket|checkout|your (?:order|booking))", re.IGNORECASE)
_DECOYS = re.compile(
    r"\b(?:recent(?:ly)?[ -](?:viewed|searche[sd]|visited)|you (?:may|might) (?:also )?(?:like|be interested)"
    r"|recommend(?:ed|ations?)|suggest(?:ed|ions)|related|popular|trending|other (?:members|people|customers)"
    r"|people also|customers also|why not|also available|similar|what's on|latest news|news|special offers?"
    r"|advert\w*|sponsored|promot\w+|nearby|favourites|book again|upcoming events|discover|inspired)\b",
    re.IGNORECASE,
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "legend", "caption", "summary"})
_LEVELS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MOMENT_IN_ATTRIBUTE = re.compile(
    r"\s*(?:\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4})(?:[T ]\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?)?\s*"
)
_ACTION = re.compile(
    r"\s*(?:remove|delete|cancel|details?|view|edit|change|amend|manage|show|open|more|pay|book|next|prev\w*|back|print"
    r"|continue|checkout|check out|proceed|update|add|clear|empty|close|x|\u00d7|receipt|invoice|download)\b.*"
    r"|\s*[\u00d7\u2715\u2716\u2717x]\s*",
    re.IGNORECASE,
)
_NEXT = re.compile(r"(?:go to )?(?:next|older)(?: page)?[\s\u00bb\u203a>\u2192]*|[\u00bb\u203a>\u2192]", re.IGNORECASE)
_ONE_FORM: dict[int, str | None] = {
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-"),
    **dict.fromkeys([0x2018, 0x2019, 0x02BC], "'"),
    **dict.fromkeys([*range(0x200B, 0x200E), 0x2060, 0xFEFF, 0x00AD]),
}
_PLAIN_ID = re.compile(r"[A-Za-z][\w-]*")
_DIGIT = re.compile(r"\d")


class ControlKind(StrEnum):
    """What a control is to whoever uses it."""

    LINK = "link"
    BUTTON = "button"
    TICK = "tick box"


@dataclass(frozen=True, slots=True)
class PageControl:
    """Something on a page that can be clicked."""

    kind: ControlKind
    name: str
    """Its accessible name: what a person reads on it, or hears of it."""
    path: str
    """A CSS selector that leads to it and to nothing else on the page."""
    disabled: bool = False
    next: bool = False
    """Whether its markup says that it leads to the next page."""


@dataclass(eq=False, slots=True)
class Block:
    """An element that is shown, with the texts and elements in it, in order."""

    tag: str
    attributes: dict[str, str]
    path: str
    parent: Block | None = None
    identity: int = 0
    """Of its element in the page."""
    parts: list[Block | str] = field(default_factory=list)
    control: PageControl | None = None
    _text: str | None = None

    @property
    def children(self) -> list[Block]:
        """The elements in it."""
        return [each for each in self.parts if isinstance(each, Block)]

    @property
    def is_inline(self) -> bool:
        """Whether it stands in a line of text."""
        return self.tag in _INLINE and not any(not each.is_inline for each in self.children)

    @property
    def text(self) -> str:
        """What it says, in one line; `GAP` where a block ends. Words of controls that only act are left out."""
        if self._text is None:
            self._text = _joined(self)
        return self._text

    @property
    def spoken(self) -> str:
        """Its text, unless it is itself a control that only acts."""
        return self.text if self.control is None or _says_something(self) else ""

    @property
    def cells(self) -> list[Block]:
        """What lies side by side or one below the other in it; what wraps only one element is passed through."""
        block = self
        while len(block.parts) == 1 and isinstance(block.parts[0], Block):
            block = block.parts[0]
        return block.children

    def walk(self) -> Iterator[Block]:
        """Yield it and all that is in it, in the order of the page."""
        yield self
        for each in self.children:
            yield from each.walk()

    def controls(self) -> list[PageControl]:
        """Return the controls in it, in the order of the page."""
        return [each.control for each in self.walk() if each.control is not None]

    def is_within(self, other: Block) -> bool:
        """Tell whether it is the other one or in it."""
        block: Block | None = self
        while block is not None:
            if block is other:
                return True
            block = block.parent
        return False

    def is_heading(self) -> bool:
        """Tell whether it is marked as a heading."""
        return self.tag in _HEADINGS or self.attributes.get("role") == "heading"


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page as a person sees it."""

    title: str
    main: Block
    """The content that the page calls its main one, or all that is not around it."""
    whole: Block
    """All that is not around the content."""
    page: LexborHTMLParser
    """The page itself, with all that is hidden."""

    def select(self, selector: str, root: Block) -> list[Block]:
        """Return the visible blocks within a root that a CSS selector names; none for an empty one."""
        wanted = {node.mem_id for node in self.page.css(selector)} if selector else set()
        return [each for each in root.walk() if each.identity in wanted]


def read_content(html: str) -> PageContent:
    """Return the visible content of a page.

    Args:
        html: the page; an element that a style sheet hides is seen unless it carries the attribute `hidden`.
    """
    page = LexborHTMLParser(html)
    title = page.css_first("title")
    root = page.body or page.root
    builder = _Builder(page)
    whole = builder.build(root) if root is not None else Block("body", {}, "body")
    _drop_decoys(whole)
    return PageContent(" ".join(title.text().split()) if title else "", _main(whole), whole, page)


def folded(text: str) -> str:
    """Return a text with its white space folded, without what has no width, with one form of dash and of quote."""
    return " ".join(text.translate(_ONE_FORM).split())


def segments(text: str) -> list[str]:
    """Return the parts of a block's text, one for each block in it."""
    return [each for part in text.split(GAP.strip()) if (each := part.strip())]


def previous_heading(blocks: Sequence[Block], root: Block) -> str:
    """Return the words of the heading over some blocks that stand together; empty where there is none.

    A heading is over what follows in the block that holds it, and over lower headings.
    """
    first = blocks[0]
    own = min((each.tag for block in blocks for each in block.walk() if each.tag in _LEVELS), default="h9")
    last = ""
    for each in root.walk():
        if each is first:
            return last
        holder = each.parent.parent if each.parent is not None and len(each.parent.parts) == 1 else each.parent
        if each.is_heading() and each.tag < own and holder is not None and first.is_within(holder):
            last = each.text
    return last


class _Builder:
    """Builds blocks from elements."""

    def __init__(self, page: LexborHTMLParser) -> None:
        ids = [node.attributes.get("id") or "" for node in page.css("[id]")]
        self._ids = {each for each in ids if ids.count(each) == 1}
        self._labels = {
            name: folded(node.text(separator=" "))
            for node in page.css("label[for]")
            if (name := node.attributes.get("for"))
        }
        self._page = page

    def build(self, node: LexborNode) -> Block:
        """Return the block of an element that is shown."""
        block = Block("body", {}, "body")
        self._fill(block, node)
        return block

    def _fill(self, block: Block, node: LexborNode) -> None:
        counts: dict[str, int] = {}
        child = node.first_child
        while child is not None:
            if child.is_text_node:
                text = folded(child.text_content or "")
                if text:
                    block.parts.append(text)
            elif child.is_element_node and child.tag:
                counts[child.tag] = counts.get(child.tag, 0) + 1
                path = self._path(child, block.path, counts[child.tag])
                self._add(block, child, path)
            child = child.next

    def _path(self, node: LexborNode, parent: str, number: int) -> str:
        name = node.attributes.get("id") or ""
        if name in self._ids and _PLAIN_ID.fullmatch(name):
            return f"#{name}"
        return f"{parent} > {node.tag}:nth-of-type({number})"

    def _add(self, parent: Block, node: LexborNode, path: str) -> None:
        tag = node.tag or ""
        attributes = {name.lower(): value or "" for name, value in node.attributes.items()}
        if tag == "br":
            parent.parts.append(GAP)
            return
        if tag in _NEVER_SHOWN or _is_hidden(tag, attributes, node):
            return
        block = Block(tag, attributes, path, parent, node.mem_id)
        if tag == "input":
            self._read_input(block)
        elif tag == "img":
            pass  # What an image shows is not text; on a control it is its name.
        else:
            self._fill(block, node)
        if tag in {"table", "tbody"}:
            _spread(block)
        block.control = block.control or self._control(block, node)
        _add_moments(block)
        if not _is_around(block):
            parent.parts.append(block)

    def _read_input(self, block: Block) -> None:
        kind = block.attributes.get("type", "text").lower()
        fixed = "readonly" in block.attributes or "disabled" in block.attributes
        if kind == "text" and fixed and block.attributes.get("value"):
            block.parts.append(folded(block.attributes["value"]))

    def _control(self, block: Block, node: LexborNode) -> PageControl | None:
        kind = _kind_of(block)
        if kind is None:
            return None
        rel = block.attributes.get("rel", "").lower().split()
        classes = block.attributes.get("class", "").lower()
        return PageControl(
            kind=kind,
            name=self._name(block, node),
            path=block.path,
            disabled="disabled" in block.attributes
            or block.attributes.get("aria-disabled") == "true"
            or re.search(r"disabled\b", classes) is not None,
            next="next" in rel,
        )

    def _name(self, block: Block, node: LexborNode) -> str:
        attributes = block.attributes
        named = " ".join(
            folded(found.text(separator=" "))
            for each in attributes.get("aria-labelledby", "").split()
            if _PLAIN_ID.fullmatch(each) and (found := self._page.css_first(f"#{each}")) is not None
        )
        names = [named, attributes.get("aria-label", "")]
        if block.tag == "input":
            pressed = attributes.get("type", "").lower() in {"submit", "button", "image", "reset"}
            names += [attributes.get("value", "")] if pressed else [self._label(block, node)]
            names += [attributes.get("alt", ""), attributes.get("title", "")]
        else:
            names += [_spoken(node), attributes.get("title", "")]
        return next((text for each in names if (text := folded(each))), "")

    def _label(self, block: Block, node: LexborNode) -> str:
        label = self._labels.get(block.attributes.get("id", ""), "")
        parent = node.parent
        while not label and parent is not None and parent.tag not in {"td", "li", "tr", "div", "form", "body"}:
            if parent.tag == "label":
                label = parent.text(separator=" ")
            parent = parent.parent
        return label


def _spread(table: Block) -> None:
    """Write what stands in a cell beside several rows into each of them."""
    waiting: list[tuple[int, int, Block]] = []
    for row in [each for each in table.children if each.tag == "tr"]:
        for place, _, cell in waiting:
            copy = Block(cell.tag, {}, cell.path, row, parts=[cell.text])
            row.parts.insert(min(place, len(row.parts)), copy)
        waiting = [(place, rows - 1, cell) for place, rows, cell in waiting if rows > 1]
        for place, cell in enumerate(row.children):
            rows = cell.attributes.get("rowspan", "")
            if rows.isdecimal() and 1 < int(rows) < MOST_ROWS:
                waiting.append((place, int(rows) - 1, cell))


def _spoken(node: LexborNode) -> str:
    """Return what an element's content is called: its text, else the names of the images and icons in it."""
    text = folded(" ".join(each.text(separator=" ") if each.is_element_node else each.text_content or ""
                           for each in node.iter(include_text=True) if not _is_icon(each)))  # fmt: skip
    if text:
        return text
    inner = (
        each.attributes.get(name) or ""
        for each in node.css("[alt], [aria-label], [title]")
        for name in ("aria-label", "alt", "title")
    )
    return next((each for each in inner if folded(each)), folded(" ".join(each.text() for each in node.css("title"))))


def _is_icon(node: LexborNode) -> bool:
    if not node.is_element_node:
        return False
    return node.tag in {"svg", "style", "script"} or node.attributes.get("aria-hidden") == "true"


def _kind_of(block: Block) -> ControlKind | None:
    role, tag = block.attributes.get("role", "").lower(), block.tag
    if tag == "input":
        kind = block.attributes.get("type", "text").lower()
        if kind in {"submit", "button", "image", "reset"}:
            return ControlKind.BUTTON
        return ControlKind.TICK if kind in {"checkbox", "radio"} else None
    if role == "checkbox":
        return ControlKind.TICK
    if tag in {"button", "summary"} or role in {"button", "menuitem", "tab"}:
        return ControlKind.BUTTON
    if (tag == "a" and ("href" in block.attributes or "onclick" in block.attributes)) or role == "link":
        return ControlKind.LINK
    return ControlKind.BUTTON if "onclick" in block.attributes and tag in {"span", "i", "img", "b"} else None


def _is_hidden(tag: str, attributes: dict[str, str], node: LexborNode) -> bool:
    if "hidden" in attributes or _HIDING_STYLE.search(attributes.get("style", "")):
        return True
    if tag == "input" and attributes.get("type", "").lower() == "hidden":
        return True
    classes = set(attributes.get("class", "").lower().split())
    if classes & _HIDING_CLASSES and not any(":" in each for each in classes):
        return True
    return attributes.get("aria-hidden") == "true" and not _DIGIT.search(node.text())


def _add_moments(block: Block) -> None:
    """Add to an element's text the date and time that only its attributes tell, named by the attribute."""
    told = {
        name.removeprefix("data-"): value.strip()
        for name, value in block.attributes.items()
        if (name == "datetime" or name.startswith("data-")) and _MOMENT_IN_ATTRIBUTE.fullmatch(value)
    }
    if not told or has_date(block.text):
        return
    block.parts[:0] = [
        part for name, value in told.items() for part in (f"{'' if name == 'datetime' else f'{name}: '}{value}", GAP)
    ]
    block._text = None


def _is_around(block: Block) -> bool:
    """Tell whether an element stands around the content of a page, as menus and footers do."""
    attributes = block.attributes
    named = f"{attributes.get('aria-label', '')} {attributes.get('class', '')} {attributes.get('id', '')}"
    if _CRUMBS.search(named):
        return True
    pager = _PAGER.search(named) is not None or any(each.next for each in block.controls())
    if block.tag == "nav" or attributes.get("role", "").lower() in _AROUND_ROLES:
        return not pager and not any(_is_next(each) for each in block.controls())
    if block.tag == "aside" or attributes.get("role") == "complementary":
        return not _SUMMARY.search(block.text)
    if block.tag in {"header", "footer"} and not _is_in_content(block):
        return True
    return block.tag in {"ul", "ol"} and not pager and _is_menu(block)


def _is_next(control: PageControl) -> bool:
    return _NEXT.fullmatch(control.name) is not None


def _is_in_content(block: Block) -> bool:
    parent = block.parent
    while parent is not None:
        if parent.tag in _CONTENT or parent.attributes.get("role") == "main":
            return True
        parent = parent.parent
    return False


def _is_menu(block: Block) -> bool:
    """Tell whether a list is one of links and nothing else, none of which names a day, an hour or a sum."""
    links = [each for each in block.walk() if each.control is not None and each.control.kind is ControlKind.LINK]
    if len(links) < 2 or any(_is_next(each.control) for each in links if each.control):
        return False
    said = folded(" ".join(each.control.name for each in links if each.control))
    if re.search(r"£|\d[:/]\d|\d\s?(?:am|pm)\b", said, re.IGNORECASE) or all(
        _DIGIT.search(each.text) for each in links
    ):
        return False
    return all(each.parent is not None and len(each.parent.parts) == 1 for each in links) and all(
        isinstance(part, Block) and any(link.is_within(part) for link in links) for part in block.parts
    )


def _drop_decoys(root: Block) -> None:
    """Take out what offers other things: the block that a heading such as "Recently viewed" heads."""
    for block in [each for each in root.walk() if each.is_heading() or each.tag in {"strong", "b", "p", "div", "span"}]:
        parent = block.parent
        if parent is None or len(block.text) > 60 or _DIGIT.search(block.text) or not _DECOYS.search(block.text):
            continue
        if not block.is_heading() and not _heads(block, parent):
            continue
        if _heads(block, parent) and parent is not root and parent.tag not in {"main", "form"}:
            _remove(parent)
        elif block.is_heading():
            start = parent.parts.index(block)
            stop = start + 1
            while stop < len(parent.parts):
                part = parent.parts[stop]
                if isinstance(part, Block) and part.is_heading() and part.tag <= block.tag:
                    break
                stop += 1
            del parent.parts[start:stop]
            _forget(parent)


def _heads(block: Block, parent: Block) -> bool:
    return parent.parts[0] is block and len(parent.parts) > 1


def _remove(block: Block) -> None:
    parent = block.parent
    if parent is not None and block in parent.parts:
        parent.parts.remove(block)
        _forget(parent)


def _forget(block: Block | None) -> None:
    while block is not None:
        block._text = None
        block = block.parent


def _main(whole: Block) -> Block:
    """Return the main content, by the page's own word where there is just one."""
    blocks = list(whole.walk())
    for known in (
        lambda each: each.tag == "main" or each.attributes.get("role") == "main",
        lambda each: "content-main" in each.attributes.get("class", "").split(),
    ):
        found = [each for each in blocks if known(each)]
        if len(found) == 1:
            return found[0]
    return whole


def _joined(block: Block) -> str:
    pieces: list[str] = []
    for part in block.parts:
        if isinstance(part, str):
            pieces.append(part)
        elif part.control is None or _says_something(part):
            text = part.text
            if text:
                pieces += [text] if part.is_inline else [GAP, text, GAP]
        elif not part.is_inline:
            pieces.append(GAP)
    parts = segments(folded(" ".join(pieces)))
    return GAP.join(parts)


def _says_something(block: Block) -> bool:
    """Tell whether a control says something beside what it does, such as the name of the court it leads to."""
    if not block.text or (block.control is not None and block.control.kind is ControlKind.TICK):
        return False
    if re.search(r"\d\s?[:/]\s?\d|£", block.text):
        return True
    link = block.control is not None and block.control.kind is ControlKind.LINK
    return (
        not _ACTION.fullmatch(block.text)
        if link
        else bool(_DIGIT.search(block.text)) and not _ACTION.fullmatch(block.text)
    )
