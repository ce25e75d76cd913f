# @summary Fail if another active node already has this role in the cluster
#
# @param role The role
# @return Nothing
# @api private
function hadoop::claim_role(Hadoop::Role $role) {
  $holder = $hadoop::partners[$role]
  if $holder and $holder['certname'] and $holder['certname'] != $trusted['certname'] {
    fail(@("END"/L))
      Cluster ${hadoop::cluster} has a ${role} already: ${holder['address']} (certname ${holder['certname']}). ${trusted['certname']} \
      (${facts['networking']['fqdn']}) cannot be another one: terminate one of them, or set hadoop::cluster.
      |- END
  }
}
