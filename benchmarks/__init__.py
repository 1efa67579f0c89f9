"""How fast the suite holds, and what it costs, measured beside bare scripts at the practice venue."""
