"""bench/tunings: what each tuning of our master is worth, before and after in the same run."""
