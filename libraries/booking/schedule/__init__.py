"""From what people typed to days and hours."""
