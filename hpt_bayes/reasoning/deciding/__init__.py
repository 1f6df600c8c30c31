"""What to do now: actions, their utilities, what stands before them."""
