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

from booking.account.hold_strategy import Attempt, HoldRequest, HoldStrategy, Limits, Step, StepKind
from booking.model import Slot, Wish
from booking.outcomes import Outcome
from booking.site.pages import HourState
from booking.site.responses import HoldResponse, ResponseKind

DAY = date(2026, 12, 28)
START = 1_800_000_000.0
LIMITS = Limits()


def slot(hour: int) -> Slot:
    return Slot(1, DAY, hour)


def wish(*hours: int, row: int = 2) -> Wish:
    return Wish("mother", tuple(slot(hour) for hour in hours), f"Booking Schedule, row {row}")


def attempts(*wishes: Wish) -> list[Attempt]:
    return [Attempt(each) for each in wishes]


@dataclass
class SimulatedSite:
    """A site with an opening, slots that others take, and faults in the order in which they come."""

    opens: float = 0.0
    """Seconds after the start."""
    taken: dict[Slot, float] = field(default_factory=dict)
    """Slots that somebody else has, and since when."""
    absent: set[Slot] = field(default_factory=set)
    faults: list[ResponseKind] = field(default_factory=list)
    """What the next requests come to; afterwards the site works."""
    lost_in_basket: bool = False
    """Whether a request without an answer took the slot all the same."""
    seconds: float = 0.1
    calendar: bool = True
    now: float = START
    basket: set[Slot] = field(default_factory=set)
    requests: list[tuple[float, Slot]] = field(default_factory=list)
    kinds: list[StepKind] = field(default_factory=list)
    logins: int = 0

    def clock(self) -> float:
        return self.now

    def play(self, strategy: HoldStrategy, most: int = 500) -> None:
        """Take steps until nothing is left to do."""
        for _ in range(most):
            step = strategy.next_step()
            assert step.pause >= 0
            self.now += step.pause
            self.kinds.append(step.kind)
            if step.kind is StepKind.DONE:
                return
            self.carry_out(strategy, step)
        pytest.fail(f"no end after {most} steps")

    def carry_out(self, strategy: HoldStrategy, step: Step) -> None:
        if step.kind is StepKind.REQUEST:
            strategy.take_responses(step, list(self.responses(step.requests)))
            return
        self.now += self.seconds
        if step.kind is StepKind.LOG_IN:
            self.logins += 1
            strategy.take_login()
        elif step.kind is StepKind.LOOK:
            strategy.take_calendar(step, self.state(step.request.slot) if self.calendar else None)
        else:
            strategy.take_basket(step, held=step.request.slot in self.basket)

    def responses(self, requests: Iterable[HoldRequest]) -> Iterator[HoldResponse]:
        """Answer one request after the other, up to the first that leads nowhere."""
        for request in requests:
            self.now += self.seconds
            self.requests.append((self.now - START, request.slot))
            kind = self.response(request.slot)
            yield HoldResponse(kind, f"because: {kind}", self.now - self.seconds, self.now)
            if kind in {ResponseKind.SILENT, ResponseKind.FAULTY, ResponseKind.BLOCKED}:
                return

    def response(self, wanted: Slot) -> ResponseKind:
        if self.faults:
            kind = self.faults.pop(0)
            if kind is ResponseKind.SILENT and self.lost_in_basket and self.can_be_had(wanted):
                self.basket.add(wanted)
            return kind
        if not self.can_be_had(wanted):
            return ResponseKind.REFUSED
        self.basket.add(wanted)
        return ResponseKind.HELD

    def can_be_had(self, wanted: Slot) -> bool:
        after = self.now - START
        gone = after >= self.taken.get(wanted, float("inf")) or wanted in self.absent or wanted in self.basket
        return after >= self.opens and not gone

    def state(self, wanted: Slot) -> HourState:
        if wanted in self.absent:
            return HourState.ABSENT
        return HourState.CLOSED if self.now - START >= self.taken.get(wanted, float("inf")) else HourState.FREE


def hold(
    site: SimulatedSite,
    *wishes: Wish,
    unavailable: Iterable[Slot] = (),
    limits: Limits | None = None,
    chance: Callable[[], float] = lambda: 0.5,
) -> HoldStrategy:
    strategy = HoldStrategy(
        attempts(*wishes), unavailable=set(unavailable), now=site.clock, limits=limits, chance=chance
    )
    site.play(strategy)
    return strategy


