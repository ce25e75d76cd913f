# @summary How long a certificate or a revocation list holds: in seconds, or as puppetserver writes it, 1y30d12h
type Puppet::Life_time = Variant[Integer[60], Pattern[/\A([1-9][0-9]{0,8}[ydhms])+\z/]]
