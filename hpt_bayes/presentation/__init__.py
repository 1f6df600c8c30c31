"""Pictures and pages of results; computes no probability."""
