"""Two studies ahead, exactly: what every pair of studies would show, from a compressed joint."""
