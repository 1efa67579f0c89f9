"""What a run is given from outside: settings, and what is secret of them."""
