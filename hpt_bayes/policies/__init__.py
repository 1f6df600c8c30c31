"""Trials of testing policies on simulated patients whose truth is known."""
