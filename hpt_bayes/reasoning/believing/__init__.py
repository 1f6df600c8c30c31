"""What is believed after the findings, step by step, and what it would be had they been others."""
