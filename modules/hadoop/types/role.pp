# @summary Roles that other nodes must know the address of
type Hadoop::Role = Enum['namenode', 'jobtracker']
