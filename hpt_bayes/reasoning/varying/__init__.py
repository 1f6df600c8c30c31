"""How sure: the numbers of the model varied one at a time, two at a time, and all at once."""
