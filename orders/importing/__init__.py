"""Orders that come with a past: from a shop's export, its systems, or the demo's seed."""
