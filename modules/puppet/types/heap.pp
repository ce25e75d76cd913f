# @summary Size of a Java heap, as `-Xmx` takes it
type Puppet::Heap = Pattern[/\A[1-9]\d*[kmgKMG]\z/]
