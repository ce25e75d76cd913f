# frozen_string_literal: true

require 'json'
require_relative '../puppet_x/hadoop/site'

# The rack that follows from the availability zone: /us-east-1a. From what
# cloud-init has noted, so that it costs no request and works on every cloud.
# Early in a boot, before that is there, the rack is what it was: daemons are
# not restarted for a moment's ignorance.
Facter.add(:hadoop_rack) do
  confine { File.exist?('/var/lib/cloud/instance') }

  setcode do
    begin
      known = JSON.parse(File.read('/run/cloud-init/instance-data.json'))['v1']
    rescue JSON::ParserError, SystemCallError, TypeError
      known = nil
    end

    if known.is_a?(Hash) && known.key?('availability_zone')
      zone = known['availability_zone']
      "/#{zone}" if zone.is_a?(String) && zone.match?(/\A[A-Za-z0-9_.-]+\z/)
    else
      PuppetX::Hadoop::Site.read('hdfs-site')['puppet.hadoop.rack']
    end
  end
end
