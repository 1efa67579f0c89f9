"""Settings: where they come from, what is wrong with them, and that no secret of them shows."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from booking.addresses import is_loopback
from booking.errors import SettingsError
from booking.model import Account, Payment
from booking.settings.env_file import warn_readable
from booking.settings.loader import load_settings
from booking.settings.settings import (
    CARD_NAMES,
    EMAIL_SUFFIX,
    NAMES,
    PASSWORD_SUFFIX,
    Notify,
    Settings,
    secret_names,
)

ROOT = Path(__file__).parents[3]
PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nCANARYKEYCANARYKEYCANARYKEY\n-----END PRIVATE KEY-----\n"
KEY = {
    "type": "service_account",
    "client_email": "booker@project.example.test",
    "private_key": PRIVATE_KEY,
    "token_uri": "https://oauth2.example.test/token",
}
CARD = {
    "LB_CARD_NUMBER": "4111 1111 1111 1111",
    "LB_CARD_EXPIRY_MONTH": "3",
    "LB_CARD_EXPIRY_YEAR": "2099",
    "LB_CARD_SECURITY_CODE": "737",
    "LB_CARDHOLDER_NAME": "Holder Canary",
    "LB_ADDRESS": "1 Canary Wharf",
    "LB_CITY": "Sampleton",
    "LB_POSTCODE": "ZZ9 9ZZ",
}
REAL = {
    "BOOKING_SITE": "camden-active",
    "GSHEET_MAIN_ID": "sheet-1_A",
    "GOOGLE_SERVICE_ACCOUNT_JSON": json.dumps(KEY),
    "MOTHER_CAM_PASSWORD": "pa$$ ${HOME} canary",
}
MOTHER = Account("Mother", "mother@example.test", 1, "https://camden.example.test/courses/detail/171/court-1/")
TODAY = datetime.now(UTC)


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    folder = tmp_path / "variables"
    folder.mkdir()
    (folder / "practice.py").write_text('SITE_URL: str = ""\nPAYMENT_HOSTS: tuple[str, ...] = ("127.0.0.1",)\n')
    (folder / "camden_active.py").write_text(
        'SITE_URL: str = "https://camden.example.test"\nPAYMENT_HOSTS: tuple[str, ...] = ("portal.example.test",)\n'
    )
    return folder


@pytest.fixture
def load(sites: Path) -> Callable[..., Settings]:
    def load_with(environ: dict[str, str] | None = None, env_file: str | None = None) -> Settings:
        path = sites.parent / ".env"
        if env_file is not None:
            path.write_text(env_file)
        return load_settings(environ or {}, path, sites)

    return load_with


def faults_of(load: Callable[..., Settings], *args: object) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load(*args)
    assert all(str(problem) in str(caught.value) for problem in caught.value.problems)
    return {problem.where: problem.message for problem in caught.value.problems}


def test_with_nothing_set_a_run_goes_to_the_practice_venue(load: Callable[..., Settings], tmp_path: Path) -> None:
    settings = load()
    assert settings.site == "practice"
    assert settings.is_practice
    assert settings.site_url == ""
    assert settings.payment_hosts == ("127.0.0.1",)
    assert settings.payment is Payment.PAY
    assert (settings.max_spend_pence, settings.max_spend_per_account_pence) == (15_000, 5000)
    assert settings.max_wait == timedelta(minutes=45)
    assert (settings.person_wait, settings.proof_wait) == (timedelta(seconds=600), timedelta(seconds=60))
    assert settings.basket_url == ""
    assert settings.opening is None
    assert (settings.release.days_ahead, settings.release.minutes) == (35, 1440)
    assert settings.release.zone.key == "Europe/London"
    assert settings.sheet_api_url == "https://sheets.googleapis.com"
    assert (settings.sheet_id, settings.service_account, settings.card, settings.browser) == ("", None, None, None)
    assert settings.results_dir == tmp_path / "results"


def test_a_real_site_rehearses_unless_told_to_pay(load: Callable[..., Settings]) -> None:
    settings = load(REAL)
    assert settings.site == "camden-active"
    assert not settings.is_practice
    assert settings.site_url == "https://camden.example.test"
    assert settings.payment_hosts == ("camden.example.test", "portal.example.test")
    assert settings.payment is Payment.REHEARSE
    assert settings.card is None
    assert settings.sheet_id == "sheet-1_A"
    assert settings.service_account == KEY
    assert settings.service_account_file is None


def test_the_basket_is_where_the_sites_file_says(load: Callable[..., Settings], sites: Path) -> None:
    file = sites / "camden_active.py"
    assert load(REAL).basket_url == ""
    file.write_text(f"{file.read_text()}BASKET_PATH = '/basket/'\n")
    assert load(REAL).basket_url == "https://camden.example.test/basket/"
    there = {**REAL, "BOOKING_SITE_URL": "https://other.example.test/"}
    assert load(there).basket_url == "https://other.example.test/basket/"
    for wrong in ("'basket'", "7", "'https://elsewhere.example.test/'"):
        file.write_text(f"{file.read_text()}BASKET_PATH = {wrong}\n")
        assert "BASKET_PATH" in faults_of(load, REAL)["BOOKING_SITE"]


def test_addresses_that_log_in_instead_of_the_sheets_are_known_by_account(load: Callable[..., Settings]) -> None:
    given = {"ANNE_MARIE_CAM_EMAIL_ADDRESS": "other@example.test", "BRUCE_CAM_EMAIL_ADDRESS": ""}
    assert load({**REAL, **given}).login_addresses() == {"anne_marie": "other@example.test"}


def test_the_environment_wins_and_what_is_empty_there_does_not_count(load: Callable[..., Settings]) -> None:
    env_file = "DAYS_AHEAD=7\nMAX_WAIT=10\nRELEASE_TIME=08:00\n"
    settings = load({"DAYS_AHEAD": "14", "MAX_WAIT": "", "RELEASE_TIME": "  "}, env_file)
    assert settings.release.days_ahead == 14
    assert settings.max_wait == timedelta(minutes=10)
    assert settings.release.minutes == 480


def test_values_of_the_file_are_taken_literally(load: Callable[..., Settings]) -> None:
    settings = load({"HOME": "/nowhere"}, "\ufeff# accounts\nMOTHER_CAM_PASSWORD='pa$$ ${HOME} #1'\n")
    assert settings.credentials(MOTHER).password == "pa$$ ${HOME} #1"


def test_every_setting_is_understood(load: Callable[..., Settings], tmp_path: Path) -> None:
    browser = tmp_path / "chromium"
    browser.touch(mode=0o755)
    key_file = tmp_path / "key.json"
    key_file.write_text(json.dumps(KEY))
    settings = load(
        {
            **REAL,
            **CARD,
            "BOOKING_SITE": "Camden_Active",
            "BOOKING_SITE_URL": "https://Other.example.test:443/",
            "GOOGLE_SERVICE_ACCOUNT_JSON": "key.json",
            "GSHEET_API_URL": "http://127.0.0.1:8080/",
            "PAYMENT": "Pay",
            "PAYMENT_HOSTS": " pay.example.test, PORTAL.example.test,",
            "MAX_SPEND": "£27.80",
            "MAX_SPEND_PER_ACCOUNT": "13.90",
            "DAYS_AHEAD": "8",
            "RELEASE_TIME": "07:30",
            "RELEASE_TIMEZONE": "Europe/Paris",
            "OPENING": "2026-07-01T23:00:00Z",
            "MAX_WAIT": "90",
            "THREE_D_SECURE_WAIT": "2400",
            "PAYMENT_PROOF_WAIT": "0",
            "NOTIFY": "Always",
            "NOTIFY_URLS": "json://127.0.0.1:9/canary-one\tntfys://canary-two",
            "BROWSER_EXECUTABLE": str(browser),
            "RESULTS_DIR": "elsewhere",
        }
    )
    assert settings.site == "camden-active"
    assert settings.site_url == "https://other.example.test"
    assert settings.payment_hosts == ("other.example.test", "pay.example.test", "portal.example.test")
    assert settings.service_account == KEY
    assert settings.service_account_file == key_file
    assert settings.sheet_api_url == "http://127.0.0.1:8080"
    assert settings.payment is Payment.PAY
    assert (settings.max_spend_pence, settings.max_spend_per_account_pence) == (2780, 1390)
    assert (settings.release.days_ahead, settings.release.minutes) == (8, 450)
    assert settings.opening
    assert settings.opening.isoformat() == "2026-07-02T01:00:00+02:00"
    assert settings.max_wait == timedelta(minutes=90)
    assert (settings.person_wait, settings.proof_wait) == (timedelta(minutes=40), timedelta())
    assert settings.notify is Notify.ALWAYS
    assert settings.notify_urls == ("json://127.0.0.1:9/canary-one", "ntfys://canary-two")
    assert {"127.0.0.1:9/canary-one", "canary-two"} <= set(settings.secret_values())
    assert "canary" not in repr(settings)
    assert settings.browser == browser
    assert settings.results_dir == tmp_path / "elsewhere"
    assert settings.card
    assert settings.card.number == "4111111111111111"
    assert (settings.card.expiry_month, settings.card.expiry_year) == ("03", "99")


def test_all_faults_are_told_at_once(load: Callable[..., Settings]) -> None:
    wrong = {
        "BOOKING_SITE": "camden",
        "BOOKING_SITE_URL": "http://camden.example.test",
        "GSHEET_MAIN_ID": "https://docs.example.test/spreadsheets/d/x/edit",
        "GSHEET_API_URL": "ftp://sheets.example.test",
        "PAYMENT": "maybe",
        "MAX_SPEND": "lots",
        "MAX_SPEND_PER_ACCOUNT": "some",
        "PAYMENT_HOSTS": "https://pay.example.test",
        "DAYS_AHEAD": "-1",
        "RELEASE_TIME": "24:01",
        "RELEASE_TIMEZONE": "London",
        "OPENING": "2026-11-24T00:00:00",
        "MAX_WAIT": "an hour",
        "THREE_D_SECURE_WAIT": "ten minutes",
        "PAYMENT_PROOF_WAIT": "2401",
        "NOTIFY": "never",
        "NOTIFY_URLS": "ntfys://topic canary-two",
        "BROWSER_EXECUTABLE": "/no/such/program",
        "GOOGLE_SERVICE_ACCOUNT_JSON": "no-such-file.json",
    }
    problems = faults_of(load, wrong)
    assert problems.keys() == wrong.keys()
    assert "camden-active or practice" in problems["BOOKING_SITE"]
    assert "https" in problems["BOOKING_SITE_URL"]
    assert "between /d/ and /edit" in problems["GSHEET_MAIN_ID"]
    assert "has no zone" in problems["OPENING"]
    assert "from 0 to 2400: write one such as 600" in problems["PAYMENT_PROOF_WAIT"]
    assert "address 2" in problems["NOTIFY_URLS"]
    assert "canary" not in str(problems)
    assert "Europe/London" in problems["RELEASE_TIMEZONE"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELEASE_TIMEZONE", "../../etc/passwd"),
        ("RELEASE_TIMEZONE", "Europe"),
        ("BOOKING_SITE", "../variables/practice"),
        ("DAYS_AHEAD", "3.5"),
        ("DAYS_AHEAD", "367"),
        ("RELEASE_TIME", "8"),
        ("MAX_SPEND", "-5"),
        ("MAX_SPEND", "5.5"),
        ("MAX_WAIT", "1441"),
        ("THREE_D_SECURE_WAIT", "2401"),
        ("PAYMENT_PROOF_WAIT", "-1"),
        ("PAYMENT_PROOF_WAIT", "1.5"),
        ("OPENING", "tomorrow"),
        ("BROWSER_EXECUTABLE", "."),
        ("PAYMENT_HOSTS", "*.example.test"),
    ],
)
def test_a_wrong_value_is_a_fault_of_its_setting(load: Callable[..., Settings], name: str, value: str) -> None:
    assert faults_of(load, {**REAL, name: value}).keys() == {name}


@pytest.mark.parametrize(
    "url",
    [
        "http://camden.example.test",
        "http://localhost.example.test",
        "http://127.0.0.1.example.test",
        "http://10.0.0.1",
        "http://[::2]",
        "https://user@camden.example.test",
        "https://user:canary@camden.example.test",
        "https://camden.example.test?x=1",
        "https://camden.example.test#top",
        "http://127.0.0.1\\@camden.example.test",
        "http://127.0.0.1:99999",
        "https://camden.example.test/a b",
        "https://[zz]",
        "https://",
        "camden.example.test",
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("name", ["BOOKING_SITE_URL", "GSHEET_API_URL"])
def test_an_address_must_be_plain_and_https_unless_it_is_this_machine(
    load: Callable[..., Settings], name: str, url: str
) -> None:
    problems = faults_of(load, {**REAL, name: url})
    assert problems.keys() == {name}
    assert "canary" not in problems[name]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://127.8.9.1", "http://localhost:1", "http://[::1]:80"])
def test_this_machine_may_be_plain_http(load: Callable[..., Settings], url: str) -> None:
    assert load({**REAL, "BOOKING_SITE_URL": url}).site_url.startswith("http://")
    assert load({**REAL, "BOOKING_SITE": "practice", "BOOKING_SITE_URL": url, "PAYMENT": "rehearse"}).is_practice


def test_practice_never_leaves_this_machine(load: Callable[..., Settings]) -> None:
    problems = faults_of(
        load, {**REAL, **CARD, "BOOKING_SITE": "practice", "BOOKING_SITE_URL": "https://camden.example.test"}
    )
    assert problems.keys() == {"BOOKING_SITE_URL"}
    settings = load({"PAYMENT_HOSTS": "portal.example.test"})
    assert settings.payment_hosts == ("127.0.0.1",)
    settings = load({"PAYMENT_HOSTS": "portal.example.test, localhost"})
    assert settings.payment_hosts == ("localhost",)


def test_a_practice_venue_that_runs_needs_what_a_real_site_needs(load: Callable[..., Settings]) -> None:
    problems = faults_of(load, {"BOOKING_SITE_URL": "http://127.0.0.1:8080"})
    assert problems.keys() == {"GSHEET_MAIN_ID", "GOOGLE_SERVICE_ACCOUNT_JSON", *CARD_NAMES}
    assert faults_of(load, {"BOOKING_SITE": "camden-active"}).keys() == {
        "GSHEET_MAIN_ID",
        "GOOGLE_SERVICE_ACCOUNT_JSON",
    }


def test_a_practice_venue_to_be_started_takes_no_notice_of_real_keys_and_cards(load: Callable[..., Settings]) -> None:
    real = {
        **REAL,
        **CARD,
        "BOOKING_SITE": "practice",
        "GOOGLE_SERVICE_ACCOUNT_JSON": "gone.json",
        "LB_CARD_NUMBER": "1",
    }
    settings = load(real)
    assert (settings.sheet_id, settings.service_account, settings.card) == ("", None, None)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("canary-file.json", "neither JSON"),
        ("canary" * 100, "neither JSON"),
        ('{"private_key": "canary', "not valid JSON"),
        ("{}", '"type"'),
        (json.dumps({**KEY, "type": "authorized_user"}), '"type"'),
        (json.dumps({**KEY, "client_email": ""}), '"client_email"'),
        (json.dumps({**KEY, "private_key": 7}), '"private_key"'),
        (json.dumps({**KEY, "private_key": "canary"}), '"private_key"'),
        (json.dumps({**KEY, "token_uri": "http://canary.example.test/token"}), '"token_uri"'),
    ],
)
def test_a_wrong_key_is_told_without_its_content(load: Callable[..., Settings], value: str, words: str) -> None:
    problems = faults_of(load, {**REAL, "GOOGLE_SERVICE_ACCOUNT_JSON": value})
    assert problems.keys() == {"GOOGLE_SERVICE_ACCOUNT_JSON"}
    assert words in problems["GOOGLE_SERVICE_ACCOUNT_JSON"]
    if "token_uri" not in words:
        assert "canary" not in problems["GOOGLE_SERVICE_ACCOUNT_JSON"].lower()


def test_a_key_file_that_is_none(load: Callable[..., Settings], tmp_path: Path) -> None:
    for content in (b"\xff\xfe canary", b"canary", b"[1]"):
        (tmp_path / "key.json").write_bytes(content)
        problems = faults_of(load, {**REAL, "GOOGLE_SERVICE_ACCOUNT_JSON": str(tmp_path / "key.json")})
        assert "canary" not in problems["GOOGLE_SERVICE_ACCOUNT_JSON"]
    (tmp_path / "folder").mkdir()
    faults_of(load, {**REAL, "GOOGLE_SERVICE_ACCOUNT_JSON": "folder"})


def test_a_key_in_the_file_may_have_real_line_breaks(load: Callable[..., Settings]) -> None:
    pasted = json.dumps(KEY, indent=1).replace("\\n", "\n")
    settings = load(
        {"BOOKING_SITE": "camden-active", "GSHEET_MAIN_ID": "x"}, f"GOOGLE_SERVICE_ACCOUNT_JSON='{pasted}'\n"
    )
    assert settings.service_account == KEY


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LB_CARD_NUMBER", "4111111111111112", "check digit"),
        ("LB_CARD_NUMBER", "41111111111", "12 to 19 digits"),
        ("LB_CARD_NUMBER", "4" * 20, "12 to 19 digits"),
        ("LB_CARD_NUMBER", "4111-canary", "12 to 19 digits"),
        ("LB_CARD_EXPIRY_MONTH", "13", "1 to 12"),
        ("LB_CARD_EXPIRY_MONTH", "0", "1 to 12"),
        ("LB_CARD_EXPIRY_YEAR", "199", "two or four digits"),
        ("LB_CARD_EXPIRY_YEAR", "1999", "two or four digits"),
        ("LB_CARD_EXPIRY_YEAR", "2019", "expired"),
        ("LB_CARD_EXPIRY_YEAR", "19", "expired"),
        ("LB_CARD_SECURITY_CODE", "12", "three or four digits"),
        ("LB_CARD_SECURITY_CODE", "12a", "three or four digits"),
        ("LB_CARDHOLDER_NAME", "Holder\x07", "plain text"),
        ("LB_POSTCODE", "", "is missing"),
    ],
)
def test_a_card_that_cannot_pay_is_told_without_its_values(
    load: Callable[..., Settings], name: str, value: str, words: str
) -> None:
    problems = faults_of(load, {**REAL, **CARD, "PAYMENT": "pay", name: value})
    assert problems.keys() == {name}
    assert words in problems[name]
    assert not value or value not in problems[name]


def test_a_card_is_good_until_the_end_of_its_month(load: Callable[..., Settings]) -> None:
    this_month = {"LB_CARD_EXPIRY_MONTH": f"{TODAY:%m}", "LB_CARD_EXPIRY_YEAR": f"{TODAY:%y}"}
    assert load({**REAL, **CARD, "PAYMENT": "pay", **this_month}).card
    last = date(TODAY.year, TODAY.month, 1) - timedelta(days=1)
    last_month = {"LB_CARD_EXPIRY_MONTH": f"{last:%m}", "LB_CARD_EXPIRY_YEAR": f"{last:%Y}"}
    problems = faults_of(load, {**REAL, **CARD, "PAYMENT": "pay", **last_month})
    assert "expired" in problems["LB_CARD_EXPIRY_YEAR"]


@given(st.integers(10**11, 10**18 - 1), st.integers(0, 9))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_one_check_digit_fits_and_only_one(load: Callable[..., Settings], stem: int, other: int) -> None:
    def fits(number: str) -> bool:
        try:
            load({**REAL, **CARD, "PAYMENT": "pay", "LB_CARD_NUMBER": number})
        except SettingsError:
            return False
        return True

    fitting = [digit for digit in range(10) if fits(f"{stem}{digit}")]
    assert len(fitting) == 1
    mistyped = f"{other}{str(stem)[1:]}{fitting[0]}"
    assert fits(mistyped) is (mistyped[0] == str(stem)[0])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("GSHEET_MIAN_ID", "GSHEET_MAIN_ID"),
        ("PAYMENTS", "PAYMENT"),
        ("PAYMENT_HOST", "PAYMENT_HOSTS"),
        ("DAYS_AHAED", "DAYS_AHEAD"),
        ("max_spend", "MAX_SPEND"),
        ("LB_CARD_NUMBR", "LB_CARD_NUMBER"),
        ("MAX_SPNED", "MAX_SPEND"),
        ("OPENIGN", "OPENING"),
        ("LB_CITX", "LB_CITY"),
        ("MOTHER_CAM_PASWORD", "MOTHER_CAM_PASSWORD"),
        ("MOTHER_CAM_EMAIL_ADRESS", "MOTHER_CAM_EMAIL_ADDRESS"),
        ("mother_cam_password", "MOTHER_CAM_PASSWORD"),
        ("AUNT_JOCAM_PASSWORD", "AUNT_JO_CAM_PASSWORD"),
        ("AUNT_JO_ACM_PASSWORD", "AUNT_JO_CAM_PASSWORD"),
    ],
)
def test_a_slip_in_the_name_of_a_setting_is_told(load: Callable[..., Settings], written: str, meant: str) -> None:
    assert faults_of(load, {}, f"# first\n\n{written}=canary\n") == {
        ".env, line 3": f"{written} is not a setting: did you mean {meant}?"
    }
    # The environment is full of other programs' names.
    assert load({written: "x"}, "")


def test_other_names_are_nobodys_business(load: Callable[..., Settings]) -> None:
    others = "EDITOR=vi\nPAY=1\nSITE=2\nRELEASE_NAME=three\nGMAIL_APP_PASSWORD=x\n"
    settings = load({}, f"{others}AUNT_JO_CAM_PASSWORD=x\nexport MAX_WAIT=5\n")
    assert settings.max_wait == timedelta(minutes=5)


def test_a_line_that_cannot_be_read_is_told_by_its_number(load: Callable[..., Settings]) -> None:
    problems = faults_of(load, {}, "MAX_WAIT=5\n\nMOTHER_CAM_PASSWORD='canary\nDAYS_AHEAD\n")
    assert list(problems) == [".env, line 3", ".env, line 4"]
    assert "canary" not in str(problems)


def test_a_file_that_cannot_be_read_is_told(load: Callable[..., Settings], tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"MAX_WAIT=\xff\n")
    assert "UTF-8" in faults_of(load)[".env"]


@pytest.mark.parametrize(
    "content", ["", "SITE_URL = 7\nPAYMENT_HOSTS = ()\n", "SITE_URL = 'http://x.example.test'\nPAYMENT_HOSTS = ()\n"]
)
def test_a_site_that_is_none(load: Callable[..., Settings], sites: Path, content: str) -> None:
    (sites / "other.py").write_text(content)
    assert "variables/other.py cannot be used" in faults_of(load, {"BOOKING_SITE": "other"})["BOOKING_SITE"]


def test_a_site_may_build_on_another(load: Callable[..., Settings], sites: Path) -> None:
    (sites / "shared_pages.py").write_text('SITE_URL = ""\nPAYMENT_HOSTS = ("localhost",)\n')
    (sites / "practice.py").write_text("from shared_pages import *\n")
    before = list(sys.path)
    assert load().payment_hosts == ("localhost",)
    assert sys.path == before


def test_credentials_come_from_the_setting_before_the_sheet(load: Callable[..., Settings]) -> None:
    settings = load(
        {"MOTHER_CAM_PASSWORD": "one", "AUNT_JO_CAM_PASSWORD": "two", "AUNT_JO_CAM_EMAIL_ADDRESS": "jo@example.test"}
    )
    jo = Account("Aunt Jo", "", 2, "")
    assert (settings.credentials(MOTHER).email, settings.credentials(MOTHER).password) == ("mother@example.test", "one")
    assert (settings.credentials(jo).email, settings.credentials(jo).password) == ("jo@example.test", "two")


def test_missing_credentials_are_told_together(load: Callable[..., Settings]) -> None:
    settings = load({"MOTHER_CAM_PASSWORD": "one"})
    bruce = Account("Bruce", "", 3, "")
    problems = settings.missing_credentials([MOTHER, bruce])
    assert [problem.where for problem in problems] == ["BRUCE_CAM_EMAIL_ADDRESS", "BRUCE_CAM_PASSWORD"]
    with pytest.raises(SettingsError, match="BRUCE_CAM_PASSWORD"):
        settings.credentials(bruce)


def test_nothing_secret_shows(load: Callable[..., Settings]) -> None:
    settings = load({**REAL, **CARD, "PAYMENT": "pay"})
    said = f"{settings!r} {settings} {settings.card!r} {settings.credentials(MOTHER)!r}"
    assert settings.card
    for secret in [*settings.secret_values(), *CARD.values(), settings.card.number, "mother@example.test"]:
        assert len(secret) < 3 or secret not in said


def test_the_secret_values_are_those_that_nothing_may_hold(load: Callable[..., Settings]) -> None:
    values = load({**REAL, **CARD, "MOTHER_CAM_EMAIL_ADDRESS": "mother@example.test"}).secret_values()
    for secret in [
        "pa$$ ${HOME} canary",
        PRIVATE_KEY,
        "CANARYKEYCANARYKEYCANARYKEY",
        "4111111111111111",
        "737",
        "ZZ9 9ZZ",
    ]:
        assert secret in values
    assert not {"Sampleton", "3", "2099", "mother@example.test", ""} & set(values)
    assert list(values) == sorted(values, key=lambda value: (-len(value), value))


def test_the_names_that_other_programs_must_not_inherit() -> None:
    names = {*NAMES, "MOTHER_CAM_PASSWORD", "MOTHER_CAM_EMAIL_ADDRESS", "PATH"}
    assert secret_names(dict.fromkeys(names, "x")) == {
        *CARD_NAMES,
        "GOOGLE_SERVICE_ACCOUNT_JSON",
        "MOTHER_CAM_PASSWORD",
        "MOTHER_CAM_EMAIL_ADDRESS",
        "NOTIFY_URLS",
    }


def test_a_file_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert warn_readable(path) is None
    path.touch()
    path.chmod(0o640)
    assert "chmod 600" in (warn_readable(path) or "")
    path.chmod(0o600)
    assert warn_readable(path) is None


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.255.0.9", True), ("::1", True), ("localhost", True), ("10.0.0.1", False),
     ("127.1", False), ("::ffff:127.0.0.1", False), ("localhost.example.test", False), ("", False)],
)  # fmt: skip
def test_what_counts_as_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_the_example_lists_every_setting_and_may_be_copied_as_it_is(load: Callable[..., Settings]) -> None:
    example = (ROOT / ".env.example").read_text()
    lines = [line for line in example.splitlines() if line]
    names = [line.split("=")[0] for line in lines if not line.startswith("#")]
    accounts = [name + suffix for name in ("MOTHER", "FATHER", "BRUCE") for suffix in (EMAIL_SUFFIX, PASSWORD_SUFFIX)]
    assert sorted(names) == sorted([*NAMES, *accounts])
    assert all(lines[lines.index(line) - 1].startswith("#") for line in lines if not line.startswith("#"))
    assert load({}, example) == load({}, "")
