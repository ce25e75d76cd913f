# What every node gets besides the classes of its record: nothing. A node's classes come from the ENC;
# one that has none there would only be here by mistake, and must not pass for a configured node.
node default {
  if $facts['puppet_settings'] == undef {
    fail("${trusted['certname']}: the fact puppet_settings is missing; run `puppet agent --test` once more for its plug-ins")
  }
}
