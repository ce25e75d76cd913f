"""All parts, one after another: `bench/all`."""
