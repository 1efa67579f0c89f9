"""The sheet: accounts and schedule, and the log."""
