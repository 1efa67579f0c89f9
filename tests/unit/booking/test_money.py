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

from booking.account.account_run import AccountRun
from booking.account.account_state import HOLD_LASTS, StopError
from booking.account.advice import settle_command
from booking.account.hold_strategy import Step, StepKind
from booking.errors import LedgerError
from booking.ledger.ledger import Ledger
from booking.ledger.states import AT_STAKE, UNSETTLED, Click, Event, Proof, SlotState
from booking.model import Account, Payment, Plan, Slot, Wish, account_key
from booking.outcomes import Outcome
from booking.site.pages import Basket, BookingRow, HourState
from booking.site.responses import HoldResponse, ResponseKind

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
class SoldSlot:
    """One slot, as the site has it."""

    holder: str = ""
    until: datetime = STARTED
    booked_by: str = ""
    listed_from: datetime | None = None
    """When My Bookings begins to list it; None: never."""


@dataclass(slots=True)
class BankCharge:
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


class SimulatedWorld:
    """The site and the bank."""

    def __init__(self) -> None:
        self.now = STARTED
        self.places = {slot: SoldSlot() for slot in SLOTS}
        self.charges: list[BankCharge] = []
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

    def book(self, charge: BankCharge, listed_after: timedelta | None) -> bool:
        """The site hears that it was paid; what lies in the basket no longer cannot be booked."""
        there = [slot for slot in charge.slots if self.places[slot].holder == charge.login]
        for slot in there:
            place = self.places[slot]
            place.holder, place.booked_by = "", charge.login
            place.listed_from = self.now + listed_after if listed_after is not None else None
        return len(there) == len(charge.slots)

    def paid(self, slot: Slot) -> list[BankCharge]:
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


