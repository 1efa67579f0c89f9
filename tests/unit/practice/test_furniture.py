"""What every page carries, as pages of the real site were captured: hosts, frames, fields and tokens."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests

from practice.venue.rendering import EDGE
from tests.unit.practice.conftest import Browser, RunningVenue, VenuePage

COURT_1 = "/courses/detail/171/practice-fields-tennis-court-1/"


def foreign(page: VenuePage) -> list[str]:
    """Return what a page loads from other hosts."""
    links = [page.attribute('link[href^="http"]', "href")] if page.has('link[href^="http"]') else []
    return links + [node.attributes["src"] or "" for node in page.html.css('script[src^="http"]')]


def test_a_page_has_no_doctype_a_base_and_may_be_kept_by_its_browser(venue: RunningVenue) -> None:
    answer = requests.get(f"{venue.welcome.site_url}{COURT_1}", timeout=20)
    assert answer.text.startswith("<html")
    assert f'<base href="{venue.welcome.site_url}/courses/">' in answer.text
    assert answer.headers["Cache-Control"] == "private"
    assert (
        requests.get(venue.welcome.site_url + "/basket/", timeout=20).history[0].headers["Cache-Control"] == "private"
    )


def test_a_court_page_posts_thirteen_fields_one_of_them_a_second_text_box(venue: RunningVenue) -> None:
    browser = venue.browser()
    page = browser.get(COURT_1)
    assert len(page.fields()) == 13
    assert page.attribute("input[name=__AT]", "id") == "__AT"
    assert page.has("input[type=text][name$=fdSearch]")
    assert browser.post_back(page, "#ctl00_btnSearch", fdSearch="tennis").text("h1") == "Book a tennis court"


def test_the_header_says_logout_and_the_dialog_log_out(venue: RunningVenue) -> None:
    page = venue.member().get("/dashboards/")
    assert page.text("#ctl00_btnLogout") == "Logout"
    assert page.text("a.rtSessionLogout") == "Log Out"


def test_titles_have_white_space_around_them_and_the_hours_an_empty_one(venue: RunningVenue) -> None:
    titles = [node.text() for node in venue.browser().get(COURT_1).html.css("h4.timetable-title")]
    assert not titles[0].strip()
    for title in titles[1:]:
        assert title.strip()
        assert title[0].isspace()
        assert title[-1].isspace()


def test_hours_are_placed_by_their_distance_from_the_top(venue: RunningVenue) -> None:
    page = venue.browser().get(COURT_1)
    assert page.attribute("#ctl00_PageContent_li8", "style") == "top:0px"
    assert page.attribute("#ctl00_PageContent_li10", "style") == "top:120px"
    column = "#ctl00_PageContent_repWeek_ctl03_FacilityDay1_ulHours li"
    assert [node.attributes["style"] for node in page.html.css(column)][:2] == ["top:0px", "top:60px"]


def test_the_frame_of_the_edge_is_on_every_page_and_is_no_request_to_the_site(venue: RunningVenue) -> None:
    page = venue.browser().get("/")
    assert f"{EDGE}scripts/main.js" in (page.html.html or "")
    assert requests.get(f"{venue.welcome.site_url}{EDGE}scripts/main.js", timeout=20).ok
    assert [each["path"] for each in venue.records("requests")] == ["/"]


def test_pages_load_a_style_sheet_and_scripts_from_three_other_hosts(venue: RunningVenue) -> None:
    page = venue.browser().get("/")
    addresses = foreign(page)
    assert len({urlsplit(each).netloc for each in addresses}) == 3
    assert urlsplit(venue.welcome.site_url).netloc not in {urlsplit(each).netloc for each in addresses}
    assert [requests.get(each, timeout=20).headers["Content-Type"].split(";")[0] for each in addresses] == [
        "text/css",
        "text/javascript",
        "text/javascript",
    ]
    assert {each["app"] for each in venue.records("requests")} == {"site", "foreign"}


@pytest.mark.parametrize(("where", "loaded"), [("end", 3), ("head", 3), ("none", 0)])
def test_where_a_page_waits_for_another_hosts_script_can_be_set(venue: RunningVenue, where: str, loaded: int) -> None:
    venue.client.change_settings(foreign_script=where)
    page = venue.browser().get("/")
    assert len(foreign(page)) == loaded
    assert page.has("head script[src$='widgets.js']") is (where == "head")


def test_a_foreign_script_can_hang_or_be_absent_and_the_site_answers_all_the_same(venue: RunningVenue) -> None:
    venue.client.add_faults(
        {"app": "foreign", "path": "widgets", "do": "hang"},
        {"app": "foreign", "path": "fonts", "do": "status", "status": 404},
    )
    styles, _, widgets = sorted(foreign(venue.browser().get("/")), key=lambda each: each.rpartition("/")[2])
    assert requests.get(styles, timeout=20).status_code == 404
    with pytest.raises(requests.ReadTimeout):
        requests.get(widgets, timeout=0.3)


def next_week(browser: Browser, page: VenuePage) -> VenuePage:
    return browser.post_back(page, "#ctl00_PageContent_btnNextWeek")


def test_a_token_is_good_for_many_posts_of_its_session_unless_set_otherwise(venue: RunningVenue) -> None:
    browser = venue.browser()
    page = browser.get(COURT_1)
    assert [next_week(browser, page).status for _ in range(2)] == [200, 200]


def test_a_token_for_one_post_is_spent_by_it_and_each_page_has_its_own(venue: RunningVenue) -> None:
    venue.client.change_settings(one_post_tokens=True)
    browser = venue.browser()
    first, second = browser.get(COURT_1), browser.get(COURT_1)
    third = next_week(browser, first)
    assert third.status == 200
    assert next_week(browser, first).status == 500
    assert next_week(browser, third).status == 200
    assert next_week(browser, second).status == 200, "a page that was not posted from keeps its token"
