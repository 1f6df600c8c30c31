"""What to do next: studies ranked, done together, planned ahead, and when to stop."""
