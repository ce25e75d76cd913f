"""How many nodes one master carries: `bench/scale`."""
