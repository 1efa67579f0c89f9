"""The opening: when it is, how it is waited for, what comes after it."""
