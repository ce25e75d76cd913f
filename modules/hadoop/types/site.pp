# @summary Properties by the file that they belong to
type Hadoop::Site = Struct[{
    Optional['core-site']          => Hadoop::Properties,
    Optional['hdfs-site']          => Hadoop::Properties,
    Optional['mapred-site']        => Hadoop::Properties,
    Optional['yarn-site']          => Hadoop::Properties,
    Optional['capacity-scheduler'] => Hadoop::Properties,
}]
