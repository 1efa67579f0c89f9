"""Every way through the ledger: on none of them what may have been paid is payable.

All steps that anybody could ask for, with every proof, for one slot and two keys of it (an account, and the name that
it has after somebody renamed it in the sheet), breadth first, on the real ledger. Beside it goes what a hostile reader
says of the money; the ledger's own rules are not asked for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from booking.errors import LedgerError
from booking.ledger.ledger import Ledger
from booking.ledger.states import Click, Proof, SlotState
from booking.model import Slot

DEPTH = 12
DAY = date(2026, 12, 28)
KEYS = ("mother", "mum")
PRICE = 1390


@dataclass(frozen=True, slots=True)
class LedgerStep:
    """One thing that is asked of the ledger."""

    account: str
    state: SlotState
    proof: Proof | None = None
    click: Click | None = None
    """Of a payment that begins as the suite begins it; None: it is recorded without a word on the click."""

    def __str__(self) -> str:
        how = self.click.name if self.click else self.proof.name if self.proof else "just so"
        return f"{self.account} {self.state} ({how})"


STEPS = [
    *(LedgerStep(key, state, proof) for key in KEYS for state in SlotState for proof in (None, *Proof)),
    *(LedgerStep(key, SlotState.PAYING, click=click) for key in KEYS for click in Click),
]


@dataclass(frozen=True, slots=True)
class Key:
    """Where the slot stands for one key, and what is to be feared of it."""

    state: SlotState | None = None
    click: str = ""
    """What the last click could move: ``credit``, ``card`` where one was typed or nobody knows, ``form`` where it was
    a form of a portal of which nobody knows what pays."""
    fear: str = ""
    """What may have moved money and was not disproved: ``credit``, ``card``, ``form``, ``paid`` or ``forgotten``."""

    def after(self, step: LedgerStep) -> Key:
        """Return what it is after a step that the ledger took."""
        click, fear = self.click, self.fear
        match step.state:
            case SlotState.PAYING:
                moves = {Click.BY_CREDIT: "credit", Click.BY_GOING_ON: "form", Click.BY_CARD: "card", None: "card"}
                click = fear = moves[step.click]
            case SlotState.PAID:
                fear = "paid"
            case SlotState.UNKNOWN:
                fear = fear or "forgotten"
            case SlotState.RELEASED if step.proof is Proof.PERSON:
                fear = ""
            case SlotState.HELD if self._is_disproved(step.proof):
                fear = ""
        return Key(step.state, click, fear)

    def _is_disproved(self, proof: Proof | None) -> bool:
        if proof is Proof.DECLINED:  # An answer to the click that was just made, and to no other.
            return self.state is SlotState.PAYING
        if proof is Proof.CARD_ASKED_FOR:
            return self.state is SlotState.PAYING and self.fear == "credit"
        if proof is Proof.STILL_ASKED:
            return self.state is SlotState.PAYING and self.fear == "form"
        return proof is Proof.IN_BASKET and self.fear == "credit"


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """Where a way has led."""

    keys: tuple[Key, Key] = (Key(), Key())

    def of(self, account: str) -> Key:
        return self.keys[KEYS.index(account)]

    def after(self, step: LedgerStep) -> LedgerPlace:
        changed = self.of(step.account).after(step)
        return LedgerPlace((changed, self.keys[1]) if step.account == KEYS[0] else (self.keys[0], changed))

    @property
    def fears(self) -> set[str]:
        return {key.fear for key in self.keys if key.fear}


@dataclass(slots=True)
class Search:
    """The search, and what it has seen."""

    ledger: Ledger
    ways: dict[LedgerPlace, tuple[LedgerStep, ...]] = field(default_factory=lambda: {LedgerPlace(): ()})
    taken: list[tuple[LedgerPlace, LedgerStep, LedgerPlace]] = field(default_factory=list)
    depth: int = 0
    """That of the longest way on which something new was found."""
    slots: Iterator[Slot] = field(
        default_factory=lambda: (
            Slot(1, DAY + timedelta(days=day), hour) for day in range(10_000) for hour in range(24)
        )
    )

    def take(self, slot: Slot, step: LedgerStep) -> bool:
        """Take a step, or say that the ledger refuses it."""
        try:
            if step.click is not None:
                self.ledger.begin_payment(
                    run="r", account=step.account, slots=[slot], click=step.click, ceilings=()
                )  # fmt: skip
            else:
                self.ledger.record(
                    run="r", account=step.account, slot=slot, state=step.state, pence=PRICE, proof=step.proof
                )  # fmt: skip
        except LedgerError:
            return False
        return True

    def walked(self, way: tuple[LedgerStep, ...]) -> Slot:
        """Return a slot that has gone this way."""
        slot = next(self.slots)
        for step in way:
            assert self.take(slot, step), [str(each) for each in way]
        return slot

    def go(self) -> None:
        """Try every step from every place, up to the depth."""
        frontier = [LedgerPlace()]
        for depth in range(1, DEPTH + 1):
            found = []
            for number, place in enumerate(frontier):
                self.ledger.site = f"{depth}-{number}"  # A ledger of its own, as far as the ledger is concerned.
                for after in self.steps_from(place):
                    found.append(after)
                    self.depth = depth
            frontier = found

    def steps_from(self, place: LedgerPlace) -> Iterator[LedgerPlace]:
        """Yield the places to which a step leads from here and nothing has led before."""
        way = self.ways[place]
        slot = self.walked(way)
        for step in STEPS:
            before = self.ledger.state(step.account, slot)
            if not self.take(slot, step):
                assert self.ledger.state(step.account, slot) is before, "a refused step has changed something"
                continue
            after = place.after(step)
            self.taken.append((place, step, after))
            told = f"{[str(each) for each in (*way, step)]} leads to {after}"
            for key in KEYS:
                payable = self.ledger.payable(key, [slot]) == (slot,)
                assert payable is (after.of(key).state is SlotState.HELD and not after.fears), told
            if after not in self.ways:
                self.ways[after] = (*way, step)
                yield after
            slot = self.walked(way)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    with Ledger(tmp_path_factory.mktemp("ledger") / "ledger.sqlite3", "practice") as ledger:
        with ledger._reading() as db:  # Nothing here is to survive a loss of power.
            db.execute("PRAGMA synchronous = OFF")
        searched = Search(ledger)
        searched.go()
        yield searched


def test_no_way_leads_to_where_what_may_have_been_paid_is_payable(search: Search) -> None:
    """The search itself looks at every place; here is that it has been everywhere."""
    states = Counter(key.state for place in search.ways for key in place.keys)
    assert set(states) == {None, *SlotState}
    assert {key.fear for place in search.ways for key in place.keys} == {
        "", "credit", "card", "form", "paid", "forgotten",
    }  # fmt: skip
    assert len(search.ways) > 200
    # Nothing new was found on the last steps: longer ways lead nowhere else.
    assert search.depth < DEPTH


def test_no_payment_begins_while_one_is_feared(search: Search) -> None:
    begun = [(place, step) for place, step, _ in search.taken if step.state is SlotState.PAYING]
    assert begun
    assert not [(place, str(step)) for place, step in begun if place.fears]


def test_only_what_disproves_a_payment_makes_an_end_of_the_fear(search: Search) -> None:
    """A decline ends it right after the click, what the site shows where no card was typed, else a person."""
    ended = {
        (place.of(step.account).state, place.of(step.account).fear, step.proof)
        for place, step, after in search.taken
        if place.of(step.account).fear and not after.of(step.account).fear
    }
    assert ended == {
        (SlotState.PAYING, "credit", Proof.DECLINED),
        (SlotState.PAYING, "card", Proof.DECLINED),
        (SlotState.PAYING, "form", Proof.DECLINED),
        (SlotState.PAYING, "form", Proof.STILL_ASKED),
        (SlotState.PAYING, "credit", Proof.CARD_ASKED_FOR),
        (SlotState.PAYING, "credit", Proof.IN_BASKET),
        (SlotState.UNKNOWN, "credit", Proof.IN_BASKET),
        (SlotState.UNKNOWN, "credit", Proof.PERSON),
        (SlotState.UNKNOWN, "card", Proof.PERSON),
        (SlotState.UNKNOWN, "form", Proof.PERSON),
        (SlotState.UNKNOWN, "forgotten", Proof.PERSON),
        (SlotState.PAID, "paid", Proof.PERSON),
    }


def test_no_step_leaves_money_in_doubt_without_its_proof(search: Search) -> None:
    in_doubt = {SlotState.PAYING, SlotState.UNKNOWN, SlotState.PAID}
    for place, step, _ in search.taken:
        if place.of(step.account).state in in_doubt and step.state not in in_doubt:
            assert step.proof is not None, f"{place}: {step}"


def test_once_a_card_was_typed_nothing_that_the_site_shows_is_a_proof(search: Search) -> None:
    for place, step, _ in search.taken:
        here = place.of(step.account)
        if {here.fear, here.click} & {"card", "form"}:
            assert step.proof not in {Proof.CARD_ASKED_FOR, Proof.IN_BASKET}, f"{place}: {step}"
        if {here.fear, here.click} & {"card"}:
            assert step.proof is not Proof.STILL_ASKED, f"{place}: {step}"


def test_a_second_payment_comes_after_a_person_or_a_click_that_moved_nothing(search: Search) -> None:
    """On every way to a place where a payment begins; the ways are followed back over all the steps that lead there."""
    after_a_doubt = {
        (key.state, key.fear)
        for place, step, _ in search.taken
        if step.state is SlotState.PAYING
        for key in place.keys
        if key.state in {SlotState.UNKNOWN, SlotState.PAID, SlotState.PAYING}
    }
    assert after_a_doubt == set()
    again = [way for way in search.ways.values() if sum(step.state is SlotState.PAYING for step in way) > 1]
    assert again
    for way in again:
        first, *others = (place for place, step in enumerate(way) if step.state is SlotState.PAYING)
        for second in others:
            between = {step.proof for step in way[first:second]}
            doubted = any(step.state in {SlotState.UNKNOWN, SlotState.PAID} for step in way[first:second])
            assert between & ({Proof.PERSON, Proof.IN_BASKET} if doubted else set(Proof)), [str(step) for step in way]
            first = second


def test_the_other_name_of_an_account_is_never_a_way_round(search: Search) -> None:
    """Whatever is tried under one name while the other one stands for a payment."""
    for place, step, after in search.taken:
        other = place.of(KEYS[1 - KEYS.index(step.account)])
        if other.fear:
            assert step.state is not SlotState.PAYING, f"{place}: {step}"
            assert after.of(step.account).click == place.of(step.account).click
