"""bench/catalogs: our master beside puppetserver, on two equal hosts of the lab."""
