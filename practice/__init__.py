"""The practice venue (booking site and card portal) and the practice sheet: the world in small, on loopback."""
