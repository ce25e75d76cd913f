# @summary Users and the hashes of their passwords, as `htpasswd` prints them
type Puppet::Password_hashes = Hash[Pattern[/\A[A-Za-z0-9._@-]+\z/], Pattern[/\A\$[\w.\/$=,+-]+\z/]]
