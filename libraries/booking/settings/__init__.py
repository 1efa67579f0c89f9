"""What a run is told from outside: settings, and what is secret of them."""
