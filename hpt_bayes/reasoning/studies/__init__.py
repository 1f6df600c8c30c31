"""A single study: what it can show, whether it can be done now, what it costs and how much it tells."""
