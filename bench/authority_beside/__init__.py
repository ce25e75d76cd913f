"""bench/authority: from request to certificate, at our CA and at puppetserver's."""
