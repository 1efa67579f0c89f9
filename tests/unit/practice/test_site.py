"""The site's pages, addresses, redirects and postbacks."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from practice.sheet.seed import wished_hours
from practice.venue.courts import BY_NUMBER, COURTS, DAYS_SHOWN, VenueSlot, hours
from practice.venue.rendering import heading
from practice.venue.site import local_path
from tests.unit.practice.conftest import RunningVenue, book_path

COURT_1 = "/courses/detail/171/practice-fields-tennis-court-1/"


def test_login_leads_back_and_logout_ends_it(venue: RunningVenue) -> None:
    browser = venue.browser()
    page = browser.log_in(venue.welcome.accounts[0], "/security/login.aspx?fdReturnURL=%2fdashboards%2f")
    assert page.url.endswith("/dashboards/")
    assert page.has("#ctl00_btnLogout")
    assert not page.has("#ctl00_btnLogin")

    page = browser.post_back(page, "#ctl00_btnLogout")
    assert page.has("#ctl00_btnLogin")
    assert "/security/login.aspx?fdReturnURL=%2F" in browser.get("/basket/").url
    assert [(login["email"], login["ok"]) for login in venue.records("logins")] == [(venue.email(), True)]


def test_wrong_password_is_told_and_recorded(venue: RunningVenue) -> None:
    browser = venue.browser()
    page = browser.log_in({"email": venue.email(), "password": "wrong"})
    assert page.text("div.validation-summary-errors") == "The email address or password is incorrect."
    assert page.has("input[type=password]")
    assert not venue.records("logins")[0]["ok"]


def test_second_login_step_where_an_account_has_one(venue: RunningVenue) -> None:
    venue.client.change_account(venue.email(), mfa="123456")
    browser = venue.browser()
    page = browser.log_in(venue.welcome.accounts[0])
    assert page.has("input[name$=fdVerificationCode]")
    page = browser.post_back(page, "a.button-primary", fdVerificationCode="000000")
    assert page.has("div.validation-summary-errors")
    assert browser.post_back(page, "a.button-primary", fdVerificationCode="123456").has("#ctl00_btnLogout")


@pytest.mark.parametrize("address", ["https://example.test/", "//example.test/", "/\\example.test", "x", "/a\nb"])
def test_login_leads_to_no_other_site(address: str) -> None:
    assert local_path(address) is None


def test_court_pages_carry_their_own_event_id_and_wrong_slugs_are_led_right(venue: RunningVenue) -> None:
    browser = venue.browser()
    for court in COURTS:
        page = browser.get(court.path)
        assert page.fields()["ctl00$PageContent$fdFacilityId"] == str(court.event_id)
        assert page.text("h1") == court.name
        assert len(page.fields()["__VIEWSTATE"]) > 19_000
    assert browser.redirect("/courses/detail/171/quarry-green-tennis-court-1/") == COURT_1


def test_weeks_roll_from_today_to_the_last_of_six_and_back(venue: RunningVenue) -> None:
    browser = venue.browser()
    page = browser.get(COURT_1)
    assert not page.has("#ctl00_PageContent_btnPrevWeek")
    seen = []
    for _ in range(6):
        seen += page.texts("h4.timetable-title")[1:]
        assert page.url.endswith(COURT_1)
        if page.has("#ctl00_PageContent_btnNextWeek"):
            page = browser.post_back(page, "#ctl00_PageContent_btnNextWeek")
    today = venue.clock.today()
    assert seen == [heading(today + timedelta(days=each)) for each in range(DAYS_SHOWN)]
    assert not page.has("#ctl00_PageContent_btnNextWeek")
    assert page.has("a.facility-book"), "days that are not open look as if they were"

    page = browser.post_back(page, "#ctl00_PageContent_btnPrevWeek")
    week = today + timedelta(days=DAYS_SHOWN - 14)
    assert page.fields()["ctl00$PageContent$fdWeekStart"] == f"{week:%d/%m/%Y}"


def test_hours_show_the_season_and_no_leading_zero_in_addresses(venue: RunningVenue) -> None:
    day = venue.stand_at(9)
    page = venue.browser().get(COURT_1)
    column = "#ctl00_PageContent_repWeek_ctl01_FacilityDay1_ulHours"
    tomorrow = day + timedelta(days=1)
    assert [text[:5] for text in page.texts(f"{column} .facility-hour")] == [f"{h:02d}:00" for h in hours(tomorrow)]
    assert "08:00!Book!" in page.texts(f"{column} a.facility-book > span")
    assert page.attribute(f"{column} a.facility-book", "href") == book_path(192, tomorrow, 8)
    assert page.texts("#ctl00_PageContent_repWeek_ctl00_FacilityDay1_ulHours li.facility-closed > div")[0] == (
        "08:00Booked"
    )


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("01-01", 15),
        ("02-28", 15),
        ("03-01", 17),
        ("03-31", 17),
        ("04-01", 20),
        ("09-30", 20),
        ("10-01", 17),
        ("10-24", 17),
        ("10-25", 16),
        ("11-01", 16),
        ("11-02", 15),
        ("12-31", 15),
    ],
)
def test_the_light_decides_the_hours_day_by_day(day: str, last: int) -> None:
    assert list(hours(date.fromisoformat(f"2027-{day}"))) == list(range(8, last + 1))


def test_coaching_is_steady_rare_and_never_where_the_seeded_schedule_asks() -> None:
    days = [date(2027, 1, 1) + timedelta(days=each) for each in range(365)]
    slots = [VenueSlot(BY_NUMBER[1], day, hour) for day in days for hour in hours(day)]
    taken = [slot for slot in slots if slot.coaching]
    assert 0 < len(taken) < len(slots) / 10
    assert not [slot for slot in taken if slot.hour in wished_hours(slot.day.weekday())]


def test_book_without_a_session_leads_home(venue: RunningVenue) -> None:
    assert venue.browser().redirect(book_path(192, venue.open_day(), 10)) == "/"


def test_book_anonymously_leads_to_login_if_open_and_free(venue: RunningVenue) -> None:
    browser = venue.browser()
    browser.get("/")
    path = book_path(192, venue.open_day(), 10)
    assert browser.redirect(path).startswith("/security/login.aspx?fdReturnURL=%2Fcourses%2Fbook.aspx%3F")
    venue.client.send_rival(1, venue.open_day(), 10)
    assert browser.redirect(path) == COURT_1
    assert not [hold for hold in venue.records("holds") if hold["state"] == "held"]


def test_login_on_the_way_to_a_slot_holds_it(venue: RunningVenue) -> None:
    browser = venue.browser()
    browser.get("/")
    day = venue.open_day()
    login = browser.redirect(book_path(199, day, 10))
    page = browser.log_in(venue.welcome.accounts[1], login)
    assert page.url.endswith("/basket/")
    [hold] = venue.records("holds")
    assert (hold["email"], hold["court"], hold["date"], hold["hour"], hold["state"]) == (
        venue.email(1),
        2,
        day.isoformat(),
        10,
        "held",
    )


def test_what_cannot_be_had_leads_to_the_page_of_its_court(venue: RunningVenue) -> None:
    browser = venue.member()
    day = venue.open_day()
    for path in (
        book_path(192, venue.open_day(35), 10),
        book_path(192, day, 7),
        book_path(192, day, 99),
        book_path(192, venue.clock.today() - timedelta(days=1), 10),
        "/courses/book.aspx?fdCourseEventId=192",
        "/courses/book.aspx?fdCourseEventId=192&fdDate=99/99/2026&fdTime=8",
    ):
        assert browser.redirect(path) == COURT_1, path
    for event in ("171000", "x", "", "²"):
        assert browser.redirect(f"/courses/book.aspx?fdCourseEventId={event}&fdDate=01/01/2027&fdTime=8") == "/"
    coached = next(
        slot
        for each in range(1, 34)
        for hour in hours(venue.open_day(each))
        if (slot := VenueSlot(BY_NUMBER[1], venue.open_day(each), hour)).coaching
    )
    assert browser.redirect(book_path(192, coached.day, coached.hour)) == COURT_1
    assert venue.records("holds") == []


def test_a_postback_with_a_changed_state_target_or_token_is_refused(venue: RunningVenue) -> None:
    browser = venue.member()
    page = browser.get(COURT_1)
    good = page.fields() | {"__EVENTTARGET": "ctl00$PageContent$btnNextWeek"}
    assert browser.send(page, good).status == 200
    state = good["__VIEWSTATE"]
    changed = state[:100] + ("A" if state[100] != "A" else "B") + state[101:]
    other = browser.get("/basket/").fields()["__VIEWSTATE"]
    for bad in (
        {"__VIEWSTATE": changed},
        {"__VIEWSTATE": ""},
        {"__VIEWSTATE": other},
        {"__EVENTVALIDATION": changed},
        {"__EVENTTARGET": "ctl00$PageContent$btnPrevWeek"},
        {"__AT": "someone else's"},
    ):
        page_then = browser.send(page, good | bad)
        assert page_then.status == 500, bad
        assert page_then.text("h1") == "Sorry, something went wrong"


def test_cookie_bars_and_lock_as_set(venue: RunningVenue) -> None:
    browser = venue.member()
    for setting, policy, banner in (
        ("policy", True, False),
        ("banner", False, True),
        ("both", True, True),
        ("none", False, False),
    ):
        venue.client.change_settings(cookie_bar=setting)
        page = browser.get("/")
        assert page.has("#CookiePolicy button#CookiePolicyAcceptAll") is policy
        assert page.has("#rtPrivacyBannerAccept") is banner
    venue.client.change_settings(cookie_bar="both", lock_ms=50, js_dialog="alert")
    browser.session.cookies.set("CookiePolicy", "accepted")
    page = browser.get("/")
    assert not page.has("#CookiePolicy")
    assert page.has("body.postback-lock")
    assert "window['alert']" in (page.html.html or "")


def test_sessions_end_unused_on_demand_and_with_a_restart(venue: RunningVenue) -> None:
    browser = venue.member()
    venue.clock.ahead += 19 * 60
    assert browser.get("/dashboards/").has("#ctl00_btnLogout")
    venue.clock.ahead += 19 * 60
    assert browser.get("/dashboards/").has("#ctl00_btnLogout"), "use keeps a session alive"
    venue.clock.ahead += 21 * 60
    assert "/security/login.aspx" in browser.get("/dashboards/").url

    browser.log_in(venue.welcome.accounts[0])
    assert venue.client.expire_sessions(venue.email(1)) == 0
    assert venue.client.expire_sessions(None) == 1
    assert "/security/login.aspx" in browser.redirect(book_path(192, venue.open_day(), 10))


def test_my_bookings_shows_ten_a_page(venue: RunningVenue) -> None:
    browser = venue.member()
    page = browser.get("/dashboards/my-bookings/")
    assert "You are not booked onto any courses or sessions." in page.text("div.content-main")
    venue.client.change_account(venue.email(), credit_pence=12 * 1390)
    wanted = [(venue.open_day(ahead), hour) for ahead in range(1, 7) for hour in (10, 11)]
    for day, hour in wanted:
        assert browser.redirect(book_path(192, day, hour)) == "/basket/"
    assert browser.to_portal().text("h1") == "Payment Successful"

    page = browser.get("/dashboards/my-bookings/")
    cells = page.texts("div.content-main div.wrapper.row-group div.booking-column")
    assert len(cells) == 30
    assert re.fullmatch(rf"{venue.clock.today():%d/%m/%Y} \d\d:\d\d", cells[0])
    day, hour = wanted[0]
    assert cells[1:3] == [
        "Practice Fields Tennis Court 1",
        f"{day.day}/{day.month}/{day.year} {hour}:00",
    ]
    assert "Next" in page.texts("a.button-primary")
    page = browser.post_back(page, "#ctl00_PageContent_btnNext")
    assert len(page.texts("div.row-group")) == 2
    assert not page.has("#ctl00_PageContent_btnNext")
    assert len(browser.get("/dashboards/my-bookings/?page=2").texts("div.row-group")) == 2
