# @summary An amount of memory in MiB that a JVM can run with
type Hadoop::Megabytes = Integer[64, 16777216]
