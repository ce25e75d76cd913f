# Fails, as sites' code does now and then.
class differential::broken {
  fail("not on ${facts['os']['name']}")
}
