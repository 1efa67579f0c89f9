"""The booking site of the practice venue, and what it keeps."""