def asked(site: SimulatedSite) -> list[int]:
    return [each.hour for _, each in site.requests]


# The plain night


def test_everything_is_held_in_the_order_of_the_wants_with_one_request_each() -> None:
    site = SimulatedSite()
    strategy = hold(site, wish(8), wish(10), wish(12))
    assert asked(site) == [8, 10, 12]
    assert [attempt.slot for attempt in strategy.attempts] == [slot(8), slot(10), slot(12)]
    assert [attempt.outcome for attempt in strategy.attempts] == [None, None, None]
    assert strategy.attempts[0].sent == pytest.approx(START)
    assert strategy.attempts[0].answered == pytest.approx(START + 0.1)


def test_the_first_request_goes_out_at_once() -> None:
    step = HoldStrategy(attempts(wish(8)), now=lambda: START).next_step()
    assert (step.kind, step.request.slot, step.pause) == (StepKind.REQUEST, slot(8), 0.0)


def test_the_first_requests_go_out_in_one_go() -> None:
    site = SimulatedSite()
    hold(site, wish(8), wish(10, 11), wish(12))
    assert site.kinds == [StepKind.REQUEST, StepKind.DONE]


def test_one_go_asks_for_no_slot_twice_and_for_no_more_than_a_site_may_take_kindly() -> None:
    step = HoldStrategy(
        attempts(wish(8, 9), wish(8, 10), wish(9), wish(10), wish(11), wish(12)), now=lambda: START
    ).next_step()
    assert [request.slot.hour for request in step.requests] == [8, 9, 10, 11]
    assert len(step.requests) == LIMITS.volley


def test_while_the_day_is_closed_one_slot_alone_is_tried_and_then_the_rest_in_one_go() -> None:
    site = SimulatedSite(opens=0.35)
    hold(site, wish(8), wish(10), wish(12))
    assert asked(site) == [8, 10, 12, 8, 10, 12]
    assert site.kinds == [StepKind.REQUEST, StepKind.REQUEST, StepKind.REQUEST, StepKind.DONE]
    assert site.basket == {slot(8), slot(10), slot(12)}


def test_what_is_refused_beside_a_hold_was_taken_and_the_calendar_confirms_it_at_once() -> None:
    site = SimulatedSite(taken={slot(8): 0.0})
    strategy = hold(site, wish(8, 9), wish(10))
    assert site.kinds == [StepKind.REQUEST, StepKind.LOOK, StepKind.REQUEST, StepKind.DONE]
    assert asked(site) == [8, 10, 9]
    assert [attempt.slot for attempt in strategy.attempts] == [slot(9), slot(10)]


def test_a_challenge_that_every_request_leads_to_ends_everything_once() -> None:
    strategy = HoldStrategy(attempts(wish(8), wish(10)), now=lambda: START)
    blocked = HoldResponse(ResponseKind.BLOCKED, "the site shows a challenge page")
    strategy.take_responses(strategy.next_step(), [blocked, blocked])
    assert [attempt.outcome for attempt in strategy.attempts] == [Outcome.NEEDS_PERSON] * 2
    assert strategy.attempts[1].tries == 0


def test_nothing_wanted_is_done() -> None:
    assert HoldStrategy([], now=lambda: START).next_step().kind is StepKind.DONE


def test_what_was_gone_before_the_opening_is_not_reached_for() -> None:
    site = SimulatedSite()
    strategy = hold(site, wish(8, 9), wish(10), unavailable=[slot(8), slot(10)])
    assert asked(site) == [9]
    assert strategy.attempts[1].outcome is Outcome.TAKEN
    assert "before the opening" in strategy.attempts[1].why


# The day opens late


@pytest.mark.parametrize("late", [0.0, 0.3, 1.0, 3.0, 8.0, 15.0])
@pytest.mark.parametrize("seconds", [0.05, 1.5, 6.5])
def test_a_late_opening_is_won(late: float, seconds: float) -> None:
    site = SimulatedSite(opens=late, seconds=seconds)
    strategy = hold(site, wish(8))
    assert strategy.attempts[0].slot == slot(8)
    at, _ = site.requests[-1]
    assert at - late <= LIMITS.longest_pause * (1 + LIMITS.jitter) + 3 * seconds


