# A name that a certificate may be issued for (see Puppet::SSL::Base::VALID_CERTNAME), in the form
# that cannot be taken for a path.
type Puppet::Certname = Pattern[/\A[a-z0-9]([a-z0-9._-]{0,252}[a-z0-9])?\z/]
