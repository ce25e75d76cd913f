# @summary Where a role of this node's cluster is, undef while nobody knows
#
# A node knows its own roles without being told. Call it from a define: these are
# evaluated after all classes, so the roles of this node are known by then.
#
# @param role The role that is looked for
# @return Its address and port
# @api private
function hadoop::partner(Hadoop::Role $role) >> Optional[Hadoop::Partner] {
  if defined(Class["hadoop::${role}"]) {
    { 'address' => $facts['networking']['fqdn'], 'port' => getvar("hadoop::${role}::port") }
  } else {
    $hadoop::partners[$role]
  }
}
