"""The one place that rounds and renders; it knows rows and columns, never a kind of result."""
