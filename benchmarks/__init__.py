"""Speed as ratios: our way beside a plain baseline, alternating, in one process and one run."""
