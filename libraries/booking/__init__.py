"""What a night of booking means: days and hours, the opening, the plan, the sheet, the ledger.

Nothing in this package knows Robot Framework or a browser.
"""
