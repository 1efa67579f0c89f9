"""The account: what the plan asks of it, whether it is logged in, and how it leaves."""

from __future__ import annotations

from pathlib import Path

from robot.api import SkipExecution, logger
from robot.api.deco import keyword
from robot.libraries.BuiltIn import BuiltIn

from booking.account.account_run import AccountRun
from booking.errors import BookingError, SettingsError
from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger
from booking.ledger.states import Event
from booking.model import Account, account_key
from booking.opening.start_gate import StartGate
from booking.opening.waiting import Waiting
from booking.outcomes import Outcome
from booking.plan import read_plan
from booking.site.markup import Markup
from Credentials import Credentials
from keywords.component import KeywordComponent

TAGS = ("account",)


class AccountKeywords(KeywordComponent):
    """Keywords about the account as a whole."""

    @keyword(tags=TAGS)
    def load_account(self, name: str, run_folder: Path) -> None:
        """Reads the plan of this run, and what it asks of the account.

        Args:
            name: the account's name; case and spaces do not matter.
            run_folder: folder of the run, which holds the plan.
        """
        plan = read_plan(run_folder / "plan.json")
        ledger = Ledger(run_folder.parent / LEDGER, plan.site)
        self.worker.account_run = AccountRun(plan, account_key(name), ledger, clean=_clean)
        self.worker.waiting = Waiting(plan, run_folder)
        self.worker.markup = Markup.of(BuiltIn().get_variables(no_decoration=True), plan.site_url)

    @keyword(tags=TAGS)
    def get_account(self) -> Account:
        """Returns the account: its name, email address of the sheet, court number and court address."""
        return self.account_run.account

    @keyword(tags=TAGS)
    def wait_for_start_gate(self, run_folder: Path) -> None:
        """Waits until fewer accounts are starting than the machine has cores, at most two minutes.

        Browsers that start side by side slow each other down, and the opening should find an idle machine. The place
        is left when this account is ready for the opening, or ends.
        """
        self.worker.gate = StartGate(run_folder)
        if not self.worker.gate.take():
            logger.warn("Started without waiting any longer for the other accounts to be ready")

    @keyword(tags=TAGS)
    def skip_unless_slots_are_wanted(self) -> None:
        """Skips the account's tasks when the plan asks nothing of it, and no payment of an earlier run is unsettled."""
        if not self.account_run.wanted and not self.account_run.has_earlier_payments_to_settle:
            raise SkipExecution(f"nothing is wanted for this account on {self.account_run.plan.slot_day:%A %d %B %Y}")

    @keyword(tags=TAGS)
    def skip_unless_logged_in(self) -> None:
        """Skips a task that needs a login which did not come about, with the reason."""
        if not self.worker.logged_in:
            raise SkipExecution(f"not logged in: {self.worker.reason}")

    @keyword(tags=TAGS)
    def skip_unless_slots_are_held(self) -> None:
        """Skips a task that needs held slots when there are none, with the reason."""
        if not self.account_run.held:
            raise SkipExecution(f"nothing is held that could be paid: {self.worker.reason}")
        self.account_run.about_to_pay()

    @keyword(tags=TAGS)
    def skip_unless_payments_are_unsettled(self) -> None:
        """Skips a task that looks again at a payment of this account, where none is unsettled."""
        if not self.account_run.unsettled:
            raise SkipExecution("every payment of this account is settled, or none was sent")

    @keyword(tags=TAGS)
    def record_login(self, email: str) -> None:
        """Remembers that the site has let the account in under this address."""
        self.worker.logged_in = True
        self.account_run.record_login(email)

    @keyword(tags=TAGS)
    def stop_here(self, outcome: Outcome, why: str) -> None:
        """Ends what the account can do, and names the outcome for everything that is still open.

        Args:
            outcome: one of the outcomes' names, e.g. ``login refused``.
            why: the reason in words a person can act on.
        """
        self.account_run.stop_here(outcome, why)

    @keyword(tags=TAGS)
    def clear_site_error(self) -> None:
        """Lets the account go on after a fault of the site that is going to be tried again.

        Raises:
            StopError: the account was stopped for another reason, e.g. a challenge page or a refused login.
        """
        self.account_run.clear_site_error()

    @keyword(tags=TAGS)
    def record_open_outcomes(self) -> None:
        """Gives every wanted slot that has no outcome yet the one that fits how far it came."""
        if not self.worker.loaded:
            return
        self.account_run.close()
        self.worker.leave_gate()
        self.worker.record_event(Event.LEFT)
        self.account_run.ledger.close()


def _clean(text: str) -> str:
    credentials = BuiltIn().get_library_instance("Credentials")
    if not isinstance(credentials, Credentials):
        raise BookingError("the library Credentials is not imported")
    try:
        return credentials.clean(text)
    except SettingsError:
        return text  # A worker that cannot read the secrets has typed none that a page could show.