class WorkerPhase(StrEnum):
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
    account_run: AccountRun
    phase: WorkerPhase = WorkerPhase.NEW
    charge: BankCharge | None = None
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
        self.world = SimulatedWorld()
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
            wishes=tuple(self.wishes(day, dict(zip(LOGINS, wishes, strict=True)), many=many)),
            watch_until=self.world.now + timedelta(hours=1) if watch else None,
            basket_url="https://site.example.test/basket/",
            family=tuple(account.key for account in accounts.values()),
        )
        self.plan = plan
        self.ledger.start_run(plan.run, day, [account.key for account in plan.accounts])
        self.workers = {
            login: Worker(login, AccountRun(plan, accounts[login].key, self.ledger, now=lambda: self.world.now))
            for login in LOGINS
        }

    def account(self, login: str) -> Account:
        court = COURTS[login]
        url = f"https://site.example.test/courses/detail/{170 + court}/practice-fields-tennis-court-{court}/"
        return Account(self.names[login], f"{login}@example.test", court, url)

    def wishes(self, day: date, wishes: dict[str, tuple[int, ...]], *, many: bool) -> Iterable[Wish]:
        """Yield what is wanted: as in a plan, no two accounts want the same slot first."""
        first_of: dict[Slot, str] = {}
        for login, hours in wishes.items():
            slots = [Slot(COURTS[login], day, hour) for hour in hours]
            for wished in [slots[:1], slots[1:]] if many else [slots]:
                left = [slot for slot in wished if first_of.get(slot, login) == login]
                if left and left[0] not in first_of:
                    first_of[left[0]] = login
                    yield Wish(account_key(self.names[login]), tuple(left), "Booking Schedule, row 2")

    @precondition(lambda self: self.workers)
    @rule(ends=st.lists(st.sampled_from(["killed", "asked to end", "killed"]), min_size=1, max_size=3))
    def workers_end(self, ends: list[str]) -> None:
        for worker, how in zip(list(self.workers.values()), ends, strict=False):
            del self.workers[worker.login]
            if how == "asked to end":
                self.closed(worker)
        self.end_run_if_all_are_gone()

    @precondition(lambda self: any(worker.phase is not WorkerPhase.NEW for worker in self.workers.values()))
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
            AccountRun(plan, account.key, self.ledger, now=lambda: self.world.now).record_abandoned(
                "the worker was killed"
            )
        self.ledger.end_run(plan.run, 0)
        self.check_what_was_told(plan)

    def closed(self, worker: Worker) -> None:
        held = worker.account_run.held
        worker.account_run.close()
        calls = self.calls(worker.account_run.plan)
        told = {each.slot: each for each in self.ledger.outcomes(worker.account_run.plan.run)}
        for slot in held:
            if not told[slot].outcome.satisfied:
                assert "held until" in told[slot].why
                assert any(str(slot) in call.partition("Held and not paid: ")[2] for call in calls), calls

    def calls(self, plan: Plan) -> list[str]:
        return [text for _, _, text in self.ledger.events(plan.run, Event.CALL)]

    def check_what_was_told(self, plan: Plan) -> None:
        outcomes = self.ledger.outcomes(plan.run)
        assert sorted((each.account, each.wanted) for each in outcomes) == sorted(
            (wish.account, wish.first) for wish in plan.wishes
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
        until=st.sampled_from([phase for phase in WorkerPhase if phase not in {WorkerPhase.CREDIT, WorkerPhase.CARD}]),
        luck=st.sampled_from([Luck.WELL, Luck.FAULT, Luck.CRASH, Luck.LOST, Luck.DECLINED]),
        in_time=st.booleans(),
        then=THEN,
    )
    def worker_goes_on(self, login: str, until: WorkerPhase, luck: Luck, in_time: bool, then: str) -> None:
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
        self.goes_on_until(login, WorkerPhase.CREDIT, luck, listed_after, in_time=True, then=then)

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
        self.goes_on_until(login, WorkerPhase.CARD, luck, listed_after, in_time=True, then=then)

    def goes_on_until(
        self, login: str, until: WorkerPhase, luck: Luck, listed_after: timedelta | None, *, in_time: bool, then: str
    ) -> None:
        """All goes well for one account up to some point, and there it goes as luck will have it."""
        worker = self.workers.get(login) or next(iter(self.workers.values()))
        for _ in range(len(WorkerPhase)):
            if worker.phase in {until, WorkerPhase.AFTER}:
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
        steps: dict[WorkerPhase, Callable[[], WorkerPhase]] = {
            WorkerPhase.NEW: lambda: self.takes_stock(worker, luck),
            WorkerPhase.STOCK: lambda: self.holds(worker, luck),
            WorkerPhase.PAY: lambda: self.opens_the_basket(worker, luck),
            WorkerPhase.CREDIT: lambda: self.makes_the_booking(worker, luck, listed_after),
            WorkerPhase.CARD: lambda: self.pays_by_card(worker, luck, listed_after),
            WorkerPhase.BANK: lambda: self.waits_for_the_bank(worker, listed_after, in_time=in_time),
            WorkerPhase.PROVE: lambda: self.proves(worker, luck),
            WorkerPhase.AFTER: lambda: self.comes_to_its_end(worker, luck),
        }
        try:
            worker.phase = steps[worker.phase]()
        except StopError:
            worker.phase = WorkerPhase.AFTER

    def takes_stock(self, worker: Worker, luck: Luck) -> WorkerPhase:
        account_run = worker.account_run
        if not account_run.wanted and not account_run.has_earlier_payments_to_settle:
            return WorkerPhase.AFTER
        if luck is Luck.DECLINED:
            account_run.stop_here(Outcome.LOGIN_REFUSED, "the site refuses the password: correct it")
        if luck in {Luck.FAULT, Luck.CRASH}:
            account_run.record_failure("My Bookings: 520")
            return WorkerPhase.AFTER
        account_run.stock.compare_with_plan(self.world.bookings(worker.login), self.world.basket(worker.login))
        return WorkerPhase.STOCK

    def holds(self, worker: Worker, luck: Luck) -> WorkerPhase:
        if luck is Luck.CRASH:
            worker.account_run.record_failure("the browser is gone")
        else:
            account_run = worker.account_run
            account_run.prepare_to_hold(())
            self.take_steps(worker, account_run.begin_holding(), luck)
        return WorkerPhase.PAY

    def take_steps(self, worker: Worker, step: Step, luck: Luck) -> None:
        """Hold what can be had."""
        account_run, lost = worker.account_run, luck is Luck.LOST
        while step.kind is not StepKind.DONE:
            if step.kind is StepKind.LOOK:
                free = self.world.is_free(step.request.slot)
                step = account_run.take_calendar(step, HourState.FREE if free else HourState.CLOSED)
            elif step.kind is StepKind.CHECK:
                step = account_run.take_basket(step, self.world.basket(worker.login))
            else:
                responses = []
                for request in step.requests:
                    granted = self.world.hold(worker.login, request.slot)
                    kind = ResponseKind.HELD if granted else ResponseKind.REFUSED
                    responses.append(HoldResponse(ResponseKind.SILENT if lost else kind, "no answer" if lost else ""))
                    lost = False
                step = account_run.take_responses(step, responses)
        account_run.end_holding()

    def opens_the_basket(self, worker: Worker, luck: Luck) -> WorkerPhase:
        account_run = worker.account_run
        if not account_run.held:
            return WorkerPhase.AFTER
        account_run.about_to_pay()
        if luck in {Luck.FAULT, Luck.CRASH}:
            account_run.record_failure("the basket: 520")
            return WorkerPhase.AFTER
        account_run.payment.check_basket(self.world.basket(worker.login))
        if account_run.plan.payment is Payment.REHEARSE:
            return self.rehearses(worker, luck)
        account_run.payment.record_payment_intent(by_card=False)
        return WorkerPhase.CREDIT

    def rehearses(self, worker: Worker, luck: Luck) -> WorkerPhase:
        ours = worker.account_run.plan.run
        for line in self.world.basket(worker.login).lines:
            if worker.account_run.payment.has_held(line) and luck is not Luck.LOST:
                slot = next(slot for slot in SLOTS if row(slot) == line)
                assert not self.world.may_be_paid(slot), f"{slot} may be paid, and is given back"
                steps = [step for step in self.ledger.history(run=ours) if step.slot == slot]
                assert any(step.why == "in the basket" for step in steps), f"{slot} was not held by {ours}"
                self.world.places[slot].holder = ""
        worker.account_run.payment.record_rehearsal(self.world.basket(worker.login))
        return WorkerPhase.AFTER

    def makes_the_booking(self, worker: Worker, luck: Luck, listed_after: timedelta | None) -> WorkerPhase:
        """The site books at once where the credit suffices; else it leads to where a card is typed."""
        world, account_run, login = self.world, worker.account_run, worker.login
        worker.charge, worker.confirmed = None, False
        slots = world.in_basket(login)
        total = PRICE * len(slots)
        assert set(slots) <= set(account_run.sent), "the site is sent what the ledger does not know of"
        does = luck not in {Luck.FAULT, Luck.CRASH, Luck.NO_MONEY} and slots
        books = does and world.credit[login] >= total
        if books:
            world.credit[login] -= total
            worker.charge = BankCharge(login, slots, total, by_card=False, state="taken")
            world.charges.append(worker.charge)
            world.book(worker.charge, listed_after)
            self.check_spending()
        if luck is Luck.CRASH:
            account_run.record_failure("the browser is gone")
            return WorkerPhase.AFTER
        if luck is Luck.LOST or not does:
            return self.finds_out(worker, shows_basket=luck is Luck.FAULT)
        if books:
            account_run.payment.record_confirmation()
            worker.confirmed = True
            return WorkerPhase.PROVE
        return self.comes_to_the_last_button(worker, total, luck)

    def finds_out(self, worker: Worker, *, shows_basket: bool) -> WorkerPhase:
        """The basket was sent, and has led neither to a payment nor to the card."""
        account_run, world = worker.account_run, self.world
        if is_listed(account_run.sent, world.bookings(worker.login), account_run.account.facility):
            return WorkerPhase.PROVE
        if shows_basket or is_listed(account_run.sent, world.basket(worker.login).lines, account_run.account.facility):
            account_run.payment.record_payment_not_sent(Proof.IN_BASKET)
            account_run.stop_here(Outcome.SITE_ERROR, 'the site did not take "Make Booking": nothing was paid')
        return WorkerPhase.PROVE

    def comes_to_the_last_button(self, worker: Worker, total: int, luck: Luck) -> WorkerPhase:
        account_run = worker.account_run
        account_run.payment.record_payment_not_sent(Proof.CARD_ASKED_FOR)
        account_run.payment.check_card()
        more = FEE if luck in {Luck.FEE, Luck.SURCHARGE} else 0
        fee = FEE if luck is Luck.FEE else None
        for last in (False, True):
            account_run.payment.check_amount(total + more, fee, last=last)
        assert luck is not Luck.SURCHARGE, "what the portal adds without a word is paid"
        account_run.payment.check_card()
        account_run.payment.record_payment_intent(by_card=True)
        slots = self.world.in_basket(worker.login)
        worker.charge = BankCharge(worker.login, slots, PRICE * len(slots) + more, by_card=True)
        known = sum(
            each.pence or 0
            for each in self.ledger.states(account=account_run.account.key)
            if each.slot in account_run.sent
        )
        assert known == worker.charge.pence, f"{known} is expected and {worker.charge.pence} charged"
        return WorkerPhase.CARD

    def pays_by_card(self, worker: Worker, luck: Luck, listed_after: timedelta | None) -> WorkerPhase:
        account_run, world, charge = worker.account_run, self.world, worker.charge
        assert charge is not None
        refused = {Luck.DECLINED, Luck.DECLINED_ODDLY, Luck.NO_MONEY, Luck.FAULT}
        charge.state = "refused" if luck in refused else "asked" if luck is Luck.BANK else "taken"
        world.charges.append(charge)
        self.check_spending()
        heard = luck in {Luck.WELL, Luck.FEE, Luck.SURCHARGE, Luck.LOST} and world.book(charge, listed_after)
        match luck:
            case Luck.CRASH:
                account_run.record_failure("the browser is gone")
                return WorkerPhase.AFTER
            case Luck.BANK:
                account_run.payment.bank_asks(account_run.payment.time_for_the_bank(timedelta(minutes=10)))
                return WorkerPhase.BANK
            case Luck.DECLINED:
                try:
                    account_run.payment.stop_after_declined_card("the card portal says: Card declined")
                finally:
                    assert set(charge.slots) <= set(account_run.held), "what was declined is held as before"
            case Luck.DECLINED_ODDLY | Luck.NO_MONEY | Luck.FAULT | Luck.STRANGE_ERROR:
                account_run.payment.record_doubt(
                    'the payment was sent and the portal showed a page: "A problem was encountered"'
                )
            case _ if heard and luck is not Luck.LOST:
                account_run.payment.record_confirmation()
                worker.confirmed = True
            case _:
                account_run.payment.record_doubt("the payment was sent and no answer was seen")
        return WorkerPhase.PROVE

    def waits_for_the_bank(self, worker: Worker, listed_after: timedelta | None, *, in_time: bool) -> WorkerPhase:
        account_run, charge = worker.account_run, worker.charge
        assert charge is not None
        if in_time and charge.state == "asked":
            self.world.passes(timedelta(minutes=2))
            charge.state = "taken"
            worker.confirmed = self.world.book(charge, listed_after)
        else:
            self.world.passes(account_run.payment.time_for_the_bank(timedelta(minutes=10)))
        if worker.confirmed:
            account_run.payment.record_confirmation()
        else:
            why = "the bank asked to confirm and nobody has answered in time: confirm or refuse it"
            account_run.payment.record_doubt(why)
            account_run.payment.call_for_unsettled()
        return WorkerPhase.PROVE

    def proves(self, worker: Worker, luck: Luck) -> WorkerPhase:
        if luck in {Luck.FAULT, Luck.CRASH}:
            worker.account_run.record_failure("My Bookings: 520")
        else:
            worker.account_run.payment.record_bookings(self.world.bookings(worker.login), confirmed=worker.confirmed)
        return WorkerPhase.AFTER

    def comes_to_its_end(self, worker: Worker, luck: Luck) -> WorkerPhase:
        """The watch looks once more; then, or at last, the books are closed."""
        account_run = worker.account_run
        if luck is Luck.DECLINED and account_run.unanswered and worker.charge and worker.charge.state == "refused":
            account_run.payment.record_late_decline("the card portal says, late: Card declined")
            return WorkerPhase.AFTER
        if luck in {Luck.WELL, Luck.LOST} and account_run.unsettled:
            self.world.passes(timedelta(minutes=1))
            account_run.payment.record_bookings(self.world.bookings(worker.login), confirmed=False)
            return WorkerPhase.AFTER
        goes_on = not account_run.stopped and not account_run.payment.declined_for
        if luck is not Luck.CRASH and account_run.watched and goes_on:
            self.world.passes(timedelta(minutes=5))
            return self.looks_for_what_came_back(worker, luck)
        del self.workers[worker.login]
        self.closed(worker)
        self.end_run_if_all_are_gone()
        return WorkerPhase.AFTER

    def looks_for_what_came_back(self, worker: Worker, luck: Luck) -> WorkerPhase:
        account_run = worker.account_run
        if account_run.unsettled and luck is not Luck.FAULT:
            account_run.payment.record_bookings(self.world.bookings(worker.login), confirmed=False)
        back = {slot for wish in account_run.watched for slot in wish.slots if self.world.is_free(slot)}
        if account_run.unsettled:
            back = set()
        self.take_steps(worker, account_run.begin_holding_returned(back), luck)
        return WorkerPhase.PAY if account_run.held else WorkerPhase.AFTER

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
            assert not set(worker.account_run.held).intersection(feared)
            assert not any(worker.account_run.payment.has_held(row(slot)) for slot in feared)
            assert set(feared) & set(worker.account_run.unsettled) <= {
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
