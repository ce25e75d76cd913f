"""bench/launch: what starting many instances costs where AWS limits how often it may be asked."""
