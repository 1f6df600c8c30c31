"""What was seen: findings, units, readings, derived quantities and case files; nothing here knows what is believed."""
