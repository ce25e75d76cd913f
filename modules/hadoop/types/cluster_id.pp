# @summary What a format gives an HDFS for its life, such as CID-8bf63244-0510-4db6-a949-8f74b50f2be9
type Hadoop::Cluster_id = Pattern[/\A[A-Za-z0-9][\w.-]{0,254}\z/]
