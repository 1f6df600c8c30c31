"""Clinical formulas as small pure functions; no network, units in every name."""
