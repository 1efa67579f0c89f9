"""The strategy at the opening, played against a site and a clock that are both made up."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.holding import Act, Aim, Answer, AnswerKind, Holding, Limits, Move
from booking.model import Slot, Want
from booking.outcomes import Outcome
from booking.pages import HourState

DAY = date(2026, 12, 28)
START = 1_800_000_000.0
LIMITS = Limits()


def slot(hour: int) -> Slot:
    return Slot(1, DAY, hour)


def want(*hours: int, row: int = 2) -> Want:
    return Want("mother", tuple(slot(hour) for hour in hours), f"Booking Schedule, row {row}")


@dataclass
class Site:
    """A site with an opening, slots that others take, and faults in the order in which they come."""

    opens: float = 0.0
    """Seconds after the start."""
    taken: dict[Slot, float] = field(default_factory=dict)
    """Slots that somebody else has, and since when."""
    absent: set[Slot] = field(default_factory=set)
    faults: list[AnswerKind] = field(default_factory=list)
    """What the next requests come to; afterwards the site works."""
    lost_in_basket: bool = False
    """Whether a request without an answer took the slot all the same."""
    seconds: float = 0.1
    calendar: bool = True
    now: float = START
    basket: set[Slot] = field(default_factory=set)
    requests: list[tuple[float, Slot]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    logins: int = 0

    def clock(self) -> float:
        return self.now

    def play(self, holding: Holding, most: int = 500) -> None:
        """Carry out moves until nothing is left to do."""
        for _ in range(most):
            move = holding.next_move()
            assert move.pause >= 0
            self.now += move.pause
            self.acts.append(move.act)
            if move.act is Act.DONE:
                return
            self.carry_out(holding, move)
        pytest.fail(f"no end after {most} moves")

    def carry_out(self, holding: Holding, move: Move) -> None:
        if move.act is Act.REACH:
            holding.reached(move, list(self.answers(move.aims)))
            return
        self.now += self.seconds
        if move.act is Act.LOG_IN:
            self.logins += 1
            holding.logged_in()
        elif move.act is Act.LOOK:
            holding.looked(move, self.state(move.aim.slot) if self.calendar else None)
        else:
            holding.checked(move, held=move.aim.slot in self.basket)

    def answers(self, aims: Iterable[Aim]) -> Iterator[Answer]:
        """Answer one request after the other, up to the first that leads nowhere."""
        for aim in aims:
            self.now += self.seconds
            self.requests.append((self.now - START, aim.slot))
            kind = self.answer(aim.slot)
            yield Answer(kind, f"because: {kind}", self.now - self.seconds, self.now)
            if kind in {AnswerKind.SILENT, AnswerKind.FAULTY, AnswerKind.BLOCKED}:
                return

    def answer(self, wanted: Slot) -> AnswerKind:
        if self.faults:
            kind = self.faults.pop(0)
            if kind is AnswerKind.SILENT and self.lost_in_basket and self.can_be_had(wanted):
                self.basket.add(wanted)
            return kind
        if not self.can_be_had(wanted):
            return AnswerKind.BOUNCED
        self.basket.add(wanted)
        return AnswerKind.HELD

    def can_be_had(self, wanted: Slot) -> bool:
        after = self.now - START
        gone = after >= self.taken.get(wanted, float("inf")) or wanted in self.absent or wanted in self.basket
        return after >= self.opens and not gone

    def state(self, wanted: Slot) -> HourState:
        if wanted in self.absent:
            return HourState.ABSENT
        return HourState.CLOSED if self.now - START >= self.taken.get(wanted, float("inf")) else HourState.FREE


def hold(
    site: Site,
    *wants: Want,
    unavailable: Iterable[Slot] = (),
    limits: Limits | None = None,
    chance: Callable[[], float] = lambda: 0.5,
) -> Holding:
    holding = Holding(wants, unavailable=set(unavailable), now=site.clock, limits=limits, chance=chance)
    site.play(holding)
    return holding


def asked(site: Site) -> list[int]:
    return [each.hour for _, each in site.requests]


# The plain night


def test_everything_is_held_in_the_order_of_the_wants_with_one_request_each() -> None:
    site = Site()
    holding = hold(site, want(8), want(10), want(12))
    assert asked(site) == [8, 10, 12]
    assert [reach.held for reach in holding.reaches] == [slot(8), slot(10), slot(12)]
    assert [reach.outcome for reach in holding.reaches] == [None, None, None]
    assert holding.reaches[0].sent == pytest.approx(START)
    assert holding.reaches[0].answered == pytest.approx(START + 0.1)


def test_the_first_request_goes_out_at_once() -> None:
    move = Holding([want(8)], now=lambda: START).next_move()
    assert (move.act, move.aim.slot, move.pause) == (Act.REACH, slot(8), 0.0)


def test_the_first_requests_go_out_in_one_go() -> None:
    site = Site()
    hold(site, want(8), want(10, 11), want(12))
    assert site.acts == [Act.REACH, Act.DONE]


def test_one_go_asks_for_no_slot_twice_and_for_no_more_than_a_site_may_take_kindly() -> None:
    move = Holding([want(8, 9), want(8, 10), want(9), want(10), want(11), want(12)], now=lambda: START).next_move()
    assert [aim.slot.hour for aim in move.aims] == [8, 9, 10, 11]
    assert len(move.aims) == LIMITS.volley


def test_while_the_day_is_closed_one_slot_alone_is_tried_and_then_the_rest_in_one_go() -> None:
    site = Site(opens=0.35)
    hold(site, want(8), want(10), want(12))
    assert asked(site) == [8, 10, 12, 8, 10, 12]
    assert site.acts == [Act.REACH, Act.REACH, Act.REACH, Act.DONE]
    assert site.basket == {slot(8), slot(10), slot(12)}


def test_what_is_refused_beside_a_hold_was_taken_and_the_calendar_confirms_it_at_once() -> None:
    site = Site(taken={slot(8): 0.0})
    holding = hold(site, want(8, 9), want(10))
    assert site.acts == [Act.REACH, Act.LOOK, Act.REACH, Act.DONE]
    assert asked(site) == [8, 10, 9]
    assert [reach.held for reach in holding.reaches] == [slot(9), slot(10)]


def test_a_challenge_that_every_request_leads_to_ends_everything_once() -> None:
    holding = Holding([want(8), want(10)], now=lambda: START)
    blocked = Answer(AnswerKind.BLOCKED, "the site shows a challenge page")
    holding.reached(holding.next_move(), [blocked, blocked])
    assert [reach.outcome for reach in holding.reaches] == [Outcome.NEEDS_PERSON] * 2
    assert holding.reaches[1].tries == 0


def test_nothing_wanted_is_done() -> None:
    assert Holding([], now=lambda: START).next_move().act is Act.DONE


def test_what_was_gone_before_the_opening_is_not_reached_for() -> None:
    site = Site()
    holding = hold(site, want(8, 9), want(10), unavailable=[slot(8), slot(10)])
    assert asked(site) == [9]
    assert holding.reaches[1].outcome is Outcome.TAKEN
    assert "before the opening" in holding.reaches[1].why


# The day opens late


@pytest.mark.parametrize("late", [0.0, 0.3, 1.0, 3.0, 8.0, 15.0])
@pytest.mark.parametrize("seconds", [0.05, 1.5, 6.5])
def test_a_late_opening_is_won(late: float, seconds: float) -> None:
    site = Site(opens=late, seconds=seconds)
    holding = hold(site, want(8))
    assert holding.reaches[0].held == slot(8)
    at, _ = site.requests[-1]
    assert at - late <= LIMITS.longest_pause * (1 + LIMITS.jitter) + 3 * seconds


def test_an_opening_late_by_eight_seconds_is_won_for_every_want() -> None:
    site = Site(opens=8.0)
    holding = hold(site, want(8), want(10))
    assert site.basket == {slot(8), slot(10)}
    assert all(reach.held for reach in holding.reaches)


def test_a_day_that_does_not_open_ends_as_not_open() -> None:
    site = Site(opens=1e9)
    holding = hold(site, want(8, 9))
    assert holding.reaches[0].outcome is Outcome.NOT_OPEN
    assert "08:00" in holding.reaches[0].why
    assert asked(site) == [8] * LIMITS.tries


# Somebody else was faster


def test_taken_leads_to_the_next_preference_at_once_and_never_back() -> None:
    site = Site(taken={slot(8): 0.0, slot(9): 0.0})
    holding = hold(site, want(8, 9, 10))
    assert holding.reaches[0].held == slot(10)
    hours = asked(site)
    assert hours == sorted(hours)
    firsts = [next(at for at, each in site.requests if each.hour == hour) for hour in (9, 10)]
    lasts = [max(at for at, each in site.requests if each.hour == hour) for hour in (8, 9)]
    # Between the last request for a slot and the first for the next there is a look at the calendar and no pause.
    assert [first - last for first, last in zip(firsts, lasts, strict=True)] == pytest.approx([0.2, 0.2])


def test_taken_with_no_other_preference_says_so() -> None:
    site = Site(taken={slot(8): 0.0})
    reach = hold(site, want(8)).reaches[0]
    assert (reach.outcome, reach.held) == (Outcome.TAKEN, None)
    assert reach.why == "08:00 is booked by somebody else"
    assert len(site.requests) == 2


def test_taken_while_the_day_was_still_closed() -> None:
    site = Site(opens=3.0, taken={slot(8): 3.0})
    assert hold(site, want(8, 9)).reaches[0].held == slot(9)


def test_an_hour_that_does_not_exist_is_skipped() -> None:
    site = Site(absent={slot(20)})
    reach = hold(site, want(20)).reaches[0]
    assert reach.outcome is Outcome.SKIPPED
    assert "does not exist" in reach.why


def test_taken_weighs_more_than_missing() -> None:
    site = Site(absent={slot(20)}, taken={slot(8): 0.0})
    reach = hold(site, want(20, 8)).reaches[0]
    assert reach.outcome is Outcome.TAKEN
    assert "20:00" in reach.why
    assert "08:00" in reach.why


def test_a_calendar_that_cannot_be_read_refuses_nothing() -> None:
    site = Site(opens=4.0, calendar=False)
    assert hold(site, want(8)).reaches[0].held == slot(8)


# Two wants with an alternative in common


def test_wants_that_share_an_alternative_never_hold_the_same_slot() -> None:
    site = Site(taken={slot(8): 0.0})
    holding = hold(site, want(8, 9), want(9, 10))
    held = [reach.held for reach in holding.reaches if reach.held]
    assert len(held) == len(set(held))
    assert site.basket == set(held)
    assert slot(9) in held


def test_the_want_that_comes_too_late_for_the_shared_slot_is_told_why() -> None:
    site = Site()
    holding = hold(site, want(9), want(9, row=3))
    assert [reach.held for reach in holding.reaches] == [slot(9), None]
    assert holding.reaches[1].outcome is Outcome.TAKEN
    assert "another wish" in holding.reaches[1].why
    assert asked(site) == [9]


@given(
    wants=st.lists(st.lists(st.integers(8, 13), min_size=1, max_size=4, unique=True), min_size=1, max_size=4),
    taken=st.dictionaries(st.integers(8, 13), st.floats(0, 20)),
    absent=st.sets(st.integers(8, 13), max_size=2),
    opens=st.floats(0, 20),
    faults=st.lists(st.sampled_from(sorted(set(AnswerKind) - {AnswerKind.HELD})), max_size=12),
    lost=st.booleans(),
    calendar=st.booleans(),
    seconds=st.floats(0.02, 8),
    seed=st.integers(),
)
def test_whatever_the_site_does(  # noqa: PLR0917 - hypothesis fills them by name
    wants: list[list[int]],
    taken: dict[int, float],
    absent: set[int],
    opens: float,
    faults: list[AnswerKind],
    lost: bool,
    calendar: bool,
    seconds: float,
    seed: int,
) -> None:
    site = Site(
        opens=opens,
        taken={slot(hour): since for hour, since in taken.items()},
        absent={slot(hour) for hour in absent},
        faults=list(faults),
        lost_in_basket=lost,
        calendar=calendar,
        seconds=seconds,
    )
    chance = random.Random(seed).random  # noqa: S311 - pauses, not secrets
    asks = [want(*hours, row=row) for row, hours in enumerate(wants, start=2)]
    holding = hold(site, *asks, chance=chance)

    held = [reach.held for reach in holding.reaches if reach.held]
    assert len(held) == len(set(held))
    assert set(held) <= site.basket
    for reach in holding.reaches:
        assert (reach.held is None) is (reach.outcome is not None)
        assert reach.held is None or reach.held in reach.want.slots
        assert reach.why or reach.held
    # Tries are bounded, and a request is never sent for what is known to be ours.
    assert all(reach.tries <= LIMITS.tries * len(reach.want.slots) for reach in holding.reaches)
    assert len(site.requests) == sum(reach.tries for reach in holding.reaches)
    # Time is bounded: nothing is begun after the ceiling.
    assert all(at - LIMITS.volley * seconds <= LIMITS.ceiling + 1e-6 for at, _ in site.requests)
    # A want goes down its list and never up again.
    for reach in holding.reaches:
        assert not reach.held or reach.candidates[0] == reach.held


@given(
    wants=st.lists(st.lists(st.integers(8, 11), min_size=1, max_size=3, unique=True), min_size=1, max_size=3),
    gone=st.sets(st.integers(8, 11)),
)
def test_a_refused_slot_is_never_asked_for_again_by_its_want(wants: list[list[int]], gone: set[int]) -> None:
    site = Site(taken={slot(hour): 0.0 for hour in gone})
    holding = Holding([want(*hours, row=row) for row, hours in enumerate(wants, 2)], now=site.clock)
    closed: set[Aim] = set()
    while (move := holding.next_move()).act is not Act.DONE:
        assert not closed.intersection(move.aims)
        site.now += move.pause
        if move.act is Act.LOOK and site.state(move.aim.slot) is HourState.CLOSED:
            closed.add(move.aim)
        site.carry_out(holding, move)


# Blocked


def test_blocked_ends_everything_and_keeps_what_is_held() -> None:
    site = Site(faults=[])
    holding = Holding([want(8), want(10, 11), want(12)], now=site.clock)
    holding.reached(holding.next_move(), [Answer(AnswerKind.HELD), Answer(AnswerKind.BLOCKED, "the site refuses")])
    assert holding.next_move().act is Act.DONE
    assert [reach.held for reach in holding.reaches] == [slot(8), None, None]
    assert [reach.outcome for reach in holding.reaches] == [None, Outcome.NEEDS_PERSON, Outcome.NEEDS_PERSON]
    assert holding.reaches[2].why == "the site refuses"


# No answer


def test_silence_looks_into_the_basket_before_anything_else() -> None:
    site = Site(faults=[AnswerKind.SILENT], lost_in_basket=True)
    holding = hold(site, want(8))
    assert site.acts == [Act.REACH, Act.CHECK, Act.DONE]
    assert holding.reaches[0].held == slot(8)
    assert asked(site) == [8]


def test_silence_that_took_nothing_tries_again() -> None:
    site = Site(faults=[AnswerKind.SILENT])
    holding = hold(site, want(8))
    assert site.acts == [Act.REACH, Act.CHECK, Act.REACH, Act.DONE]
    assert holding.reaches[0].held == slot(8)


def test_silence_at_the_last_try_still_looks_into_the_basket() -> None:
    site = Site(faults=[AnswerKind.SILENT], lost_in_basket=True)
    assert hold(site, want(8), limits=Limits(tries=1)).reaches[0].held == slot(8)


def test_silence_that_outlasts_the_ceiling_still_looks_into_the_basket() -> None:
    site = Site(faults=[AnswerKind.SILENT], lost_in_basket=True, seconds=LIMITS.ceiling + 20)
    assert hold(site, want(8)).reaches[0].held == slot(8)


def test_a_dead_line_is_not_hammered() -> None:
    """A refused connection fails within a millisecond: tries without pauses would be spent before the line is back."""
    site = Site(faults=[AnswerKind.SILENT] * 1000, seconds=0.001)
    hold(site, want(8))
    times = [at for at, _ in site.requests]
    assert len(times) <= LIMITS.tries
    assert times[-1] - times[0] > 2.0


# Faults and pauses


def test_faults_are_tried_again_and_then_told() -> None:
    site = Site(faults=[AnswerKind.FAULTY] * 3)
    assert hold(site, want(8)).reaches[0].held == slot(8)
    site = Site(faults=[AnswerKind.FAULTY] * 100)
    reach = hold(site, want(8)).reaches[0]
    assert reach.outcome is Outcome.SITE_ERROR
    assert reach.tries == LIMITS.tries
    assert f"{LIMITS.tries} tries" in reach.why


@pytest.mark.parametrize("luck", [0.0, 0.5, 1.0])
def test_pauses_grow_and_stay_within_their_bounds(luck: float) -> None:
    site = Site(faults=[AnswerKind.FAULTY] * 100, seconds=0.0)
    hold(site, want(8), chance=lambda: luck)
    times = [at for at, _ in site.requests]
    pauses = [later - sooner for sooner, later in pairwise(times)]
    share = 1 + LIMITS.jitter * (2 * luck - 1)
    assert pauses == pytest.approx(sorted(pauses))
    assert pauses[0] == pytest.approx(LIMITS.first_pause * share, abs=1e-5)
    assert pauses[-1] == pytest.approx(LIMITS.longest_pause * share, abs=1e-5)


def test_pauses_are_jittered() -> None:
    first = [random.Random(seed) for seed in range(5)]  # noqa: S311 - pauses, not secrets
    seen = set()
    for source in first:
        site = Site(faults=[AnswerKind.FAULTY])
        hold(site, want(8), chance=source.random)
        seen.add(site.requests[1][0])
    assert len(seen) == len(first)


def test_a_pause_of_one_want_is_the_turn_of_the_other() -> None:
    site = Site(faults=[AnswerKind.FAULTY])
    hold(site, want(8), want(10))
    assert asked(site) == [8, 10, 8]


def test_trying_ends_at_the_ceiling() -> None:
    site = Site(faults=[AnswerKind.FAULTY] * 100, seconds=30.0)
    reach = hold(site, want(8)).reaches[0]
    assert reach.outcome is Outcome.SITE_ERROR
    assert max(at for at, _ in site.requests) <= LIMITS.ceiling + 30.0


# The session ends


def test_a_lost_session_is_renewed_and_the_slot_still_won() -> None:
    site = Site(faults=[AnswerKind.LOGGED_OUT])
    holding = hold(site, want(8), want(10))
    assert site.logins == 1
    assert all(reach.held for reach in holding.reaches)
    assert site.acts[:3] == [Act.REACH, Act.LOG_IN, Act.REACH]


def test_no_more_than_the_allowed_logins() -> None:
    site = Site(faults=[AnswerKind.LOGGED_OUT] * 100)
    holding = hold(site, want(8), want(10))
    assert site.logins <= LIMITS.logins
    assert all(reach.outcome is not None for reach in holding.reaches)


# The caller's part


def test_giving_up_ends_what_is_open_and_nothing_else() -> None:
    holding = Holding([want(8), want(10)], now=lambda: START)
    holding.reached(holding.next_move(), [Answer(AnswerKind.HELD)])
    holding.give_up(Outcome.SKIPPED, "stopped")
    assert [reach.outcome for reach in holding.reaches] == [None, Outcome.SKIPPED]
    assert holding.next_move().act is Act.DONE


def test_an_answer_for_a_slot_that_nobody_reaches_for_is_refused() -> None:
    holding = Holding([want(8)], now=lambda: START)
    with pytest.raises(ValueError, match="nobody is reaching"):
        holding.reached(Move(Act.REACH, (Aim(want(9), slot(9)),)), [Answer(AnswerKind.HELD)])


def test_a_look_without_a_slot_is_refused() -> None:
    with pytest.raises(ValueError, match="about no slot"):
        _ = Move(Act.DONE).aim
