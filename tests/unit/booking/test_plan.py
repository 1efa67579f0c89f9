"""What becomes of rows as people type them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.errors import BookingError
from booking.model import Payment, Plan, RemarkKind, Slot
from booking.plan import describe, read_plan, write_plan
from booking.schedule.planner import build_plan
from booking.sheet.sheet import Row, SheetContent

LONDON = ZoneInfo("Europe/London")
SITE = "https://courts.example.test"
MONDAY = date(2026, 12, 28)
OPENING = datetime(2026, 11, 24, tzinfo=LONDON)


def account(name: str, court: int, **other: str) -> dict[str, str]:
    cells = {
        "Account": name,
        "Email": f"{name.lower()}@example.test",
        "Court Number": str(court),
        "Court URL": f"{SITE}/courses/detail/17{court}/fields-tennis-court-{court}/",
    }
    return {**cells, **{key.replace("_", " "): value for key, value in other.items()}}


def asks(day: str, time: str, notes: str = "", who: str = "") -> dict[str, str]:
    return {"Day": day, "Time": time, "Notes": notes, "Account": who}


FAMILY = [account("Mother", 1), account("Father", 2), account("Bruce", 3)]


def plan_of(
    accounts: list[dict[str, str]],
    schedule: list[dict[str, str]],
    day: date = MONDAY,
    **other: Any,  # noqa: ANN401 - some of build_plan's own arguments
) -> Plan:
    rows = [[Row(number, cells) for number, cells in enumerate(table, start=2)] for table in (accounts, schedule)]
    fields: dict[str, Any] = {
        "run": "2026-11-23T23-40-00",
        "site": "practice",
        "site_url": SITE,
        "slot_day": day,
        "zone": "Europe/London",
        "opening": OPENING,
        "wait": True,
        "payment": Payment.PAY,
        "max_spend_pence": 5000,
        "max_spend_per_account_pence": 5000,
    }
    return build_plan(SheetContent(*rows), **{**fields, **other})


def hours(plan: Plan) -> dict[str, list[tuple[int, ...]]]:
    return {
        account.key: [tuple(slot.hour for slot in wish.slots) for wish in plan.wishes_of(account.key)]
        for account in plan.accounts
    }


def told(plan: Plan) -> list[tuple[RemarkKind, str]]:
    return [(remark.kind, remark.where) for remark in plan.remarks]


def test_every_account_wants_the_rows_of_the_day() -> None:
    plan = plan_of(FAMILY, [asks("mon", "8am"), asks("Tuesday", "9"), asks("MONDAYS", "1400", "All year")])
    assert hours(plan) == {key: [(8,), (14,)] for key in ("mother", "father", "bruce")}
    assert plan.wishes_of("father")[1].slots == (Slot(2, MONDAY, 14),)
    assert plan.wishes_of("father")[1].source == "Booking Schedule, row 4"
    assert plan.remarks == ()


def test_alternatives_keep_their_order() -> None:
    plan = plan_of(FAMILY[:1], [asks("Mon", "18:00, else 19:00 or 17:00")])
    assert hours(plan) == {"mother": [(18, 19, 17)]}


def test_a_row_may_be_of_one_account_or_several() -> None:
    plan = plan_of(FAMILY, [asks("Mon", "8", who="mother"), asks("Mon", "9", who="Father, BRUCE"), asks("Mon", "10")])
    assert hours(plan) == {"mother": [(8,), (10,)], "father": [(9,), (10,)], "bruce": [(9,), (10,)]}


def test_an_unknown_account_in_the_schedule_is_told_on_any_day() -> None:
    plan = plan_of(FAMILY, [asks("Tue", "8", who="Aunt")])
    assert told(plan) == [(RemarkKind.WRONG, "Booking Schedule, row 2")]
    assert '"Aunt"' in plan.remarks[0].message
    assert "Mother, Father, Bruce" in plan.remarks[0].message


def test_seasons_and_notes_are_told_for_the_day_only() -> None:
    rows = [
        asks("Mon", "8", "Feb-Aug only"),
        asks("Mon", "9", "Oct-Mar"),
        asks("Mon", "10", "bring new balls"),
        asks("Tue", "8", "Feb-Aug only"),
        asks("Tue", "9", "bring new balls"),
    ]
    plan = plan_of(FAMILY[:1], rows)
    assert hours(plan) == {"mother": [(9,), (10,)]}
    assert told(plan) == [
        (RemarkKind.OUT_OF_SEASON, "Booking Schedule, row 2"),
        (RemarkKind.NOTE, "Booking Schedule, row 4"),
    ]
    assert "Feb-Aug only" in plan.remarks[0].message
    assert "bring new balls" in plan.remarks[1].message
    summer = plan_of(FAMILY[:1], rows, MONDAY + timedelta(weeks=10))
    assert hours(summer) == {"mother": [(8,), (9,), (10,)]}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (asks("moonday", "8"), "moonday"),
        (asks("", "8"), "Day"),
        (asks("Fri", ""), "Time"),
        (asks("Fri", "25:00"), "25:00"),
        (asks("Fri", "18:30"), "18:30"),
        (asks("", "", "Summer only"), "Day"),
        (asks("Fri", "8", "from 31 April to 15 May"), "31 April"),
    ],
)
def test_wrong_rows_are_told_on_any_day_and_the_others_go_on(row: dict[str, str], says: str) -> None:
    plan = plan_of(FAMILY[:1], [row, asks("Mon", "9")])
    assert hours(plan) == {"mother": [(9,)]}
    assert {remark.kind for remark in plan.remarks} == {RemarkKind.WRONG}
    assert {remark.where for remark in plan.remarks} == {"Booking Schedule, row 2"}
    assert says in plan.remarks[0].message


def test_both_faults_of_a_row_are_told() -> None:
    plan = plan_of(FAMILY, [asks("Moonday", "25:00")])
    assert [remark.message.split(":")[0] for remark in plan.remarks] == ["Day", "Time"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"Account": ""}, "Account: no name"),
        ({"Account": "¿?"}, "Account"),
        ({"Email": "mother(at)example.test"}, "mother(at)example.test"),
        ({"Email": ""}, "Email: no address"),
        ({"Court_Number": "one"}, '"one" is not a valid court number'),
        ({"Court_Number": "0"}, '"0" is not a valid court number'),
        ({"Court_Number": ""}, "nothing is not a valid court number"),
        ({"Court_Number": "1.5"}, '"1.5"'),
        ({"Court_Number": "3"}, "that of court 1"),
        ({"Court_URL": ""}, "Court URL: no address"),
        ({"Court_URL": "https://elsewhere.example.test/courses/detail/171/c/"}, "never visited"),
        ({"Court_URL": "http://courts.example.test/courses/detail/171/c/"}, "never visited"),
        ({"Court_URL": "https://courts.example.test:8443/courses/detail/171/c/"}, "never visited"),
        ({"Court_URL": "https://me:pw@courts.example.test/courses/detail/171/c/"}, "never visited"),
        ({"Court_URL": "https://courts.example.test.evil.test/courses/detail/171/c/"}, "never visited"),
        ({"Court_URL": "https://courts.example.test@evil.test/courses/detail/171/c/"}, "never visited"),
        ({"Court_URL": "//courts.example.test/courses/detail/171/c/"}, "never visited"),
        ({"Court_URL": "https://courts.example.test:port/courses/detail/171/c/"}, "is not a valid address"),
        ({"Court_URL": "https://courts.example.test/basket/"}, "not the page of a court"),
        ({"Court_URL": "https://courts.example.test/courses/detail/171/../../basket/"}, "not the page of a court"),
        ({"Court_URL": "https://courts.example.test/courses/detail/171/c/?x=1".replace("/171/", "//")}, "not the page"),
    ],
)
def test_a_wrong_account_is_told_and_the_others_go_on(cells: Mapping[str, str], says: str) -> None:
    plan = plan_of([account("Mother", 1, **cells), account("Father", 2)], [asks("Mon", "8")])
    assert hours(plan) == {"father": [(8,)]}
    assert told(plan) == [(RemarkKind.WRONG, "Account & Court Configuration, row 2")]
    assert says in plan.remarks[0].message


@pytest.mark.parametrize("typed", ["1", "Court 1", "court1", "1.0", " #1 ", "\uff11"])
def test_court_numbers_as_people_type_them(typed: str) -> None:
    (only,) = plan_of([account("Mother", 1, Court_Number=typed)], []).accounts
    assert only.court == 1


@pytest.mark.parametrize("tail", ["", "/", "/#calendar", "/?week=2"])
def test_a_court_address_is_kept_in_one_form(tail: str) -> None:
    typed = f"HTTPS://Courts.example.test:443/courses/detail/171/fields-tennis-court-1{tail}"
    (only,) = plan_of([account("Mother", 1, Court_URL=typed)], []).accounts
    assert only.court_url == f"{SITE}/courses/detail/171/fields-tennis-court-1/"
    assert only.facility == "fields-tennis-court-1"


def test_an_account_counts_once() -> None:
    plan = plan_of([account("Mother", 1), account("MOTHER", 2, Email="m@example.test")], [asks("Mon", "8")])
    assert [(known.name, known.court) for known in plan.accounts] == [("Mother", 1)]
    assert told(plan) == [(RemarkKind.WRONG, "Account & Court Configuration, row 3")]


MOTHERS = "mother@example.test"


def test_of_accounts_with_one_login_only_the_first_is_used() -> None:
    rows = [account("Mother", 1), account("Mum", 2, Email="Mother@Example.test"), account("Bruce", 3)]
    plan = plan_of(rows, [asks("Mon", "8"), asks("Mon", "9", who="Mum")])
    assert hours(plan) == {"mother": [(8,)], "bruce": [(8,)]}
    assert told(plan) == [
        (RemarkKind.WRONG, "Account & Court Configuration, row 3"),
        (RemarkKind.WRONG, "Booking Schedule, row 3"),
    ]
    message = plan.remarks[0].message
    for said in ('"Mum"', '"Mother" (Account & Court Configuration, row 2)', "basket", "MUM_CAM_EMAIL_ADDRESS"):
        assert said in message
    assert "by MUM" not in message.partition(".")[0]
    assert 'no account "Mum" can be used; those that can: Mother, Bruce' in plan.remarks[1].message


def test_every_further_account_with_one_login_is_left_out() -> None:
    rows = [account(name, court, Email=MOTHERS) for court, name in enumerate(("A", "B", "C"), start=1)]
    plan = plan_of(rows, [])
    assert [each.name for each in plan.accounts] == ["A"]
    assert ['"A" (Account & Court Configuration, row 2)' in remark.message for remark in plan.remarks] == [True] * 2


@pytest.mark.parametrize(
    ("logins", "by"),
    [
        ({"father": " MOTHER@example.test "}, "by FATHER_CAM_EMAIL_ADDRESS."),
        ({"mother": "father@example.test"}, "by MOTHER_CAM_EMAIL_ADDRESS."),
        (
            {"mother": "us@example.test", "father": "us@example.test"},
            "by FATHER_CAM_EMAIL_ADDRESS and MOTHER_CAM_EMAIL_ADDRESS.",
        ),
    ],
)
def test_a_setting_can_make_two_logins_one(logins: dict[str, str], by: str) -> None:
    plan = plan_of(FAMILY, [asks("Mon", "8")], logins=logins)
    assert hours(plan) == {"mother": [(8,)], "bruce": [(8,)]}
    assert told(plan) == [(RemarkKind.WRONG, "Account & Court Configuration, row 3")]
    assert by in plan.remarks[0].message


@pytest.mark.parametrize("whose", ["mother", "mum"])
def test_a_setting_can_make_one_login_two(whose: str) -> None:
    rows = [account("Mother", 1), account("Mum", 2, Email=MOTHERS)]
    plan = plan_of(rows, [], logins={whose: "other@example.test"})
    assert [each.name for each in plan.accounts] == ["Mother", "Mum"]
    assert plan.remarks == ()


def test_an_account_that_is_left_out_keeps_no_login_from_another() -> None:
    rows = [account("Mother", 1, Court_URL=""), account("Mum", 2, Email=MOTHERS)]
    assert [each.name for each in plan_of(rows, []).accounts] == ["Mum"]


def test_an_account_asked_for_that_shares_its_login_says_why() -> None:
    rows = [account("Mother", 1), account("Mum", 2, Email=MOTHERS)]
    with pytest.raises(BookingError, match=r'(?s)"Mum"; the sheet has: Mother\..*same address'):
        plan_of(rows, [], only_accounts=["Mum"])


def test_the_plan_knows_where_the_basket_is() -> None:
    assert plan_of(FAMILY, [], basket_url=f"{SITE}/basket/").basket_url == f"{SITE}/basket/"


def test_long_cells_are_told_short() -> None:
    plan = plan_of([account("Mother", 1, Email="x" * 10_000)], [asks("y" * 10_000, "z" * 10_000, "n" * 10_000)])
    assert len(plan.remarks) == 3
    assert all(len(remark.message) < 300 for remark in plan.remarks)


def test_only_some_accounts() -> None:
    plan = plan_of(FAMILY, [asks("Mon", "8", who="Mother"), asks("Mon", "9")], only_accounts=["BRUCE", "father"])
    assert hours(plan) == {"father": [(9,)], "bruce": [(9,)]}
    assert plan.remarks == ()
    with pytest.raises(BookingError, match='"Aunt"; the sheet has: Mother, Father, Bruce'):
        plan_of(FAMILY, [], only_accounts=["Aunt", "Mother"])


def test_an_account_asked_for_whose_row_is_wrong_says_why() -> None:
    with pytest.raises(BookingError, match=r'(?s)"Mother"; the sheet has: none\..*row 2: Email'):
        plan_of([account("Mother", 1, Email="")], [], only_accounts=["Mother"])


def test_a_repeated_want_counts_once() -> None:
    plan = plan_of(FAMILY[:1], [asks("Mon", "8am"), asks("monday", "8:00"), asks("Mon", "8"), asks("Mon", "9")])
    assert hours(plan) == {"mother": [(8,), (9,)]}
    assert told(plan) == [(RemarkKind.DUPLICATE, f"Booking Schedule, row {row}") for row in (3, 4)]


def test_a_want_that_begins_like_another_goes_on_from_its_next_alternative() -> None:
    plan = plan_of(FAMILY[:1], [asks("Mon", "8 or 9"), asks("Mon", "8 or 10"), asks("Mon", "9 or 8")])
    assert hours(plan) == {"mother": [(8, 9), (10,), (9, 8)]}
    assert told(plan) == [(RemarkKind.DUPLICATE, "Booking Schedule, row 3")]


def test_of_two_accounts_on_a_court_the_first_keeps_the_slot() -> None:
    pair = [account("Mother", 1), account("Father", 1)]
    plan = plan_of(pair, [asks("Mon", "8"), asks("Mon", "9 or 10")])
    assert hours(plan) == {"mother": [(8,), (9, 10)], "father": [(10,)]}
    assert told(plan) == [(RemarkKind.DUPLICATE, f"Booking Schedule, row {row}") for row in (2, 3)]
    assert "08:00 (by Mother)" in plan.remarks[0].message
    assert "goes on with 10:00" in plan.remarks[1].message


def test_nothing_wanted_is_a_plan() -> None:
    plan = plan_of(FAMILY, [asks("Tue", "8")])
    assert plan.wishes == ()
    assert len(plan.accounts) == 3
    assert describe(plan).count("nothing") == 3


CELL = st.text(max_size=20) | st.sampled_from(
    ["Mon", "8", "8 or 9", "1", "Mother", "a@example.test", f"{SITE}/courses/detail/1/c/", "Feb-Aug", "=IMPORTXML(1)"]
)


@settings(deadline=None)
@given(
    accounts=st.lists(st.fixed_dictionaries(dict.fromkeys(account("M", 1), CELL)), max_size=4),
    schedule=st.lists(st.fixed_dictionaries(dict.fromkeys(asks("", ""), CELL)), max_size=6),
)
def test_no_cell_breaks_the_plan(accounts: list[dict[str, str]], schedule: list[dict[str, str]]) -> None:
    plan = plan_of([*FAMILY[:2], *accounts], schedule)
    firsts = [(wish.account, wish.first) for wish in plan.wishes]
    assert len(set(firsts)) == len(firsts)
    assert len({wish.first for wish in plan.wishes}) == len(firsts)  # and no two accounts begin with the same slot
    assert all(known.court_url.startswith(f"{SITE}/courses/detail/") for known in plan.accounts)
    assert describe(plan)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_the_plan_reads_well() -> None:
    plan = plan_of(FAMILY[:1], [asks("Mon", "8 or 9"), asks("moonday", "8")])
    text = describe(plan)
    for said in (
        "Monday 28 December 2026",
        "Tue 24 Nov 2026, 00:00:00 GMT",
        "up to £50.00",
        "Mother (mother@example.test), court 1",
        "08:00, else 09:00",
        'wrong: Booking Schedule, row 3: Day: "moonday"',
    ):
        assert said in text
    later = plan_of(FAMILY, [], opening=None, payment=Payment.REHEARSE)
    assert "announced once the workers are ready" in describe(later)
    assert "rehearsal" in describe(later)
    assert "not waited for" in describe(plan_of(FAMILY, [], wait=False))


def test_a_plan_is_kept_private_and_whole(tmp_path: Path) -> None:
    plan = plan_of(FAMILY, [asks("Mon", "8 or 9", "café £ \U0001f3be"), asks("Tue", "25")])
    path = write_plan(plan, tmp_path)
    assert path == tmp_path / "plan.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_plan(path) == plan
    other = plan_of(FAMILY, [], opening=None)
    write_plan(other, tmp_path)
    assert read_plan(path) == other
    assert [file.name for file in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"zone": "Europe/London"}'])
def test_a_file_that_is_no_plan_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(BookingError, match="not a plan"):
        read_plan(path)
    with pytest.raises(BookingError, match="cannot be read"):
        read_plan(tmp_path / "none.json")
