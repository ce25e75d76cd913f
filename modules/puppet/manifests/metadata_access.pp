# @summary Lets a user reach the metadata service, which `puppet::metadata` closes
#
# @param user
#   A user of this host; the resource that makes it comes first.
#
# @example A master's workers read the node bucket with the instance's role
#   puppet::metadata_access { 'puppet': }
define puppet::metadata_access (
  Pattern[/\A[a-z_][a-z0-9_-]*\z/] $user = $name,
) {
  include puppet::metadata

  concat::fragment { "puppet-metadata user ${user}":
    target  => $puppet::metadata::rules,
    order   => '50',
    content => "    ${user},\n",
  }

  User <| title == $user |> -> Concat[$puppet::metadata::rules]
}
