"""Openings side by side: in each round every contender has an opening of its own, one after the other, at one venue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.contenders import Contender, base_environ
from benchmarks.records import SlotFigures
from benchmarks.venue import HOURS, Assignment, Weather, open_venue

SLOTS_EACH = 2
RIVAL_ACCOUNTS = 3
RIVAL_SLOTS = 4
"""For each account, as many as it asks for in one go: more of them in a round, and fewer rounds."""
LATENESS = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds after the opening at which rivals reach for the slots."""

Lateness = Callable[[int], float | None]
"""How late the rival for the slot of this number in the round is; None where there is none."""


def nobody(_: int) -> None:
    """No rivals."""
    return


def rotating(run: int, slots_a_round: int) -> Lateness:
    """Deal the latenesses out in turn, so that each of them meets every account, and first and second slots alike."""
    return lambda number: LATENESS[(run * slots_a_round + number) % len(LATENESS)]


def play_round(
    contenders: Sequence[Contender],
    weather: Weather,
    accounts: int,
    run: int,
    *,
    slots_each: int = SLOTS_EACH,
    rival: Lateness = nobody,
) -> list[SlotFigures]:
    """Play one round and return what became of every slot.

    Args:
        contenders: who takes part; who begins changes from run to run.
        weather: how fast the venue answers.
        accounts: how many accounts each contender has.
        run: number of the round.
        slots_each: how many slots each account reaches for.
        rival: who else reaches for the slots.

    Raises:
        BenchmarkError: a contender did not come to its opening.
    """
    first = run % len(contenders)
    records = []
    with open_venue(base_environ(), weather) as venue:
        members = venue.members(accounts)
        for contender, day in zip([*contenders[first:], *contenders[:first]], venue.days(), strict=False):
            assignments = [Assignment(member, day, HOURS[:slots_each]) for member in members]
            reached = [
                (assignment, place, hour) for assignment in assignments for place, hour in enumerate(assignment.hours)
            ]
            lateness = [rival(number) for number in range(len(reached))]
            for (assignment, _, hour), seconds in zip(reached, lateness, strict=True):
                if seconds is not None:
                    venue.send_rival(assignment, hour, seconds)
            contender.hold(venue, assignments)
            got = {(hold.account, hold.hour): hold for hold in venue.holds(assignments)}
            for (assignment, place, hour), seconds in zip(reached, lateness, strict=True):
                hold = got.get((assignment.member.name, hour))
                records.append(
                    SlotFigures(
                        contender=contender.name,
                        weather=weather.name,
                        accounts=accounts,
                        run=run,
                        account=assignment.member.name,
                        place=place,
                        arrived=hold.arrived if hold else None,
                        held=hold.held if hold else None,
                        rival=seconds,
                    )
                )
    return records
