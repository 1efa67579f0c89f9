"""Money for a slot at most once, in whatever order things happen.

A small site and a small bank; accounts that hold and pay as the suites do, on the real ledger; and everything that may
come between: answers that are lost, banks that confirm late, bookings that are listed late or never, kills, power cuts,
holds that run out, accounts that are renamed, other days, people who look and tell. After every step the world is asked
what was paid, and the program what it would pay for next.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from booking.errors import LedgerError
from booking.holding import Act, Answer, AnswerKind, Holding
from booking.ledger import AT_STAKE, UNSETTLED, Click, Ledger, Mark, Proof, SlotState
from booking.model import Account, Payment, Plan, Slot, Want, account_key
from booking.night import HOLD_LASTS, Night, StopError, settle_command
from booking.outcomes import Outcome
from booking.pages import Basket, BookingRow, HourState

DAYS = (date(2026, 12, 28), date(2026, 12, 29))
HOURS = (8, 9)
PRICE = 1390
FEE = 50
STARTED = datetime(2026, 11, 23, 23, 46, tzinfo=UTC)
COURTS = {"mother": 1, "father": 1, "bruce": 2}
"""Who logs in, and at which court; two of the family share one."""
NAMES = {"mother": ("Mother", "Mum"), "father": ("Father",), "bruce": ("Bruce",)}
"""What an account may be called in the sheet; it logs in as it did."""
LOGINS = tuple(COURTS)
KEYS = tuple(account_key(name) for names in NAMES.values() for name in names)
SLOTS = tuple(Slot(court, day, hour) for court in (1, 2) for day in DAYS for hour in HOURS)


# The world


@dataclass(slots=True)
class Place:
    """One slot, as the site has it."""

    holder: str = ""
    until: datetime = STARTED
    booked_by: str = ""
    listed_from: datetime | None = None
    """When My Bookings begins to list it; None: never."""


@dataclass(slots=True)
class Charge:
    """One payment, as the bank has it."""

    login: str
    slots: tuple[Slot, ...]
    pence: int
    by_card: bool
    state: str = "asked"
    """``asked``: the bank waits for its customer; ``taken``; ``refused``."""
    undone: set[Slot] = field(default_factory=set)
    """Slots whose money a person has got back."""

    def moves_money_for(self, slot: Slot) -> bool:
        return slot in self.slots and slot not in self.undone and self.state != "refused"

    def has_paid_for(self, slot: Slot) -> bool:
        return slot in self.slots and slot not in self.undone and self.state == "taken"


class World:
    """The site and the bank."""

    def __init__(self) -> None:
        self.now = STARTED
        self.places = {slot: Place() for slot in SLOTS}
        self.charges: list[Charge] = []
        self.credit = dict.fromkeys(LOGINS, 0)
        self.listed: set[Slot] = set()
        """What My Bookings has listed to somebody who looked."""

    def passes(self, time: timedelta) -> None:
        self.now += time
        for place in self.places.values():
            if place.holder and place.until <= self.now:
                place.holder = ""

    def is_free(self, slot: Slot) -> bool:
        return not self.places[slot].holder and not self.places[slot].booked_by

    def hold(self, login: str, slot: Slot) -> bool:
        if not self.is_free(slot):
            return False
        self.places[slot].holder, self.places[slot].until = login, self.now + HOLD_LASTS
        return True

    def in_basket(self, login: str) -> tuple[Slot, ...]:
        return tuple(slot for slot, place in self.places.items() if place.holder == login)

    def basket(self, login: str) -> Basket:
        slots = self.in_basket(login)
        total = PRICE * len(slots) if slots else None
        return Basket(tuple(row(slot) for slot in slots), total, self.credit[login])

    def bookings(self, login: str) -> tuple[BookingRow, ...]:
        slots = [
            slot
            for slot, place in self.places.items()
            if place.booked_by == login and place.listed_from and place.listed_from <= self.now
        ]
        self.listed.update(slots)
        return tuple(map(row, slots))

    def book(self, charge: Charge, listed_after: timedelta | None) -> bool:
        """The site hears that it was paid; what lies in the basket no longer cannot be booked."""
        there = [slot for slot in charge.slots if self.places[slot].holder == charge.login]
        for slot in there:
            place = self.places[slot]
            place.holder, place.booked_by = "", charge.login
            place.listed_from = self.now + listed_after if listed_after is not None else None
        return len(there) == len(charge.slots)

    def paid(self, slot: Slot) -> list[Charge]:
        return [charge for charge in self.charges if charge.has_paid_for(slot)]

    def may_be_paid(self, slot: Slot) -> bool:
        """Tell whether money was taken for a slot, or still may be."""
        return any(charge.moves_money_for(slot) for charge in self.charges)

    def get_back(self, slot: Slot) -> None:
        """A person cancels what was booked, or has the money back that was taken for nothing."""
        for charge in self.charges:
            if charge.state == "taken" and slot in charge.slots:
                charge.undone.add(slot)
        self.places[slot].booked_by = ""


def row(slot: Slot) -> BookingRow:
    return BookingRow(f"Practice Fields Tennis Court {slot.court}", slot.date, slot.hour, pence=PRICE)


# The program


class Phase(StrEnum):
    """Where a worker is; each is as far as it comes without being disturbed."""

    NEW = "is about to log in"
    STOCK = "has taken stock"
    PAY = "is about to open the basket"
    CREDIT = 'has recorded, and clicks "Make Booking"'
    CARD = "has recorded, and clicks the button that pays"
    BANK = "is on the bank's page"
    PROVE = "is about to read My Bookings"
    AFTER = "has done what it could"


class Luck(StrEnum):
    """How the world answers one step; what a step has no use for means that all goes well."""

    WELL = "all goes well"
    FAULT = "the site answers with a fault, and has done nothing"
    LOST = "done, and the answer is lost"
    NOT_HEARD = "the money is taken, and the site does not hear of it"
    STRANGE_ERROR = "the money is taken, and an error is shown"
    NO_MONEY = "an error is shown, and no money is taken"
    DECLINED = "declined in words that are known"
    DECLINED_ODDLY = "declined in other words"
    BANK = "the bank asks its customer"
    FEE = "the portal adds a fee, and says so"
    SURCHARGE = "the portal adds something, and does not say so"
    CRASH = "the worker's task fails at once"


@dataclass(slots=True)
class Worker:
    """One account in a run."""

    login: str
    night: Night
    phase: Phase = Phase.NEW
    charge: Charge | None = None
    """Of the payment that was sent last."""
    confirmed: bool = False
    """Whether the page of that payment has come to its good end."""


THEN = st.sampled_from(["", "", "", "it is killed", "power is lost"])
LISTED_AFTER = st.sampled_from([timedelta(), timedelta(minutes=10), None])
"""When My Bookings begins to list what is booked; None: never."""


def is_listed(slots: Iterable[Slot], rows: Sequence[BookingRow], facility: str) -> bool:
    return all(any(each.is_slot(slot, facility) for each in rows) for slot in slots)


class Money(RuleBasedStateMachine):
    """A family, a site, a bank, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.world = World()
        self.ledger = Ledger(Path(self.folder.name) / "ledger.sqlite3", "practice", clock=lambda: self.world.now)
        with self.ledger._reading() as db:
            db.execute("PRAGMA synchronous = OFF")  # A lost power supply is one that ends the program here.
        self.names = {login: names[0] for login, names in NAMES.items()}
        self.plan: Plan | None = None
        self.workers: dict[str, Worker] = {}
        self.runs = 0
        self.said_to_be_paid: set[Slot] = set()

    @initialize(credit=st.sampled_from([0, 0, PRICE, 3 * PRICE]))
    def somebody_has_credit(self, credit: int) -> None:
        self.world.credit["mother"] = credit

    # Runs

    @precondition(lambda self: self.plan is None)
    @rule(
        day=st.sampled_from(DAYS),
        wishes=st.tuples(*(st.permutations(HOURS).map(tuple) for _ in LOGINS)),
        many=st.booleans(),
        payment=st.sampled_from([Payment.PAY, Payment.PAY, Payment.REHEARSE]),
        ceiling=st.sampled_from([10 * PRICE, 10 * PRICE, 10 * PRICE, 2 * PRICE, 2 * PRICE + FEE]),
        watch=st.booleans(),
    )
    def run_begins(
        self,
        day: date,
        wishes: tuple[tuple[int, ...], ...],
        many: bool,
        payment: Payment,
        ceiling: int,
        watch: bool,
    ) -> None:
        self.runs += 1
        accounts = {login: self.account(login) for login in LOGINS}
        plan = Plan(
            run=f"run {self.runs}",
            site="practice",
            site_url="https://site.example.test",
            slot_day=day,
            zone="Europe/London",
            opening=None,
            wait=False,
            payment=payment,
            max_spend_pence=ceiling,
            max_spend_per_account_pence=max(PRICE, ceiling - PRICE),
            accounts=tuple(accounts.values()),
            wants=tuple(self.wants(day, dict(zip(LOGINS, wishes, strict=True)), many=many)),
            watch_until=self.world.now + timedelta(hours=1) if watch else None,
            basket_url="https://site.example.test/basket/",
            family=tuple(account.key for account in accounts.values()),
        )
        self.plan = plan
        self.ledger.start_run(plan.run, day, [account.key for account in plan.accounts])
        self.workers = {
            login: Worker(login, Night(plan, accounts[login].key, self.ledger, now=lambda: self.world.now))
            for login in LOGINS
        }

    def account(self, login: str) -> Account:
        court = COURTS[login]
        url = f"https://site.example.test/courses/detail/{170 + court}/practice-fields-tennis-court-{court}/"
        return Account(self.names[login], f"{login}@example.test", court, url)

    def wants(self, day: date, wishes: dict[str, tuple[int, ...]], *, many: bool) -> Iterable[Want]:
        """Yield what is wanted: as in a plan, no two accounts want the same slot first."""
        first_of: dict[Slot, str] = {}
        for login, hours in wishes.items():
            slots = [Slot(COURTS[login], day, hour) for hour in hours]
            for wished in [slots[:1], slots[1:]] if many else [slots]:
                left = [slot for slot in wished if first_of.get(slot, login) == login]
                if left and left[0] not in first_of:
                    first_of[left[0]] = login
                    yield Want(account_key(self.names[login]), tuple(left), "Booking Schedule, row 2")

    @precondition(lambda self: self.workers)
    @rule(ends=st.lists(st.sampled_from(["killed", "asked to end", "killed"]), min_size=1, max_size=3))
    def workers_end(self, ends: list[str]) -> None:
        for worker, how in zip(list(self.workers.values()), ends, strict=False):
            del self.workers[worker.login]
            if how == "asked to end":
                self.closed(worker)
        self.end_run_if_all_are_gone()

    @precondition(lambda self: any(worker.phase is not Phase.NEW for worker in self.workers.values()))
    @rule()
    def run_goes_well_from_here(self) -> None:
        self.all_go_well_from_here()

    def all_go_well_from_here(self) -> None:
        for worker in list(self.workers.values()):
            for _ in range(20):
                if worker.login in self.workers:
                    self.goes_on(worker, Luck.WELL, timedelta(), in_time=True)
        for worker in list(self.workers.values()):
            del self.workers[worker.login]
            self.closed(worker)
        self.end_run_if_all_are_gone()

    def end_run_if_all_are_gone(self) -> None:
        if self.workers or self.plan is None:
            return
        plan, self.plan = self.plan, None
        for account in plan.accounts:  # As the runner does, for those that could not do so themselves.
            Night(plan, account.key, self.ledger, now=lambda: self.world.now).abandoned("the worker was killed")
        self.ledger.end_run(plan.run, 0)
        self.check_what_was_told(plan)

    def closed(self, worker: Worker) -> None:
        held = worker.night.held
        worker.night.close()
        calls = self.calls(worker.night.plan)
        told = {each.slot: each for each in self.ledger.outcomes(worker.night.plan.run)}
        for slot in held:
            if not told[slot].outcome.satisfied:
                assert "held until" in told[slot].why
                assert any(str(slot) in call.partition("Held and not paid: ")[2] for call in calls), calls

    def calls(self, plan: Plan) -> list[str]:
        return [text for _, _, text in self.ledger.details(plan.run, Mark.CALL)]

    def check_what_was_told(self, plan: Plan) -> None:
        outcomes = self.ledger.outcomes(plan.run)
        assert sorted((each.account, each.wanted) for each in outcomes) == sorted(
            (want.account, want.first) for want in plan.wants
        )
        logins = {account_key(name): login for login, names in NAMES.items() for name in names}
        for each in outcomes:
            place, told = self.world.places[each.slot], f"{each}"
            match each.outcome:
                case Outcome.BOOKED | Outcome.ALREADY_BOOKED:
                    # Whoever gets the money back, and does not say so, is told at the next run.
                    assert place.booked_by in {logins[each.account], ""}, told
                    assert place.booked_by or any(each.slot in charge.undone for charge in self.world.charges), told
                case Outcome.REHEARSED:
                    assert not any(charge.has_paid_for(each.slot) for charge in self.world.charges), told
                case Outcome.TAKEN:
                    own = [charge for charge in self.world.charges if charge.login == logins[each.account]]
                    assert not any(charge.moves_money_for(each.slot) for charge in own), told
                case Outcome.UNKNOWN | Outcome.NOT_LISTED:
                    assert "./run.sh settle" in each.why, told
                    taken = any(charge.state == "taken" and each.slot in charge.slots for charge in self.world.charges)
                    assert each.outcome is Outcome.UNKNOWN or taken, told
                case _:
                    assert each.why, told
        everything = "\n".join([*self.calls(plan), *(each.why for each in outcomes)])
        for record in self.ledger.unsettled():
            assert settle_command(record.account, record.slot, "") in everything, f"{record} was not told in {plan.run}"

    # What a worker does

    @precondition(lambda self: self.workers)
    @rule(
        login=st.sampled_from(LOGINS),
        until=st.sampled_from([phase for phase in Phase if phase not in {Phase.CREDIT, Phase.CARD}]),
        luck=st.sampled_from([Luck.WELL, Luck.FAULT, Luck.CRASH, Luck.LOST, Luck.DECLINED]),
        in_time=st.booleans(),
        then=THEN,
    )
    def worker_goes_on(self, login: str, until: Phase, luck: Luck, in_time: bool, then: str) -> None:
        self.goes_on_until(login, until, luck, timedelta(), in_time=in_time, then=then)

    @precondition(lambda self: self.workers)
    @rule(
        login=st.sampled_from(["mother", *LOGINS]),
        luck=st.sampled_from(
            [Luck.LOST, Luck.NO_MONEY, Luck.FAULT, Luck.CRASH, Luck.SURCHARGE, Luck.FEE, Luck.WELL, Luck.WELL]
        ),
        listed_after=LISTED_AFTER,
        then=THEN,
    )
    def worker_sends_the_basket(self, login: str, luck: Luck, listed_after: timedelta | None, then: str) -> None:
        self.goes_on_until(login, Phase.CREDIT, luck, listed_after, in_time=True, then=then)

    @precondition(lambda self: self.workers)
    @rule(
        login=st.sampled_from(LOGINS),
        luck=st.sampled_from(
            [
                Luck.NOT_HEARD,
                Luck.BANK,
                Luck.LOST,
                Luck.STRANGE_ERROR,
                Luck.NO_MONEY,
                Luck.DECLINED,
                Luck.DECLINED_ODDLY,
                Luck.CRASH,
                Luck.WELL,
            ]
        ),
        listed_after=LISTED_AFTER,
        then=THEN,
    )
    def worker_pays_by_card(self, login: str, luck: Luck, listed_after: timedelta | None, then: str) -> None:
        self.goes_on_until(login, Phase.CARD, luck, listed_after, in_time=True, then=then)

    def goes_on_until(
        self, login: str, until: Phase, luck: Luck, listed_after: timedelta | None, *, in_time: bool, then: str
    ) -> None:
        """All goes well for one account up to some point, and there it goes as luck will have it."""
        worker = self.workers.get(login) or next(iter(self.workers.values()))
        for _ in range(len(Phase)):
            if worker.phase in {until, Phase.AFTER}:
                break
            self.goes_on(worker, Luck.WELL, listed_after, in_time=in_time)
        self.goes_on(worker, luck, listed_after, in_time=in_time)
        if then == "it is killed":
            self.workers.pop(worker.login, None)
            self.end_run_if_all_are_gone()
        elif then:
            self.workers, self.plan = {}, None

    def goes_on(self, worker: Worker, luck: Luck, listed_after: timedelta | None, *, in_time: bool) -> None:
        self.world.passes(timedelta(seconds=5))
        steps: dict[Phase, Callable[[], Phase]] = {
            Phase.NEW: lambda: self.takes_stock(worker, luck),
            Phase.STOCK: lambda: self.holds(worker, luck),
            Phase.PAY: lambda: self.opens_the_basket(worker, luck),
            Phase.CREDIT: lambda: self.makes_the_booking(worker, luck, listed_after),
            Phase.CARD: lambda: self.pays_by_card(worker, luck, listed_after),
            Phase.BANK: lambda: self.waits_for_the_bank(worker, listed_after, in_time=in_time),
            Phase.PROVE: lambda: self.proves(worker, luck),
            Phase.AFTER: lambda: self.comes_to_its_end(worker, luck),
        }
        try:
            worker.phase = steps[worker.phase]()
        except StopError:
            worker.phase = Phase.AFTER

    def takes_stock(self, worker: Worker, luck: Luck) -> Phase:
        night = worker.night
        if not night.wanted and not night.has_earlier_payments_to_settle:
            return Phase.AFTER
        if luck is Luck.DECLINED:
            night.stop_here(Outcome.LOGIN_REFUSED, "the site refuses the password: mend it")
        if luck in {Luck.FAULT, Luck.CRASH}:
            night.failed("My Bookings: 520")
            return Phase.AFTER
        night.take_stock(self.world.bookings(worker.login), self.world.basket(worker.login))
        return Phase.STOCK

    def holds(self, worker: Worker, luck: Luck) -> Phase:
        if luck is Luck.CRASH:
            worker.night.failed("the browser is gone")
        else:
            night = worker.night
            self.reach(worker, night.wanted, {*night.held, *night.untouchable}, luck)
        return Phase.PAY

    def reach(self, worker: Worker, wants: Sequence[Want], unavailable: set[Slot], luck: Luck) -> None:
        """Hold what can be had, as the library does: tell the ledger, ask, tell the ledger."""
        night, now = worker.night, [1_000.0]

        def clock() -> float:
            now[0] += 1.0
            return now[0]

        holding = Holding(wants, unavailable=unavailable, now=clock, chance=lambda: 0.5)
        lost = luck is Luck.LOST
        while (move := holding.next_move()).act is not Act.DONE:
            now[0] += move.pause
            if move.act is Act.LOOK:
                free = self.world.is_free(move.aim.slot)
                holding.looked(move, HourState.FREE if free else HourState.CLOSED)
            elif move.act is Act.CHECK:
                holding.checked(move, held=move.aim.slot in self.world.in_basket(worker.login))
            else:
                night.intend(aim.slot for aim in move.aims)
                answers = []
                for aim in move.aims:
                    granted = self.world.hold(worker.login, aim.slot)
                    kind = AnswerKind.HELD if granted else AnswerKind.BOUNCED
                    answers.append(Answer(AnswerKind.SILENT if lost else kind, "no answer" if lost else ""))
                    lost = False
                holding.reached(move, answers)
            for reach in holding.reaches:
                if any((reach.want, reach.held) == (aim.want, aim.slot) for aim in move.aims):
                    night.hold(reach)
        night.end_holding(holding, None)

    def opens_the_basket(self, worker: Worker, luck: Luck) -> Phase:
        night = worker.night
        if not night.held:
            return Phase.AFTER
        night.about_to_pay()
        if luck in {Luck.FAULT, Luck.CRASH}:
            night.failed("the basket: 520")
            return Phase.AFTER
        night.check_basket(self.world.basket(worker.login))
        if night.plan.payment is Payment.REHEARSE:
            return self.rehearses(worker, luck)
        night.payment_begins(by_card=False)
        return Phase.CREDIT

    def rehearses(self, worker: Worker, luck: Luck) -> Phase:
        ours = worker.night.plan.run
        for line in self.world.basket(worker.login).lines:
            if worker.night.has_held(line) and luck is not Luck.LOST:
                slot = next(slot for slot in SLOTS if row(slot) == line)
                assert not self.world.may_be_paid(slot), f"{slot} may be paid, and is given back"
                steps = [step for step in self.ledger.history(run=ours) if step.slot == slot]
                assert any(step.why == "in the basket" for step in steps), f"{slot} was not held by {ours}"
                self.world.places[slot].holder = ""
        worker.night.rehearsed(self.world.basket(worker.login))
        return Phase.AFTER

    def makes_the_booking(self, worker: Worker, luck: Luck, listed_after: timedelta | None) -> Phase:
        """The site books at once where the credit suffices; else it leads to where a card is typed."""
        world, night, login = self.world, worker.night, worker.login
        worker.charge, worker.confirmed = None, False
        slots = world.in_basket(login)
        total = PRICE * len(slots)
        assert set(slots) <= set(night.sent), "the site is sent what the ledger does not know of"
        does = luck not in {Luck.FAULT, Luck.CRASH, Luck.NO_MONEY} and slots
        books = does and world.credit[login] >= total
        if books:
            world.credit[login] -= total
            worker.charge = Charge(login, slots, total, by_card=False, state="taken")
            world.charges.append(worker.charge)
            world.book(worker.charge, listed_after)
            self.check_spending()
        if luck is Luck.CRASH:
            night.failed("the browser is gone")
            return Phase.AFTER
        if luck is Luck.LOST or not does:
            return self.finds_out(worker, shows_basket=luck is Luck.FAULT)
        if books:
            night.payment_confirmed()
            worker.confirmed = True
            return Phase.PROVE
        return self.comes_to_the_last_button(worker, total, luck)

    def finds_out(self, worker: Worker, *, shows_basket: bool) -> Phase:
        """The basket was sent, and has led neither to a payment nor to the card."""
        night, world = worker.night, self.world
        if is_listed(night.sent, world.bookings(worker.login), night.account.facility):
            return Phase.PROVE
        if shows_basket or is_listed(night.sent, world.basket(worker.login).lines, night.account.facility):
            night.payment_was_not_sent(Proof.IN_BASKET)
            night.stop_here(Outcome.SITE_ERROR, 'the site did not take "Make Booking": nothing was paid')
        return Phase.PROVE

    def comes_to_the_last_button(self, worker: Worker, total: int, luck: Luck) -> Phase:
        night = worker.night
        night.payment_was_not_sent(Proof.CARD_ASKED_FOR)
        night.check_card()
        more = FEE if luck in {Luck.FEE, Luck.SURCHARGE} else 0
        fee = FEE if luck is Luck.FEE else None
        for last in (False, True):
            night.check_amount(total + more, fee, last=last)
        assert luck is not Luck.SURCHARGE, "what the portal adds without a word is paid"
        night.check_card()
        night.payment_begins(by_card=True)
        slots = self.world.in_basket(worker.login)
        worker.charge = Charge(worker.login, slots, PRICE * len(slots) + more, by_card=True)
        known = sum(
            each.pence or 0 for each in self.ledger.states(account=night.account.key) if each.slot in night.sent
        )
        assert known == worker.charge.pence, f"{known} is expected and {worker.charge.pence} charged"
        return Phase.CARD

    def pays_by_card(self, worker: Worker, luck: Luck, listed_after: timedelta | None) -> Phase:
        night, world, charge = worker.night, self.world, worker.charge
        assert charge is not None
        refused = {Luck.DECLINED, Luck.DECLINED_ODDLY, Luck.NO_MONEY, Luck.FAULT}
        charge.state = "refused" if luck in refused else "asked" if luck is Luck.BANK else "taken"
        world.charges.append(charge)
        self.check_spending()
        heard = luck in {Luck.WELL, Luck.FEE, Luck.SURCHARGE, Luck.LOST} and world.book(charge, listed_after)
        match luck:
            case Luck.CRASH:
                night.failed("the browser is gone")
                return Phase.AFTER
            case Luck.BANK:
                night.bank_asks(night.time_for_the_bank(timedelta(minutes=10)))
                return Phase.BANK
            case Luck.DECLINED:
                try:
                    night.card_declined("the card portal says: Card declined")
                finally:
                    assert set(charge.slots) <= set(night.held), "what was declined is held as before"
            case Luck.DECLINED_ODDLY | Luck.NO_MONEY | Luck.FAULT | Luck.STRANGE_ERROR:
                night.payment_in_doubt('the payment was sent and the portal showed a page: "A problem was encountered"')
            case _ if heard and luck is not Luck.LOST:
                night.payment_confirmed()
                worker.confirmed = True
            case _:
                night.payment_in_doubt("the payment was sent and no answer was seen")
        return Phase.PROVE

    def waits_for_the_bank(self, worker: Worker, listed_after: timedelta | None, *, in_time: bool) -> Phase:
        night, charge = worker.night, worker.charge
        assert charge is not None
        if in_time and charge.state == "asked":
            self.world.passes(timedelta(minutes=2))
            charge.state = "taken"
            worker.confirmed = self.world.book(charge, listed_after)
        else:
            self.world.passes(night.time_for_the_bank(timedelta(minutes=10)))
        if worker.confirmed:
            night.payment_confirmed()
        else:
            night.payment_in_doubt("the bank asked to confirm and nobody has answered in time: confirm or refuse it")
            night.call_for_unsettled()
        return Phase.PROVE

    def proves(self, worker: Worker, luck: Luck) -> Phase:
        if luck in {Luck.FAULT, Luck.CRASH}:
            worker.night.failed("My Bookings: 520")
        else:
            worker.night.payment_settled(self.world.bookings(worker.login), confirmed=worker.confirmed)
        return Phase.AFTER

    def comes_to_its_end(self, worker: Worker, luck: Luck) -> Phase:
        """The watch looks once more; then, or at last, the books are closed."""
        night = worker.night
        if luck is Luck.DECLINED and night.unanswered and worker.charge and worker.charge.state == "refused":
            night.declined_late("the card portal says, late: Card declined")
            return Phase.AFTER
        if luck in {Luck.WELL, Luck.LOST} and night.unsettled:
            self.world.passes(timedelta(minutes=1))
            night.payment_settled(self.world.bookings(worker.login), confirmed=False)
            return Phase.AFTER
        if luck is not Luck.CRASH and night.watched and not night.stopped and not night.declined_for:
            self.world.passes(timedelta(minutes=5))
            return self.looks_for_what_came_back(worker, luck)
        del self.workers[worker.login]
        self.closed(worker)
        self.end_run_if_all_are_gone()
        return Phase.AFTER

    def looks_for_what_came_back(self, worker: Worker, luck: Luck) -> Phase:
        night = worker.night
        if night.unsettled and luck is not Luck.FAULT:
            night.payment_settled(self.world.bookings(worker.login), confirmed=False)
        back = {slot for want in night.watched for slot in want.slots if self.world.is_free(slot)}
        if night.unsettled:
            back = set()
        wants = [want for want in night.watched if back.intersection(want.slots)]
        others = {slot for want in wants for slot in want.slots if slot not in back}
        self.reach(worker, wants, others | {*night.held, *night.untouchable}, luck)
        return Phase.PAY if night.held else Phase.AFTER

    # What else happens

    @rule(
        what=st.sampled_from(["time", "bank", "site", "stranger", "stranger books"]),
        minutes=st.sampled_from([1, 20, 46]),
        slot=st.sampled_from(SLOTS),
        yes=st.booleans(),
    )
    def world_goes_on(self, what: str, minutes: int, slot: Slot, yes: bool) -> None:
        asked = [charge for charge in self.world.charges if charge.state == "asked"]
        match what:
            case "bank" if asked:  # Its customer answers late, or never.
                asked[0].state = "taken" if yes else "refused"
            case "site":  # It asks the portal by itself what was paid.
                for charge in self.world.charges:
                    if charge.state == "taken":
                        self.world.book(charge, timedelta())
            case "stranger" | "stranger books":
                if self.world.hold("stranger", slot) and what == "stranger books":
                    self.world.places[slot].holder, self.world.places[slot].booked_by = "", "stranger"
            case _:
                self.world.passes(timedelta(minutes=minutes))

    @precondition(lambda self: self.plan is None)
    @rule(
        what=st.sampled_from(["looks", "gets the money back", "gets the money back and says nothing", "renames"]),
        which=st.integers(0, 7),
    )
    def person_does_something(self, what: str, which: int) -> None:
        """A person finds out what is true and says it, or gets the money back, or gives an account another name."""
        if what == "renames":
            one, other = NAMES["mother"]
            self.names["mother"] = other if self.names["mother"] == one else one
            return
        records = [each for each in self.ledger.states() if each.state in AT_STAKE]
        if not records:
            return
        slot = records[which % len(records)].slot
        if any(charge.state == "asked" and slot in charge.slots for charge in self.world.charges):
            return  # The bank still waits: nobody can know.
        if what != "looks":
            self.world.get_back(slot)
        if what == "gets the money back and says nothing":
            return
        verdict = SlotState.PAID if self.world.paid(slot) else SlotState.RELEASED
        if verdict is SlotState.PAID:
            self.said_to_be_paid.add(slot)
        for record in records:
            if record.slot == slot and record.state is not verdict:
                if record.state is SlotState.PAYING:
                    self.settle(record.account, slot, SlotState.UNKNOWN)
                self.settle(record.account, slot, verdict)

    def settle(self, key: str, slot: Slot, state: SlotState) -> None:
        self.ledger.record(
            run="by hand", account=key, slot=slot, state=state, why="a person looked", proof=Proof.PERSON
        )

    # What must hold

    def check_spending(self) -> None:
        """What is paid, or may be, stays below the ceilings of the run that has just clicked."""
        assert self.plan is not None
        plan = self.plan
        spent = {
            login: sum(
                charge.pence // len(charge.slots)
                for charge in self.world.charges
                for slot in charge.slots
                if charge.login == login and slot.date == plan.slot_day and charge.moves_money_for(slot)
            )
            for login in LOGINS
        }
        assert sum(spent.values()) <= plan.max_spend_pence, f"{spent} of {plan.max_spend_pence}"

    @invariant()
    def money_is_taken_once(self) -> None:
        for slot in SLOTS:
            assert len(self.world.paid(slot)) <= 1, f"{slot} is paid for twice: {self.world.paid(slot)}"

    @invariant()
    def what_may_be_paid_is_payable_by_nobody(self) -> None:
        feared = [slot for slot in SLOTS if self.world.may_be_paid(slot)]
        for key in KEYS:
            assert not self.ledger.payable(key, feared), f"{key} may pay for {feared}"
        for worker in self.workers.values():
            assert not set(worker.night.held).intersection(feared)
            assert not any(worker.night.has_held(row(slot)) for slot in feared)
            assert set(feared) & set(worker.night.unsettled) <= {
                record.slot for record in self.ledger.unsettled()
            }  # fmt: skip

    @invariant()
    def nothing_makes_it_payable(self) -> None:
        """Whoever says that it is held, or given back, is not believed; nor the basket, once a card was typed."""
        for record in self.ledger.states():
            if record.state not in AT_STAKE or not self.world.may_be_paid(record.slot):
                continue
            typed = any(charge.by_card for charge in self.world.charges if charge.moves_money_for(record.slot))
            for proof in (None, *([Proof.CARD_ASKED_FOR, Proof.IN_BASKET] if typed else [])):
                for state in (SlotState.HELD, SlotState.RELEASED, SlotState.INTENT):
                    try:
                        self.ledger.record(
                            run="hostile", account=record.account, slot=record.slot, state=state, why="so", proof=proof
                        )
                    except LedgerError:
                        continue
                    raise AssertionError(f"{record} became {state} by {proof}")

    @invariant()
    def what_is_paid_was_seen_to_be(self) -> None:
        for record in self.ledger.states():
            if record.state is SlotState.PAID:
                assert record.slot in self.world.listed | self.said_to_be_paid, record
            if record.state in UNSETTLED:
                clicked = [step for step in self.ledger.history(account=record.account) if step.slot == record.slot]
                assert any(step.why in set(Click) for step in clicked)

    def teardown(self) -> None:
        """Whatever has happened: the runs that follow come to their end, and tell of everything."""
        broken = sys.exc_info()[0] is not None
        try:
            if self.workers and not broken:
                self.all_go_well_from_here()
            for day in () if broken else DAYS:
                self.run_begins(day, ((8, 9), (9, 8), (8, 9)), True, Payment.PAY, 10 * PRICE, False)
                self.all_go_well_from_here()
                self.money_is_taken_once()
                self.what_may_be_paid_is_payable_by_nobody()
        finally:
            self.ledger.close()
            self.folder.cleanup()


TestMoney = Money.TestCase
TestMoney.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
