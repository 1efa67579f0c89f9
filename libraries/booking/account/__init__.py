"""One account in one run."""
