"""What to do at the opening: which slot to reach for next, when to pause, when to stop.

Pure decisions: no browser, no clock of its own. The suite asks for a move, carries it out, and reports what it saw.
One request is in flight at a time. A slot that somebody else has is never reached for again.

The first move at the opening is a volley: one request for each want, one after the other, with nothing in between. If
the day turns out not to be open yet, one slot alone is tried again, until something is held; then the rest follows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from booking.model import Slot, Want
from booking.outcomes import Outcome
from booking.pages import HourState


class Act(StrEnum):
    """What the suite is asked to do next."""

    REACH = "reach for the slots"
    LOOK = "look at the calendar"
    CHECK = "look into the basket"
    LOG_IN = "log in again"
    DONE = "done"


class AnswerKind(StrEnum):
    """How the site answered a request for a slot."""

    HELD = "held"
    BOUNCED = "sent back to the court page"
    LOGGED_OUT = "sent to the login page"
    BLOCKED = "blocked"
    FAULTY = "site fault"
    SILENT = "no answer"
    ELSEWHERE = "an unexpected page"


@dataclass(frozen=True, slots=True)
class Aim:
    """A slot, and the want that it is to satisfy."""

    want: Want
    slot: Slot


@dataclass(frozen=True, slots=True)
class Move:
    """One step: an act, the slots it is about, and when it is to be done.

    Either after a pause, in seconds, or at an instant, in seconds since the epoch, which the page waits for by itself.
    """

    act: Act
    aims: tuple[Aim, ...] = ()
    """To be reached for one after the other; the other acts are about one slot, or none."""
    pause: float = 0.0
    at: float = 0.0

    @property
    def aim(self) -> Aim:
        """The first aim, which is the only one of a look.

        Raises:
            ValueError: this move is about no slot.
        """
        if not self.aims:
            raise ValueError(f"to {self.act} is about no slot")
        return self.aims[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """The site's answer to one request for a slot. Times are seconds since the epoch, by the browser's clock."""

    kind: AnswerKind
    why: str = ""
    sent: float | None = None
    answered: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard a run tries. Seconds, and numbers of requests."""

    tries: int = 12
    """Requests for one slot, at most."""
    volley: int = 4
    """Requests sent one after the other before the answers are looked at, at most: a site may not take more kindly."""
    logins: int = 2
    """New logins while holding, at most."""
    ceiling: float = 180.0
    """Seconds after the opening (or after the start, where that is later) at which trying ends."""
    first_pause: float = 0.05
    longest_pause: float = 8.0
    jitter: float = 0.25
    """Share by which a pause is made longer or shorter at random."""


