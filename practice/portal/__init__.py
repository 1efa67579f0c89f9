"""The card portal of the practice venue: its own pages, on its own address."""
