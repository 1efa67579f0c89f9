"""Random pages from facts: baskets and lists of bookings in many arrangements, words and forms of dates.

The facts are known, so whoever reads such a page can be compared with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from booking.money import pounds

PLACE = "Lincoln's Inn Fields"
TODAY = date(2026, 11, 25)


@dataclass(frozen=True)
class Fact:
    """One line of a basket, or one booking."""

    court: int | None
    """None: something else than a court."""
    day: date
    hour: int
    pence: int = 1390
    made: date = TODAY
    status: str = ""
    timeless: bool = False


@dataclass(frozen=True)
class BasketMoney:
    """What a basket wants beside the prices."""

    fee: int = 0
    fee_words: str = "Booking fee"
    discount: int = 0
    credit: int = 0
    credit_used: bool = False
    vat: bool = False
    subtotal: bool = False


class PageMaker:
    """Makes pages; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - the same for the same seed
        pick = self._random.choice
        self.layout = pick(["table", "tbody-less", "list", "cards", "rows", "deep", "articles", "bare", "dl",
                            "headed-day",
                            "headed-court", "lines", "hr"])  # fmt: skip
        self.date_form = pick(["dmy", "wdm", "wdmon", "long", "iso", "mony", "dmon", "us-words"])
        self.time_form = pick(["24", "range", "range-", "12", "12range", "length", "bare12", "to"])
        self.joint = pick([", ", " at ", " ", " - ", "<br>"])
        self.together = pick([True, False])
        self.name_form = pick(["full", "brackets", "before", "comma", "dash", "split"])
        self.labels = pick(["none", "head", "inline", "data"])
        self.order = pick(["fdtp", "dtfp", "tdfp", "fpdt", "pfdt"])
        self.remove = pick(["link", "button", "icon", "image", "title", "cross", "submit", "tick", "none"])
        self.noise = self._random.random() < 0.6

    # Words

    def name(self, fact: Fact) -> str:
        """Return what the page calls a court."""
        if fact.court is None:
            return "Swimming course (12 sessions)"
        return {
            "full": f"{PLACE} Tennis Court {fact.court}",
            "brackets": f"{PLACE} Tennis (Court {fact.court})",
            "before": f"Court {fact.court} - {PLACE} Tennis",
            "comma": f"Tennis Court {fact.court}, {PLACE}",
            "dash": f"{PLACE.replace(chr(39), chr(0x2019))} \u2013 Court {fact.court}",
            "split": f"<b>{PLACE}</b> <span>Tennis Court {fact.court}</span>",
        }[self.name_form]

    def day(self, day: date) -> str:
        """Return a date as the page writes it."""
        return {
            "dmy": f"{day:%d/%m/%Y}",
            "wdm": f"{day:%a} {day.day}/{day.month}",
            "wdmon": f"{day:%a} {day.day} {day:%b}",
            "long": f"{day:%A} {day.day} {day:%B} {day.year}",
            "iso": f"{day:%Y-%m-%d}",
            "mony": f"{day:%d-%b-%Y}",
            "dmon": f"{day.day} {day:%b}. {day.year}",
            "us-words": f"{day:%B} {day.day}, {day.year}",
        }[self.date_form]

    def time(self, hour: int) -> str:
        """Return an hour as the page writes it."""
        half, twelve = ("am" if hour < 12 else "pm"), hour % 12 or 12
        after, next_half = (hour + 1) % 12 or 12, ("am" if hour + 1 < 12 else "pm")
        return {
            "24": f"{hour:02d}:00",
            "range": f"{hour:02d}:00 - {hour + 1:02d}:00",
            "range-": f"{hour:02d}:00\u2013{hour + 1:02d}:00",
            "12": f"{twelve}:00 {half.upper()}",
            "12range": f"{twelve}:00{half} - {after}:00{next_half}",
            "length": f"{hour:02d}:00 (60 mins)",
            "bare12": f"{twelve}{half}",
            "to": f"{hour:02d}:00 to {hour + 1:02d}:00",
        }[self.time_form]

    def control(self, fact: Fact, number: int, word: str) -> str:
        """Return what removes a line."""
        name = f"{word} {self.name(fact) if self.name_form != 'split' else 'item'}".replace('"', "")
        return {
            "link": f'<a href="#r{number}">{word}</a>',
            "button": f"<button>{word}</button>",
            "icon": f'<button aria-label="{name}"><i class="icon"></i></button>',
            "image": f'<a href="#"><img src="x.png" alt="{word}"></a>',
            "title": f'<a href="#" title="{word}"><span class="i"></span></a>',
            "cross": '<button title="Remove">\u00d7</button>',
            "submit": f'<input type="submit" value="{word}">',
            "tick": f'<label><input type="checkbox" name="r{number}"> {word}</label>',
            "none": "",
        }[self.remove]

    # Arrangements

    def cells(self, fact: Fact, *, price: bool, made: bool) -> list[tuple[str, str]]:
        """Return name and text of each cell of a line."""
        when = [("Date", self.day(fact.day)), ("Time", "" if fact.timeless else self.time(fact.hour))]
        if fact.timeless:
            when = when[:1]
        elif self.together:
            text = f"{self.day(fact.day)}{self.joint}{self.time(fact.hour)}"
            when = [("Date", text)]
        found = {"f": [("Activity", self.name(fact))], "p": [("Price", pounds(fact.pence))] if price else []}
        parts: list[tuple[str, str]] = []
        for each in self.order:
            if each in found:
                parts += found[each]
            elif each == "d":
                parts += when
        if made:
            parts.insert(0, ("Booked on", f"{self.day(fact.made)} {self.time(23)}" if self.time_form in {"24", "12"}
                             else self.day(fact.made)))  # fmt: skip
        if fact.status:
            parts.append(("Status", fact.status))
        return parts

    def rows(self, facts: Sequence[Fact], controls: Sequence[str], *, price: bool, made: bool) -> str:
        """Return the lines in the page's arrangement."""
        lines = [self.cells(each, price=price, made=made) for each in facts]
        heads = [name for name, _ in lines[0]] if lines else []
        return str(getattr(self, f"_{self.layout.replace('-', '_')}")(lines, list(controls), heads))

    def _cell(self, tag: str, name: str, text: str) -> str:
        label = f' data-label="{name}"' if self.labels == "data" else ""
        shown = f"<strong>{name}:</strong> {text}" if self.labels == "inline" else text
        return f"<{tag}{label}>{shown}</{tag}>"

    def _table(self, lines: list[list[tuple[str, str]]], controls: list[str], heads: list[str]) -> str:
        head = f"<thead><tr>{''.join(f'<th>{each}</th>' for each in heads)}<th></th></tr></thead>"
        rows = "".join(
            f"<tr>{''.join(self._cell('td', *cell) for cell in cells)}<td>{control}</td></tr>"
            for cells, control in zip(lines, controls, strict=True)
        )
        return f"<table>{head if self.labels == 'head' else ''}<tbody>{rows}</tbody></table>"

    def _tbody_less(self, lines: list[list[tuple[str, str]]], controls: list[str], heads: list[str]) -> str:
        return self._table(lines, controls, heads).replace("<tbody>", "").replace("</tbody>", "")

    def _list(self, lines: list[list[tuple[str, str]]], controls: list[str], _: list[str]) -> str:
        return "<ul>" + "".join(
            f"<li>{' '.join(self._cell('span', *cell) for cell in cells)} {control}</li>"
            for cells, control in zip(lines, controls, strict=True)
        ) + "</ul>"  # fmt: skip

    def _cards(self, lines: list[list[tuple[str, str]]], controls: list[str], _: list[str]) -> str:
        return "".join(
            f'<div class="k"><div>{"".join(self._cell("p", *cell) for cell in cells)}</div><div>{control}</div></div>'
            for cells, control in zip(lines, controls, strict=True)
        )

    def _rows(self, lines: list[list[tuple[str, str]]], controls: list[str], heads: list[str]) -> str:
        head = f'<div class="h">{"".join(f"<div>{each}</div>" for each in heads)}<div></div></div>'
        return f"<div>{head if self.labels == 'head' else ''}" + "".join(
            f'<div class="r">{"".join(self._cell("div", *cell) for cell in cells)}<div>{control}</div></div>'
            for cells, control in zip(lines, controls, strict=True)
        ) + "</div>"  # fmt: skip

    def _deep(self, lines: list[list[tuple[str, str]]], controls: list[str], _: list[str]) -> str:
        return "".join(
            "<section><div><div>" + "".join(f"<div><div>{self._cell('span', *cell)}</div></div>" for cell in cells)
            + f"</div></div><footer>{control}</footer></section>"
            for cells, control in zip(lines, controls, strict=True)
        )  # fmt: skip

    def _articles(self, lines: list[list[tuple[str, str]]], controls: list[str], _: list[str]) -> str:
        return "".join(
            f"<article><header><h3>{cells[0][1]}</h3></header><p>"
            + "<br>".join(text for _, text in cells[1:])
            + f"</p>{control}</article>"
            for cells, control in zip(lines, controls, strict=True)
        )

    def _bare(self, lines: list[list[tuple[str, str]]], controls: list[str], heads: list[str]) -> str:
        head = "".join(f"<div>{each}</div>" for each in heads) + "<div></div>"
        return (head if self.labels == "head" else "") + "".join(
            "".join(f"<div>{text}</div>" for _, text in cells) + f"<div>{control}</div>"
            for cells, control in zip(lines, controls, strict=True)
        )

    def _dl(self, lines: list[list[tuple[str, str]]], controls: list[str], _: list[str]) -> str:
        return "<dl>" + "".join(
            "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in cells)
            + (f"<dd>{control}</dd>" if control else "")
            for cells, control in zip(lines, controls, strict=True)
        ) + "</dl>"  # fmt: skip

    def _headed(self, lines: list[list[tuple[str, str]]], controls: list[str], key: str) -> str:
        out, last = "", None
        for cells, control in zip(lines, controls, strict=True):
            head = next(text for name, text in cells if name == key)
            rest = [cell for cell in cells if cell[0] != key]
            item = f"<li>{' '.join(f'<span>{text}</span>' for _, text in rest)} {control}</li>"
            out += item if head == last else f"{'</ul>' if last else ''}<h3>{head}</h3><ul>{item}"
            last = head
        return f"<section>{out}</ul></section>"

    def _headed_day(self, lines: list[list[tuple[str, str]]], controls: list[str], _: list[str]) -> str:
        return self._list(lines, controls, _) if self.together else self._headed(lines, controls, "Date")

    def _headed_court(self, lines: list[list[tuple[str, str]]], controls: list[str], _: list[str]) -> str:
        return self._headed(lines, controls, "Activity")

    def _lines(self, lines: list[list[tuple[str, str]]], controls: list[str], _: list[str]) -> str:
        return "".join(
            f"<p>{', '.join(text for _, text in cells)} {control}</p>"
            for cells, control in zip(lines, controls, strict=True)
        )

    def _hr(self, lines: list[list[tuple[str, str]]], controls: list[str], _: list[str]) -> str:
        return "<div>" + "<hr>".join(
            f"<h4>{cells[0][1]}</h4>{''.join(f'<span>{text}</span> ' for _, text in cells[1:])}{control}"
            for cells, control in zip(lines, controls, strict=True)
        ) + "</div>"  # fmt: skip

    # Pages

    def page(self, title: str, content: str) -> str:
        """Return a whole page, with what stands around its content."""
        pick = self._random.choice
        before = after = ""
        if self.noise:
            before = pick(
                [
                    "<p>Your items are reserved until 00:45.</p>",
                    "<p>You can cancel up to 24 hours before.</p>",
                    '<div role="status">Session expires in 14:59</div>',
                    '<nav aria-label="Breadcrumb"><a href="/">Home</a> / <a href="/x">Basket</a></nav>',
                    "",
                ]
            )
            after = pick(
                [
                    "<aside><h2>Recently viewed</h2><p>Waterlow Park Tennis Court 3 Sat 5/12 10:00 £9.90</p></aside>",
                    "<div><h3>You may also like</h3><ul><li>Gym induction, 30/12/2026 10:00 £5.00</li></ul></div>",
                    "<div hidden>Lincoln's Inn Fields Tennis Court 1 31/12/2026 08:00 £13.90</div>",
                    '<script>var x = "29/12/2026 18:00 Court 2 £13.90";</script>',
                    "<p>Courts are open from 08:00 to 17:00.</p>" if "12" not in self.time_form else "",
                    "",
                ]
            )
        wrap = pick(
            [
                "<main>{}</main>",
                '<div role="main">{}</div>',
                '<div class="content-main">{}</div>',
                "<div>{}</div>",
                '<form id="f"><div><div>{}</div></div></form>',
            ]
        )
        menu = (
            '<header><a href="/">Logo</a><ul><li><a href="/basket/">Basket</a></li>'
            '<li><a href="/b/">My bookings</a></li>'
            '<li><a href="#">Logout</a></li></ul></header>'
        )
        body = wrap.format(f"<h1>{title}</h1>{before}{content}{after}")
        foot = "<footer>Tel 020 7974 4444 \u00a9 2026</footer>"
        return f"<html><head><title>{title}</title></head><body>{menu}{body}{foot}</body></html>"

    def basket(self, facts: Sequence[Fact], money: BasketMoney) -> tuple[str, int]:
        """Return a basket, and what it wants to be paid."""
        pick = self._random.choice
        word = pick(["Remove", "Delete", "Remove item"])
        controls = [self.control(each, number, word) for number, each in enumerate(facts)]
        rows = self.rows(facts, controls, price=True, made=False)
        prices = sum(each.pence for each in facts)
        total = prices + money.fee - money.discount
        sums = []
        if money.subtotal:
            sums.append(("Subtotal", pounds(prices)))
        if money.fee:
            sums.append((money.fee_words, pounds(money.fee)))
        if money.discount:
            sums.append(("Discount", f"-{pounds(money.discount)}"))
        if money.vat:
            sums.append((pick(["VAT included", "of which VAT", "VAT"]), pounds(total // 6)))
        if money.credit and not money.credit_used:
            sums.append(("Your account credit", pounds(money.credit)))
        if money.credit_used:
            sums.append(("Total", pounds(total)))
            sums.append(("Credit applied", f"-{pounds(min(money.credit, total))}"))
            total -= min(money.credit, total)
        names = ["Total to pay", "Amount to pay:", "Outstanding amount", "Amount due", "Balance to pay"]
        sums.append((pick(names if money.credit_used else [*names, "Total", "Total:", "Balance"]), pounds(total)))
        shown = "".join(
            pick([f"<p>{name} {text}</p>", f"<div><span>{name}</span> <span>{text}</span></div>"])
            for name, text in sums
        )
        count = pick(["", "", f"<p>{len(facts)} item{'s' if len(facts) != 1 else ''} in your basket</p>"])
        ways = pick(
            [
                '<a href="#" class="button">Make Booking</a>',
                f"<button>Pay {pounds(total)}</button>",
                '<a href="#">Remove all items</a> <input type="submit" value="Checkout">',
                '<a href="#">Continue shopping</a><button>Book &amp; Checkout</button>',
            ]
        )
        if self.remove == "tick":
            ways += '<input type="submit" value="Update basket">'
        return self.page("Your basket", f"{count}{rows}{shown}{ways}"), total

    def bookings(self, facts: Sequence[Fact]) -> str:
        """Return a page of My Bookings."""
        self.remove = self._random.choice(["link", "button", "none"])
        controls = [self.control(each, number, "Details") for number, each in enumerate(facts)]
        rows = self.rows(facts, controls, price=self._random.random() < 0.3, made=self._random.random() < 0.5)
        return self.page("My bookings", rows)
