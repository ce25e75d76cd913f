# @summary A name that a certificate may be issued for, in the form that cannot be taken for a path
#
# See Puppet::SSL::Base::VALID_CERTNAME.
type Puppet::Certname = Pattern[/\A[a-z0-9]([a-z0-9._-]{0,252}[a-z0-9])?\z/]
