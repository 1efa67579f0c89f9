"""What to do at the opening: which slot to request next, when to pause, when to stop.

Pure decisions: no browser, no clock of its own. The suite asks for a step, carries it out, and reports what it saw.
One request is in flight at a time. A slot that somebody else has is never requested again.

The first step at the opening is a volley: one request for each wish, one after the other, with nothing in between. If
the day turns out not to be open yet, one slot alone is tried again, until something is held; then the rest follows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from booking.model import Slot, Wish
from booking.outcomes import Outcome
from booking.site.pages import HourState
from booking.site.responses import HoldResponse, ResponseKind


class StepKind(StrEnum):
    """What the suite is to do next."""

    REQUEST = "request the slots"
    LOOK = "look at the calendar"
    CHECK = "look into the basket"
    LOG_IN = "log in again"
    DONE = "done"


_KEYWORDS = {
    StepKind.REQUEST: "Request Slots",
    StepKind.LOOK: "Look At Slot Day",
    StepKind.CHECK: "Look Into Basket",
    StepKind.LOG_IN: "Renew Login",
    StepKind.DONE: "",
}


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """A slot, and the wish that it is to satisfy."""

    wish: Wish
    slot: Slot


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, the slots it is about, and when it is to be done.

    Either after a pause, in seconds, or at an instant, in seconds since the epoch, which the page waits for by itself.
    """

    kind: StepKind
    requests: tuple[HoldRequest, ...] = ()
    """To be sent one after the other; the other kinds of step are about one slot, or none."""
    pause: float = 0.0
    at: float = 0.0

    @property
    def keyword(self) -> str:
        """Name of the keyword that carries it out; empty where nothing is left to do."""
        return _KEYWORDS[self.kind]

    @property
    def request(self) -> HoldRequest:
        """The first request, which is the only one of a look at the calendar.

        Raises:
            ValueError: this step is about no slot.
        """
        if not self.requests:
            raise ValueError(f"to {self.kind} is about no slot")
        return self.requests[0]


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard a run tries. Seconds, and numbers of requests."""

    tries: int = 12
    """Requests for one slot, at most."""
    volley: int = 4
    """Requests sent one after the other before the responses are read, at most: a site may not take more kindly."""
    logins: int = 2
    """New logins while holding, at most."""
    ceiling: float = 180.0
    """Seconds after the opening (or after the start, where that is later) at which trying ends."""
    first_pause: float = 0.05
    longest_pause: float = 8.0
    jitter: float = 0.25
    """Share by which a pause is made longer or shorter at random."""


@dataclass(slots=True)
class Attempt:
    """How far one wish has come in a run."""

    wish: Wish
    slot: Slot | None = None
    """The slot that was got: held, or taken up from an earlier run."""
    done: bool = False
    """Whether its outcome is recorded."""
    confirmed: bool = False
    """Whether the site has confirmed the payment of the slot."""
    lost: tuple[Outcome, str] | None = None
    """Why it was lost at the opening, while there is a second chance."""
    measures: dict[str, float | int | str] = field(default_factory=dict)

    # From here on: of the opening, or of the last look at what came back.
    candidates: list[Slot] = field(default_factory=list)
    """Slots that may still be requested, the best first."""
    tries: int = 0
    tries_of_slot: int = 0
    not_before: float = 0.0
    """Seconds since the epoch."""
    following: StepKind = StepKind.REQUEST
    """What comes next for this wish."""
    seen_free: bool = False
    outcome: Outcome | None = None
    """What became of it where it was not held."""
    why: str = ""
    sent: float | None = None
    """When the last request left, in seconds since the epoch."""
    answered: float | None = None
    refusals: list[str] = field(default_factory=list)

    def begin(self, unavailable: Collection[Slot]) -> None:
        """Forget how an earlier try to hold went, and begin with every slot but these."""
        self.candidates = [slot for slot in self.wish.slots if slot not in unavailable]
        self.tries, self.tries_of_slot, self.not_before = 0, 0, 0.0
        self.following, self.seen_free, self.refusals = StepKind.REQUEST, False, []
        self.outcome, self.why, self.sent, self.answered = None, "", None, None

    @property
    def open(self) -> bool:
        """Whether a slot is still to be requested for this wish."""
        return self.slot is None and self.outcome is None


class HoldStrategy:
    """Decides the steps of one account from the opening until every wish is held or lost."""

    def __init__(
        self,
        attempts: Sequence[Attempt],
        *,
        unavailable: Collection[Slot] = (),
        now: Callable[[], float],
        limits: Limits | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Begin with these attempts.

        Args:
            attempts: one for each wish of which a slot is still to be held, in order of preference.
            unavailable: slots that must not be requested: ours already, or seen as gone before the opening.
            now: the time in seconds since the epoch.
            limits: how hard to try.
            chance: a random number from 0 to 1, for the jitter of pauses.
        """
        self._limits = limits or Limits()
        self._now = now
        self._chance = chance
        self._logins = 0
        self._logged_out = False
        self._closed = False
        """Whether the last that was heard is that slots are not to be had: the day may not be open yet."""
        self._began = now()
        self._deadline = self._began + self._limits.ceiling
        self.attempts = tuple(attempts)
        for attempt in self.attempts:
            attempt.begin(unavailable)
            if not attempt.candidates:
                self._lose(attempt, Outcome.TAKEN, f"{attempt.wish.first.time} was gone before the opening")

    def next_step(self) -> Step:
        """Return what to do now."""
        now = self._now()
        if self._logged_out and self._logins >= self._limits.logins:
            self.give_up(Outcome.SITE_ERROR, f"the site ended the session again after {self._logins} new logins")
        if self._logged_out and any(attempt.open for attempt in self.attempts):
            return Step(StepKind.LOG_IN)
        for attempt in self.attempts:
            if attempt.open:
                self._end_if_hopeless(attempt, now)
        waiting = [attempt for attempt in self.attempts if attempt.open]
        if not waiting:
            return Step(StepKind.DONE)
        attempt = min(waiting, key=lambda each: each.not_before)
        due = max(now, attempt.not_before)
        volley = self._volley(attempt, [each for each in waiting if each.not_before <= due])
        return Step(attempt.following, tuple(HoldRequest(each.wish, each.candidates[0]) for each in volley), due - now)

    def _volley(self, first: Attempt, due: Sequence[Attempt]) -> list[Attempt]:
        """Return what is to be requested in one go, beginning with `first`, of what is due."""
        volley = [first]
        if first.following is StepKind.REQUEST and not self._closed:
            slots = {first.candidates[0]}
            for each in due:
                if each.following is StepKind.REQUEST and each.candidates[0] not in slots:
                    slots.add(each.candidates[0])
                    volley.append(each)
        return volley[: self._limits.volley]

    def take_responses(self, step: Step, responses: Sequence[HoldResponse]) -> None:
        """Take in how the site answered the requests of this step.

        Args:
            step: the step.
            responses: one for each of its requests, in their order; fewer where the requests were broken off.
        """
        told = list(zip(step.requests, responses, strict=False))
        # What is held comes first: it proves that the day is open, so what was refused was not refused for that.
        for request, response in sorted(told, key=lambda each: each[1].kind is not ResponseKind.HELD):
            attempt = self._attempt_of(request)
            attempt.tries += 1
            attempt.tries_of_slot += 1
            attempt.sent, attempt.answered, attempt.why = response.sent, response.answered, response.why
            self._take_in(attempt, response)
            if response.kind is ResponseKind.BLOCKED:
                return  # It ends everything, so nothing more is to be learned from the others.

    def _take_in(self, attempt: Attempt, response: HoldResponse) -> None:
        match response.kind:
            case ResponseKind.HELD:
                self._closed = False
                self._hold(attempt)
            case ResponseKind.BLOCKED:
                for each in self.attempts:
                    if each.open:
                        self._lose(each, Outcome.NEEDS_PERSON, response.why)
            case ResponseKind.LOGGED_OUT:
                self._logged_out = True
            case ResponseKind.SILENT | ResponseKind.ELSEWHERE:
                # The request may have been granted all the same.
                self._again(attempt, StepKind.CHECK)
            case ResponseKind.FAULTY:
                self._again(attempt, StepKind.REQUEST)
            case ResponseKind.REFUSED:
                open_now = any(each.slot for each in self.attempts)
                self._closed = not open_now
                # The first refusal may be a clock a little ahead of the site's; every second one is looked into.
                self._again(attempt, StepKind.LOOK if open_now or attempt.tries_of_slot % 2 == 0 else StepKind.REQUEST)

    def take_calendar(self, step: Step, state: HourState | None) -> None:
        """Take in what the calendar shows for the slot of this step; None when it could not be read."""
        attempt = self._attempt_of(step.request)
        attempt.seen_free = state is HourState.FREE
        self._again(attempt, StepKind.REQUEST)
        if state is HourState.CLOSED:
            self._refuse(attempt, f"{attempt.candidates[0].time} is booked by somebody else")
        elif state is HourState.ABSENT:
            self._refuse(attempt, f"{attempt.candidates[0].time} does not exist at this court on that day")

    def take_basket(self, step: Step, *, held: bool) -> None:
        """Take in whether the slot of this step was found in the basket after a request without an answer."""
        attempt = self._attempt_of(step.request)
        self._again(attempt, StepKind.REQUEST)
        if held:
            self._hold(attempt)

    def take_login(self) -> None:
        """Take in that a new login succeeded."""
        self._logged_out = False
        self._logins += 1

    def give_up(self, outcome: Outcome, why: str) -> None:
        """End every open wish with this outcome."""
        for attempt in self.attempts:
            if attempt.open:
                self._lose(attempt, outcome, why)

    def _hold(self, attempt: Attempt) -> None:
        attempt.slot = attempt.candidates[0]
        for other in self.attempts:
            if other.open and attempt.slot in other.candidates:
                self._refuse(other, f"{attempt.slot.time} is held for another wish of this account", attempt.slot)

    def _refuse(self, attempt: Attempt, why: str, slot: Slot | None = None) -> None:
        """Strike one slot off the list of a wish; without another one the wish is lost."""
        gone = slot or attempt.candidates[0]
        was_first = gone == attempt.candidates[0]
        attempt.candidates.remove(gone)
        attempt.refusals.append(why)
        if was_first:
            attempt.tries_of_slot, attempt.not_before, attempt.following, attempt.seen_free = (
                0,
                0.0,
                StepKind.REQUEST,
                False,
            )
        if not attempt.candidates:
            exists = any("does not exist" not in refusal for refusal in attempt.refusals)
            self._lose(attempt, Outcome.TAKEN if exists else Outcome.SKIPPED, "; ".join(attempt.refusals))

    def _again(self, attempt: Attempt, kind: StepKind) -> None:
        limits = self._limits
        attempt.following = kind
        if kind is StepKind.REQUEST:
            pause = min(limits.longest_pause, limits.first_pause * 2 ** (attempt.tries_of_slot - 1))
            pause *= 1 + limits.jitter * (2 * self._chance() - 1)
            attempt.not_before = self._now() + pause

    def _end_if_hopeless(self, attempt: Attempt, now: float) -> None:
        limits = self._limits
        if attempt.following is StepKind.CHECK:
            return  # It may be in our basket: that is looked at before it is given up.
        if attempt.tries_of_slot < limits.tries and max(now, attempt.not_before) <= self._deadline:
            return
        tried = f"after {attempt.tries} tries in {now - self._began:.0f} s"
        slot = attempt.candidates[0]
        if attempt.seen_free:
            why = f"the calendar shows {slot.time} as free, but the site does not give it {tried}"
            self._lose(attempt, Outcome.NOT_OPEN, why)
        else:
            self._lose(attempt, Outcome.SITE_ERROR, f"{attempt.why or 'no clear answer for ' + slot.time}, {tried}")

    @staticmethod
    def _lose(attempt: Attempt, outcome: Outcome, why: str) -> None:
        attempt.outcome, attempt.why = outcome, why

    def _attempt_of(self, request: HoldRequest) -> Attempt:
        for attempt in self.attempts:
            if attempt.open and attempt.wish == request.wish and attempt.candidates[0] == request.slot:
                return attempt
        raise ValueError(f"nobody requests {request.slot}")
