"""What to do next: the studies ranked, done together, planned ahead, and when to stop."""
