# @summary A life time or interval in puppet.conf: seconds, or a number with a unit
# @see https://www.puppet.com/docs/puppet/8/configuration
type Puppet::Duration = Variant[Integer[0], Pattern[/\A\d+[smhdy]?\z/]]
