"""What of a page is seen, how it is cut into blocks, and what its controls are called."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from booking.site.blocks import ControlKind, read_content, segments
from tests.unit.booking.site.by_hand import page


def text_of(content: str) -> str:
    return read_content(f"<body>{content}</body>").whole.text


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>secret</p>",
        "<p style='display:none'>secret</p>",
        "<p style='color: red; Visibility: Hidden'>secret</p>",
        "<script>secret</script><style>secret</style><template>secret</template><noscript>secret</noscript>",
        "<i aria-hidden=true>secret</i>",
        "<div class='d-none'>secret</div>",
        "<dialog>secret</dialog><div role=dialog>secret</div>",
        "<select><option>secret</select>",
        "<del>secret</del>",
        "<input type=hidden value=secret><input type=text value=secret>",
        "<!-- secret -->",
        "<nav>secret</nav><header>secret</header><footer>secret</footer><aside>secret</aside>",
        "<div role=navigation>secret</div>",
        "<ul><li><a href=/a>secret</a></li><li><a href=/b>other secret</a></li></ul>",
        "<p class=breadcrumb>secret</p>",
        "<div><h3>You may also like</h3><p>secret</p></div>",
        "<h3>Recently viewed</h3><p>secret</p><h3>Shown</h3>",
    ],
)
def test_what_is_hidden_or_around_the_content_is_not_seen(hidden: str) -> None:
    assert "secret" not in text_of(f"<p>seen</p>{hidden}")


def test_what_is_seen_is_seen() -> None:
    assert (
        text_of("<p>one <b>two</b></p><div>three<br>four</div><input readonly value=five>")
        == "one two | three | four | five"
    )
    assert text_of("<article><header><h3>Court</h3></header></article>") == "Court"
    assert text_of("<aside>Order summary: total £5</aside>") == "Order summary: total £5"
    assert text_of("<div class='hidden md:block'>wide</div>") == "wide"
    assert text_of("<p>Lincoln\u2019s\u00a0Inn \u2013 \u200bFields</p>") == "Lincoln's Inn - Fields"
    assert text_of("<ul><li><a href=/a>Court 1 29/12 18:00</a></li><li><a href=/b>Court 2 29/12 18:00</a></li></ul>")


def test_words_of_controls_are_names_and_no_text() -> None:
    assert text_of("<p>Court <a href=#>Remove</a> <button>Details</button></p>") == "Court"
    assert text_of("<p><a href=/c>Tennis Court 1</a></p>") == "Tennis Court 1"


@pytest.mark.parametrize(
    ("markup", "name", "kind"),
    [
        ("<a href=#>Remove</a>", "Remove", ControlKind.LINK),
        ("<a href=#><img alt=Remove></a>", "Remove", ControlKind.LINK),
        ("<a href=# title=Remove><i></i></a>", "Remove", ControlKind.LINK),
        ("<button aria-label='Remove it'>x</button>", "Remove it", ControlKind.BUTTON),
        ("<button><svg><title>Delete</title></svg></button>", "Delete", ControlKind.BUTTON),
        ("<input type=submit value=Pay>", "Pay", ControlKind.BUTTON),
        ("<input type=image alt=Remove src=x>", "Remove", ControlKind.BUTTON),
        ("<label><input type=checkbox> Remove</label>", "Remove", ControlKind.TICK),
        ("<label for=r>Remove</label><input type=checkbox id=r>", "Remove", ControlKind.TICK),
        ("<span role=button>Remove</span>", "Remove", ControlKind.BUTTON),
        ("<span onclick='x()' title=Remove></span>", "Remove", ControlKind.BUTTON),
        ("<b id=n>Remove</b><button aria-labelledby=n></button>", "Remove", ControlKind.BUTTON),
    ],
)
def test_controls_are_called_as_a_person_reads_or_hears_them(markup: str, name: str, kind: ControlKind) -> None:
    (control,) = read_content(f"<body><div>{markup}</div></body>").whole.controls()
    assert (control.name, control.kind) == (name, kind)


def test_every_path_leads_to_its_element() -> None:
    html = page(
        "<div><p><a href=#>one</a><a href=#>two</a></p><p id='p1'><a href=#>three</a></p></div>"
        "<a id=x:y href=#>four</a>"
    )
    tree = LexborHTMLParser(html)
    controls = read_content(html).main.controls()
    assert [tree.css(each.path)[0].text() for each in controls] == ["one", "two", "three", "four"]
    assert all(len(tree.css(each.path)) == 1 for each in controls)


def test_the_main_content_is_what_the_page_calls_so() -> None:
    assert read_content(page("<p>inside</p>")).main.text == "Your basket | inside"
    assert read_content("<div>out</div><main>in</main>").main.text == "in"
    assert read_content("<main>one</main><main>two</main>").main.text == "one | two"


def test_parts_of_a_text_are_those_of_its_blocks() -> None:
    assert segments("one | two |  | three") == ["one", "two", "three"]
