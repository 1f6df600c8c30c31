"""Questions asked of a compiled network, as pure functions; the definitions are in the module docstrings."""
