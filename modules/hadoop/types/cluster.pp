# @summary Name of a cluster: part of file names and of exported resources' titles
type Hadoop::Cluster = Pattern[/\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z/]