@dataclass(slots=True)
class Reach:
    """How far one want has come."""

    want: Want
    candidates: list[Slot]
    tries: int = 0
    tries_of_slot: int = 0
    not_before: float = 0.0
    following: Act = Act.REACH
    seen_free: bool = False
    held: Slot | None = None
    outcome: Outcome | None = None
    why: str = ""
    sent: float | None = None
    answered: float | None = None
    refusals: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether something can still be done for this want."""
        return self.held is None and self.outcome is None


class Holding:
    """Decides the moves of one account from the opening until every want is held or lost."""

    def __init__(
        self,
        wants: Sequence[Want],
        *,
        unavailable: Collection[Slot] = (),
        now: Callable[[], float],
        limits: Limits | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Prepare for these wants.

        Args:
            wants: what is still to be held, in order of preference.
            unavailable: slots that must not be reached for: ours already, or seen as gone before the opening.
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
        self.reaches = [Reach(want, [slot for slot in want.slots if slot not in unavailable]) for want in wants]
        for reach in self.reaches:
            if not reach.candidates:
                self._lose(reach, Outcome.TAKEN, f"{reach.want.first.time} was gone before the opening")

    def next_move(self) -> Move:
        """Return what to do now."""
        now = self._now()
        if self._logged_out and self._logins >= self._limits.logins:
            self.give_up(Outcome.SITE_ERROR, f"the site ended the session again after {self._logins} new logins")
        if self._logged_out and any(reach.open for reach in self.reaches):
            return Move(Act.LOG_IN)
        for reach in self.reaches:
            if reach.open:
                self._end_if_hopeless(reach, now)
        waiting = [reach for reach in self.reaches if reach.open]
        if not waiting:
            return Move(Act.DONE)
        reach = min(waiting, key=lambda each: each.not_before)
        due = max(now, reach.not_before)
        volley = self._volley(reach, [each for each in waiting if each.not_before <= due])
        return Move(reach.following, tuple(Aim(each.want, each.candidates[0]) for each in volley), due - now)

    def _volley(self, first: Reach, due: Sequence[Reach]) -> list[Reach]:
        """Return what is to be reached for in one go, beginning with `first`, of what is due."""
        volley = [first]
        if first.following is Act.REACH and not self._closed:
            slots = {first.candidates[0]}
            for each in due:
                if each.following is Act.REACH and each.candidates[0] not in slots:
                    slots.add(each.candidates[0])
                    volley.append(each)
        return volley[: self._limits.volley]

    def reached(self, move: Move, answers: Sequence[Answer]) -> None:
        """Take in how the site answered the requests for the slots of this move.

        Args:
            move: the move.
            answers: one for each of its aims, in their order; fewer where the requests were broken off.
        """
        told = list(zip(move.aims, answers, strict=False))
        # What is held comes first: it proves that the day is open, so what was refused was not refused for that.
        for aim, answer in sorted(told, key=lambda each: each[1].kind is not AnswerKind.HELD):
            reach = self._reach_of(aim)
            reach.tries += 1
            reach.tries_of_slot += 1
            reach.sent, reach.answered, reach.why = answer.sent, answer.answered, answer.why
            self._take_in(reach, answer)
            if answer.kind is AnswerKind.BLOCKED:
                return  # It ends everything, so nothing more is to be learned from the others.

    def _take_in(self, reach: Reach, answer: Answer) -> None:
        match answer.kind:
            case AnswerKind.HELD:
                self._closed = False
                self._hold(reach)
            case AnswerKind.BLOCKED:
                for each in self.reaches:
                    if each.open:
                        self._lose(each, Outcome.NEEDS_PERSON, answer.why)
            case AnswerKind.LOGGED_OUT:
                self._logged_out = True
            case AnswerKind.SILENT | AnswerKind.ELSEWHERE:
                # The request may have been granted all the same.
                self._again(reach, Act.CHECK)
            case AnswerKind.FAULTY:
                self._again(reach, Act.REACH)
            case AnswerKind.BOUNCED:
                open_now = any(each.held for each in self.reaches)
                self._closed = not open_now
                # The first refusal may be a clock a little ahead of the site's; every second one is looked into.
                self._again(reach, Act.LOOK if open_now or reach.tries_of_slot % 2 == 0 else Act.REACH)

    def looked(self, move: Move, state: HourState | None) -> None:
        """Take in what the calendar shows for the slot of this move; None when it could not be read."""
        reach = self._reach_of(move.aim)
        reach.seen_free = state is HourState.FREE
        self._again(reach, Act.REACH)
        if state is HourState.CLOSED:
            self._refuse(reach, f"{reach.candidates[0].time} is booked by somebody else")
        elif state is HourState.ABSENT:
            self._refuse(reach, f"{reach.candidates[0].time} does not exist at this court on that day")

    def checked(self, move: Move, *, held: bool) -> None:
        """Take in whether the slot of this move was found in the basket after a request without an answer."""
        reach = self._reach_of(move.aim)
        self._again(reach, Act.REACH)
        if held:
            self._hold(reach)

    def logged_in(self) -> None:
        """Take in that a new login succeeded."""
        self._logged_out = False
        self._logins += 1

    def give_up(self, outcome: Outcome, why: str) -> None:
        """End every open want with this outcome."""
        for reach in self.reaches:
            if reach.open:
                self._lose(reach, outcome, why)

    def _hold(self, reach: Reach) -> None:
        reach.held = reach.candidates[0]
        for other in self.reaches:
            if other.open and reach.held in other.candidates:
                self._refuse(other, f"{reach.held.time} is held for another wish of this account", reach.held)

    def _refuse(self, reach: Reach, why: str, slot: Slot | None = None) -> None:
        """Strike one slot off the list of a want; without another one the want is lost."""
        gone = slot or reach.candidates[0]
        was_first = gone == reach.candidates[0]
        reach.candidates.remove(gone)
        reach.refusals.append(why)
        if was_first:
            reach.tries_of_slot, reach.not_before, reach.following, reach.seen_free = 0, 0.0, Act.REACH, False
        if not reach.candidates:
            exists = any("does not exist" not in refusal for refusal in reach.refusals)
            self._lose(reach, Outcome.TAKEN if exists else Outcome.SKIPPED, "; ".join(reach.refusals))

    def _again(self, reach: Reach, act: Act) -> None:
        limits = self._limits
        reach.following = act
        if act is Act.REACH:
            pause = min(limits.longest_pause, limits.first_pause * 2 ** (reach.tries_of_slot - 1))
            pause *= 1 + limits.jitter * (2 * self._chance() - 1)
            reach.not_before = self._now() + pause

    def _end_if_hopeless(self, reach: Reach, now: float) -> None:
        limits = self._limits
        if reach.following is Act.CHECK:
            return  # It may be in our basket: that is looked at before it is given up.
        if reach.tries_of_slot < limits.tries and max(now, reach.not_before) <= self._deadline:
            return
        tried = f"after {reach.tries} tries in {now - self._began:.0f} s"
        slot = reach.candidates[0]
        if reach.seen_free:
            why = f"the calendar shows {slot.time} as free, but the site does not give it {tried}"
            self._lose(reach, Outcome.NOT_OPEN, why)
        else:
            self._lose(reach, Outcome.SITE_ERROR, f"{reach.why or 'no clear answer for ' + slot.time}, {tried}")

    @staticmethod
    def _lose(reach: Reach, outcome: Outcome, why: str) -> None:
        reach.outcome, reach.why = outcome, why

    def _reach_of(self, aim: Aim) -> Reach:
        for reach in self.reaches:
            if reach.open and reach.want == aim.want and reach.candidates[0] == aim.slot:
                return reach
        raise ValueError(f"nobody is reaching for {aim.slot}")
