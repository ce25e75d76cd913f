# frozen_string_literal: true

require 'json'

# The rack that follows from the availability zone: /us-east-1a. From what
# cloud-init has noted, so that it costs no request and works on every cloud.
Facter.add(:hadoop_rack) do
  confine { File.readable?('/run/cloud-init/instance-data.json') }

  setcode do
    data = JSON.parse(File.read('/run/cloud-init/instance-data.json'))
    zone = data.dig('v1', 'availability_zone')
    "/#{zone}" if zone.is_a?(String) && zone.match?(/\A[A-Za-z0-9_.-]+\z/)
  rescue JSON::ParserError, SystemCallError, TypeError => e
    Facter.warn("hadoop_rack: instance-data.json cannot be read: #{e.message}")
    nil
  end
end