def test_an_opening_late_by_eight_seconds_is_won_for_every_want() -> None:
    site = SimulatedSite(opens=8.0)
    strategy = hold(site, wish(8), wish(10))
    assert site.basket == {slot(8), slot(10)}
    assert all(attempt.slot for attempt in strategy.attempts)


def test_a_day_that_does_not_open_ends_as_not_open() -> None:
    site = SimulatedSite(opens=1e9)
    strategy = hold(site, wish(8, 9))
    assert strategy.attempts[0].outcome is Outcome.NOT_OPEN
    assert "08:00" in strategy.attempts[0].why
    assert asked(site) == [8] * LIMITS.tries


# Somebody else was faster


def test_taken_leads_to_the_next_preference_at_once_and_never_back() -> None:
    site = SimulatedSite(taken={slot(8): 0.0, slot(9): 0.0})
    strategy = hold(site, wish(8, 9, 10))
    assert strategy.attempts[0].slot == slot(10)
    hours = asked(site)
    assert hours == sorted(hours)
    firsts = [next(at for at, each in site.requests if each.hour == hour) for hour in (9, 10)]
    lasts = [max(at for at, each in site.requests if each.hour == hour) for hour in (8, 9)]
    # Between the last request for a slot and the first for the next there is a look at the calendar and no pause.
    assert [first - last for first, last in zip(firsts, lasts, strict=True)] == pytest.approx([0.2, 0.2])


def test_taken_with_no_other_preference_says_so() -> None:
    site = SimulatedSite(taken={slot(8): 0.0})
    attempt = hold(site, wish(8)).attempts[0]
    assert (attempt.outcome, attempt.slot) == (Outcome.TAKEN, None)
    assert attempt.why == "08:00 is booked by somebody else"
    assert len(site.requests) == 2


def test_taken_while_the_day_was_still_closed() -> None:
    site = SimulatedSite(opens=3.0, taken={slot(8): 3.0})
    assert hold(site, wish(8, 9)).attempts[0].slot == slot(9)


def test_an_hour_that_does_not_exist_is_skipped() -> None:
    site = SimulatedSite(absent={slot(20)})
    attempt = hold(site, wish(20)).attempts[0]
    assert attempt.outcome is Outcome.SKIPPED
    assert "does not exist" in attempt.why


def test_taken_weighs_more_than_missing() -> None:
    site = SimulatedSite(absent={slot(20)}, taken={slot(8): 0.0})
    attempt = hold(site, wish(20, 8)).attempts[0]
    assert attempt.outcome is Outcome.TAKEN
    assert "20:00" in attempt.why
    assert "08:00" in attempt.why


def test_a_calendar_that_cannot_be_read_refuses_nothing() -> None:
    site = SimulatedSite(opens=4.0, calendar=False)
    assert hold(site, wish(8)).attempts[0].slot == slot(8)


# Two wishes with an alternative in common


def test_wants_that_share_an_alternative_never_hold_the_same_slot() -> None:
    site = SimulatedSite(taken={slot(8): 0.0})
    strategy = hold(site, wish(8, 9), wish(9, 10))
    held = [attempt.slot for attempt in strategy.attempts if attempt.slot]
    assert len(held) == len(set(held))
    assert site.basket == set(held)
    assert slot(9) in held


def test_the_want_that_comes_too_late_for_the_shared_slot_is_told_why() -> None:
    site = SimulatedSite()
    strategy = hold(site, wish(9), wish(9, row=3))
    assert [attempt.slot for attempt in strategy.attempts] == [slot(9), None]
    assert strategy.attempts[1].outcome is Outcome.TAKEN
    assert "another wish" in strategy.attempts[1].why
    assert asked(site) == [9]


