# frozen_string_literal: true

require_relative '../puppet_x/hadoop/drain'

# How far the nodes that hadoop::excluded names are, on the namenode and on the jobtracker; absent while nobody is excluded.
# {namenode: {NAME: {state, alive, blocks_left, only_replicas}}, live_datanodes, missing_blocks, replication,
#  jobtracker: {NAME: {state, containers}}, error, at}
Facter.add(:hadoop_drain) do
  confine kernel: 'Linux'
  setcode { PuppetX::Hadoop::Drain.new.status }
end
