"""Plumbing without business words. A closed list; no models."""
