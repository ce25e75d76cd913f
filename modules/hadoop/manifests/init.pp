# @summary What every node of a Hadoop cluster shares: its cluster, its memory, its configuration
#
# Include a role instead (hadoop::namenode, hadoop::jobtracker, hadoop::worker), from an ENC or a manifest, one or several on a host;
# set the parameters of this class in Hiera. It declares the stages `apt` and `hadoop-base`, so nothing else has to.
#
# @example A small node
#   hadoop::cluster: wordcount
#   hadoop::memory_mb: 2048
#   hadoop::properties:
#     hdfs-site: {dfs.blocksize: 64m}
#
# @param cluster
#   Nodes of one name find one another.
# @param memory_mb
#   Memory that Hadoop's daemons and containers may use on this node. Without it: the machine's, less a tenth (512 MiB at the least).
# @param vcores
#   What the NodeManager offers to containers. Without it: the machine's processors.
# @param container_mb
#   Memory of one map, reduce or application master container; a job can ask for another.
# @param heap_mb
#   Heaps of daemons of this node that shall not follow from memory_mb.
# @param replication
#   Copies of each block that is written.
# @param excluded
#   Full names of the workers that shall give away their blocks and get no more containers (a drain). The namenode's and the jobtracker's
#   daemons are told; the workers' own are not managed meanwhile.
# @param rack
#   This node's rack. Without it: its availability zone, or Hadoop's `/default-rack`.
# @param racks
#   Racks by hand, of hosts (names or addresses) and networks; they win over what hosts say of themselves.
# @param bind_host
#   Address that servers listen on. Not the node's own name, which at boot may still mean 127.0.1.1 (see manage_own_name).
# @param manage_own_name
#   Whether /etc/hosts gives this node's own name its address, in place of 127.0.1.1; cloud-init is kept from undoing it.
# @param health_wait
#   Seconds that a run gives the daemons of this node to be healthy before it fails; 0 looks at nothing.
# @param java_package
#   Package of the Java runtime.
# @param java_home
#   Where that package puts Java.
# @param package_ensure
#   `ensure` of Hadoop's packages.
# @param properties
#   Properties by file, on top of those that the module sets; merged deeply over Hiera's levels.
# @param environment
#   Variables for hadoop-env.sh, on top of those that the module sets.
# @param log4j
#   Lines for log4j.properties, on top of those that the module sets.
class hadoop (
  Stdlib::Absolutepath $java_home,
  String[1] $java_package,
  Hadoop::Cluster $cluster                             = 'hadoop',
  Optional[Hadoop::Megabytes] $memory_mb               = undef,
  Optional[Integer[1]] $vcores                         = undef,
  Hadoop::Megabytes $container_mb                      = 1024,
  Hash[Hadoop::Daemon, Hadoop::Megabytes] $heap_mb     = {},
  Integer[1, 512] $replication                         = 3,
  Array[Stdlib::Fqdn] $excluded                        = [],
  Hadoop::Rack $rack                                   = pick($facts['hadoop_rack'], '/default-rack'),
  Hash[Variant[Stdlib::IP::Address, Stdlib::Host], Hadoop::Rack] $racks = {},
  Stdlib::IP::Address::Nosubnet $bind_host             = '0.0.0.0',
  Boolean $manage_own_name                             = true,
  Integer[0, 3600] $health_wait                        = 120,
  String[1] $package_ensure                            = 'installed',
  Hadoop::Site $properties                             = {},
  Hash[Pattern[/\A[A-Z_][A-Z0-9_]*\z/], String] $environment = {},
  Hash[Pattern[/\A[\w.-]+\z/], String] $log4j          = {},
) {
  # Where PuppetDB, or this node's own memory, says that the others are.
  $partners = hadoop::partners($cluster)

  include hadoop::stages
  class { 'hadoop::apt': stage => 'apt' }
  class { 'hadoop::base': stage => 'hadoop-base' }

  hadoop::assembly { $cluster: }

  # For the day when PuppetDB has forgotten them: see the fact hadoop_partners.
  Hadoop::Endpoint <<| cluster == $cluster |>>
}