@given(
    wishes=st.lists(st.lists(st.integers(8, 13), min_size=1, max_size=4, unique=True), min_size=1, max_size=4),
    taken=st.dictionaries(st.integers(8, 13), st.floats(0, 20)),
    absent=st.sets(st.integers(8, 13), max_size=2),
    opens=st.floats(0, 20),
    faults=st.lists(st.sampled_from(sorted(set(ResponseKind) - {ResponseKind.HELD})), max_size=12),
    lost=st.booleans(),
    calendar=st.booleans(),
    seconds=st.floats(0.02, 8),
    seed=st.integers(),
)
def test_whatever_the_site_does(  # noqa: PLR0917 - hypothesis fills them by name
    wishes: list[list[int]],
    taken: dict[int, float],
    absent: set[int],
    opens: float,
    faults: list[ResponseKind],
    lost: bool,
    calendar: bool,
    seconds: float,
    seed: int,
) -> None:
    site = SimulatedSite(
        opens=opens,
        taken={slot(hour): since for hour, since in taken.items()},
        absent={slot(hour) for hour in absent},
        faults=list(faults),
        lost_in_basket=lost,
        calendar=calendar,
        seconds=seconds,
    )
    chance = random.Random(seed).random  # noqa: S311 - pauses, not secrets
    asks = [wish(*hours, row=row) for row, hours in enumerate(wishes, start=2)]
    strategy = hold(site, *asks, chance=chance)

    held = [attempt.slot for attempt in strategy.attempts if attempt.slot]
    assert len(held) == len(set(held))
    assert set(held) <= site.basket
    for attempt in strategy.attempts:
        assert (attempt.slot is None) is (attempt.outcome is not None)
        assert attempt.slot is None or attempt.slot in attempt.wish.slots
        assert attempt.why or attempt.slot
    # Tries are bounded, and a request is never sent for what is known to be ours.
    assert all(attempt.tries <= LIMITS.tries * len(attempt.wish.slots) for attempt in strategy.attempts)
    assert len(site.requests) == sum(attempt.tries for attempt in strategy.attempts)
    # Time is bounded: nothing is begun after the ceiling.
    assert all(at - LIMITS.volley * seconds <= LIMITS.ceiling + 1e-6 for at, _ in site.requests)
    # A wish goes down its list and never up again.
    for attempt in strategy.attempts:
        assert not attempt.slot or attempt.candidates[0] == attempt.slot


@given(
    wishes=st.lists(st.lists(st.integers(8, 11), min_size=1, max_size=3, unique=True), min_size=1, max_size=3),
    gone=st.sets(st.integers(8, 11)),
)
def test_a_refused_slot_is_never_asked_for_again_by_its_want(wishes: list[list[int]], gone: set[int]) -> None:
    site = SimulatedSite(taken={slot(hour): 0.0 for hour in gone})
    strategy = HoldStrategy(attempts(*(wish(*hours, row=row) for row, hours in enumerate(wishes, 2))), now=site.clock)
    closed: set[HoldRequest] = set()
    while (step := strategy.next_step()).kind is not StepKind.DONE:
        assert not closed.intersection(step.requests)
        site.now += step.pause
        if step.kind is StepKind.LOOK and site.state(step.request.slot) is HourState.CLOSED:
            closed.add(step.request)
        site.carry_out(strategy, step)


# Blocked


def test_blocked_ends_everything_and_keeps_what_is_held() -> None:
    site = SimulatedSite(faults=[])
    strategy = HoldStrategy(attempts(wish(8), wish(10, 11), wish(12)), now=site.clock)
    strategy.take_responses(
        strategy.next_step(), [HoldResponse(ResponseKind.HELD), HoldResponse(ResponseKind.BLOCKED, "the site refuses")]
    )
    assert strategy.next_step().kind is StepKind.DONE
    assert [attempt.slot for attempt in strategy.attempts] == [slot(8), None, None]
    assert [attempt.outcome for attempt in strategy.attempts] == [None, Outcome.NEEDS_PERSON, Outcome.NEEDS_PERSON]
    assert strategy.attempts[2].why == "the site refuses"


# No answer


def test_silence_looks_into_the_basket_before_anything_else() -> None:
    site = SimulatedSite(faults=[ResponseKind.SILENT], lost_in_basket=True)
    strategy = hold(site, wish(8))
    assert site.kinds == [StepKind.REQUEST, StepKind.CHECK, StepKind.DONE]
    assert strategy.attempts[0].slot == slot(8)
    assert asked(site) == [8]


def test_silence_that_took_nothing_tries_again() -> None:
    site = SimulatedSite(faults=[ResponseKind.SILENT])
    strategy = hold(site, wish(8))
    assert site.kinds == [StepKind.REQUEST, StepKind.CHECK, StepKind.REQUEST, StepKind.DONE]
    assert strategy.attempts[0].slot == slot(8)


def test_silence_at_the_last_try_still_looks_into_the_basket() -> None:
    site = SimulatedSite(faults=[ResponseKind.SILENT], lost_in_basket=True)
    assert hold(site, wish(8), limits=Limits(tries=1)).attempts[0].slot == slot(8)


