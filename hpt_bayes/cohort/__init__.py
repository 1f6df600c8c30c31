"""Many patients at once: a table in, a table out, the same answers as one case at a time."""
