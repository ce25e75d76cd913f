# @summary Where a role of the cluster is; certname only when PuppetDB said so
type Hadoop::Partner = Struct[{
    address            => Stdlib::Fqdn,
    port               => Stdlib::Port,
    Optional[certname] => String[1],
}]
