# @summary Where a role of a cluster is: exported by the node that has it, realized on every node of the cluster
#
# @param cluster
#   The cluster's name.
# @param role
#   What can be reached there.
# @param address
#   The node's full name.
# @param port
#   The role's RPC port.
define hadoop::endpoint (
  Hadoop::Cluster $cluster,
  Hadoop::Role $role,
  Stdlib::Fqdn $address,
  Stdlib::Port $port,
) {
  file { "/etc/hadoop/partners.d/${cluster}.${role}.yaml":
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
    content => epp('hadoop/partner.yaml.epp', {
        'cluster' => $cluster,
        'role'    => $role,
        'address' => $address,
        'port'    => $port,
    }),
  }
}
