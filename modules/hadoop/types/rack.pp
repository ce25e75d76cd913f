# @summary A rack, as a path of switches: /us-east-1a, /hall-2/rack-14
type Hadoop::Rack = Pattern[/\A(\/[A-Za-z0-9_.-]+)+\z/]
