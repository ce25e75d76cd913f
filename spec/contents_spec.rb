# frozen_string_literal: true

# What each role puts on a host: all resources of our modules, with what says who may do what with them. The
# tables in spec/contents are written by `make contents`; a change of the code shows there, line by line, to be
# read. With them some spec looks at each resource that our modules declare, which a run of all specs requires.

require 'yaml'
require_relative 'hadoop/support'

# A catalog's resources that our manifests declare, as the tables have them.
module Contents
  PARTNERS = [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]].freeze
  FOLDER = File.join(__dir__, 'contents')
  SHOWN = %i[ensure enable owner group mode gid home shell system target refreshonly user provider superuser].freeze

  MANIFESTS = %r{\A#{ROOT}/modules/(#{OURS.keys.join('|')})/manifests/}

  def self.of(catalog)
    catalog.to_a.select { |resource| ours?(resource) }.to_h { |resource| [resource.ref, shown(resource)] }.sort.to_h
  end

  def self.ours?(resource)
    return OURS.key?(resource.title.to_s.split('::').first.downcase) if resource.type == 'Class'

    resource.file.to_s.match?(MANIFESTS)
  end

  # Of the Forge's defines only that they are there: their defaults are not ours.
  def self.shown(resource)
    namespace = resource.type.split('::').first.downcase
    return '' if resource.type.include?('::') && !OURS.key?(namespace)

    SHOWN.filter_map { |name| "#{name}=#{resource[name]}" unless resource[name].nil? }.join(' ')
  end

  def self.table(name)
    file = File.join(FOLDER, "#{name}.yaml")
    File.exist?(file) ? YAML.safe_load_file(file) : {}
  end

  def self.write(name, contents)
    File.write(File.join(FOLDER, "#{name}.yaml"), YAML.dump(contents, line_width: -1))
  end
end

{
  'agent' => ['puppet::agent', {}],
  'board' => ['puppet::board', { puppetdb_url: 'https://db.example.com:8081', allow: ['alice'], users: { 'bob' => '$2y$05$x' } }],
  'ca' => ['puppet::ca', { node_bucket: 's3://nodes', notify_queue: 'https://sqs.eu-west-1.amazonaws.com/123456789012/q' }],
  'ca-with-a-folder' => ['puppet::ca', { node_bucket: 'file:///srv/nodes' }],
  'database' => ['puppet::database', { node_bucket: 's3://nodes' }],
  'master' => ['puppet::master', { node_bucket: 'https://nodes.s3.amazonaws.com' }],
  'metrics' => ['puppet::metrics', {}],
  'packages' => ['puppet::packages', { node_bucket: 's3://nodes' }],
  'login_allowed' => ['login_allowed', { keys: ['ssh-ed25519 AAAAC3Nz a@b'], revoked_keys: ['ssh-ed25519 AAAAC3Nx m@b'] }],
  'namenode' => ['hadoop::namenode', { mountpoints: ['/var/lib/hadoop-hdfs'] }],
  'jobtracker' => ['hadoop::jobtracker', {}],
  'secondarynamenode' => ['hadoop::secondarynamenode', { mountpoints: ['/var/lib/hadoop-hdfs/namesecondary'] }],
  'worker-that-waits' => ['hadoop::worker', {}, []],
  'worker' => ['hadoop::worker', { mountpoints: ['/var/lib/hadoop-hdfs/data'] }],
  'client' => ['hadoop::client', {}],
  'endpoint' => ['hadoop::endpoint', { cluster: 'hadoop', role: 'namenode', address: 'nn.example.com', port: 8020 }]
}.each do |name, (described, parameters, known)|
  RSpec.describe described, type: name == 'endpoint' ? :define : :class do
    partners = (known || Contents::PARTNERS).reject { |partner| partner[1] == name }
    let(:title) { 'hadoop namenode' } if name == 'endpoint'
    include_context 'with exports', partners if described.start_with?('hadoop::')
    let(:node) { NODE } if described.start_with?('hadoop::')
    let(:params) { parameters }

    it "puts on a host what spec/contents/#{name}.yaml lists" do
      contents = Contents.of(catalogue)
      Contents.write(name, contents) if ENV['CONTENTS'] == 'write'
      expect(contents).to eq(Contents.table(name)), -> { "`make contents` writes the table anew: #{contents.to_a - Contents.table(name).to_a}" }
      catalogue.to_a.select { |resource| contents.key?(resource.ref) }.each do |resource|
        is_expected.to send("contain_#{resource.type.downcase.gsub('::', '__')}", resource.title)
      end
    end
  end
end