def test_silence_that_outlasts_the_ceiling_still_looks_into_the_basket() -> None:
    site = SimulatedSite(faults=[ResponseKind.SILENT], lost_in_basket=True, seconds=LIMITS.ceiling + 20)
    assert hold(site, wish(8)).attempts[0].slot == slot(8)


def test_a_dead_line_is_not_hammered() -> None:
    """A refused connection fails within a millisecond: tries without pauses would be spent before the line is back."""
    site = SimulatedSite(faults=[ResponseKind.SILENT] * 1000, seconds=0.001)
    hold(site, wish(8))
    times = [at for at, _ in site.requests]
    assert len(times) <= LIMITS.tries
    assert times[-1] - times[0] > 2.0


# Faults and pauses


def test_faults_are_tried_again_and_then_told() -> None:
    site = SimulatedSite(faults=[ResponseKind.FAULTY] * 3)
    assert hold(site, wish(8)).attempts[0].slot == slot(8)
    site = SimulatedSite(faults=[ResponseKind.FAULTY] * 100)
    attempt = hold(site, wish(8)).attempts[0]
    assert attempt.outcome is Outcome.SITE_ERROR
    assert attempt.tries == LIMITS.tries
    assert f"{LIMITS.tries} tries" in attempt.why


@pytest.mark.parametrize("luck", [0.0, 0.5, 1.0])
def test_pauses_grow_and_stay_within_their_bounds(luck: float) -> None:
    site = SimulatedSite(faults=[ResponseKind.FAULTY] * 100, seconds=0.0)
    hold(site, wish(8), chance=lambda: luck)
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
        site = SimulatedSite(faults=[ResponseKind.FAULTY])
        hold(site, wish(8), chance=source.random)
        seen.add(site.requests[1][0])
    assert len(seen) == len(first)


def test_a_pause_of_one_want_is_the_turn_of_the_other() -> None:
    site = SimulatedSite(faults=[ResponseKind.FAULTY])
    hold(site, wish(8), wish(10))
    assert asked(site) == [8, 10, 8]


def test_trying_ends_at_the_ceiling() -> None:
    site = SimulatedSite(faults=[ResponseKind.FAULTY] * 100, seconds=30.0)
    attempt = hold(site, wish(8)).attempts[0]
    assert attempt.outcome is Outcome.SITE_ERROR
    assert max(at for at, _ in site.requests) <= LIMITS.ceiling + 30.0


# The session ends


def test_a_lost_session_is_renewed_and_the_slot_still_won() -> None:
    site = SimulatedSite(faults=[ResponseKind.LOGGED_OUT])
    strategy = hold(site, wish(8), wish(10))
    assert site.logins == 1
    assert all(attempt.slot for attempt in strategy.attempts)
    assert site.kinds[:3] == [StepKind.REQUEST, StepKind.LOG_IN, StepKind.REQUEST]


def test_no_more_than_the_allowed_logins() -> None:
    site = SimulatedSite(faults=[ResponseKind.LOGGED_OUT] * 100)
    strategy = hold(site, wish(8), wish(10))
    assert site.logins <= LIMITS.logins
    assert all(attempt.outcome is not None for attempt in strategy.attempts)


# The caller's part


def test_giving_up_ends_what_is_open_and_nothing_else() -> None:
    strategy = HoldStrategy(attempts(wish(8), wish(10)), now=lambda: START)
    strategy.take_responses(strategy.next_step(), [HoldResponse(ResponseKind.HELD)])
    strategy.give_up(Outcome.SKIPPED, "stopped")
    assert [attempt.outcome for attempt in strategy.attempts] == [None, Outcome.SKIPPED]
    assert strategy.next_step().kind is StepKind.DONE


def test_an_answer_for_a_slot_that_nobody_reaches_for_is_refused() -> None:
    strategy = HoldStrategy(attempts(wish(8)), now=lambda: START)
    with pytest.raises(ValueError, match="nobody requests"):
        strategy.take_responses(
            Step(StepKind.REQUEST, (HoldRequest(wish(9), slot(9)),)), [HoldResponse(ResponseKind.HELD)]
        )


def test_a_look_without_a_slot_is_refused() -> None:
    with pytest.raises(ValueError, match="about no slot"):
        _ = Step(StepKind.DONE).request
