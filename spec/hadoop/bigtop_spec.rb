# frozen_string_literal: true

require 'yaml'

# The example in docs/hadoop.md, as the operator's Hiera data of an Ubuntu node.
RSpec.describe "Bigtop's packages", type: :host do
  let(:data) { YAML.safe_load(File.read(File.join(ROOT, 'docs/hadoop.md'))[/^```yaml\n# Bigtop.*?^```$/m].lines[1..-2].join) }

  on_supported_systems(only: /ubuntu/) do |system, facts|
    context "on #{system}" do
      let(:catalog) do
        compile_environment(facts: facts, classes: { 'hadoop::namenode' => {}, 'hadoop::jobtracker' => {}, 'hadoop::worker' => {} },
                            parameters: { 'data' => data })
      end

      it 'come from its repository, checked with its key, which the host has' do
        expect(catalog.resource('File[/etc/apt/sources.list.d/hadoop.sources]')[:content])
          .to match(%r{^URIs: .*/ubuntu/22\.04/amd64\nSuites: bigtop\nComponents: contrib\nSigned-By: /etc/apt/keyrings/bigtop\.asc$})
        expect(catalog.resource('File[/etc/apt/keyrings/bigtop.asc]')).to be_nil
      end

      it 'run with the Java that they need, and with no other' do
        expect(catalog.resource('Package[openjdk-11-jre-headless]')).not_to be_nil
        expect(catalog.resources.map(&:title).grep(/\Aopenjdk/)).to eq(['openjdk-11-jre-headless'])
        expect(catalog.resource('File[/etc/hadoop/conf.puppet/hadoop-env.sh]')[:content])
          .to include('export JAVA_HOME="/usr/lib/jvm/java-11-openjdk-amd64"', 'export HDFS_NAMENODE_OPTS=')
      end

      it 'keep their own configuration and defaults' do
        files = catalog.resources.select { |resource| resource.type == 'File' }.map(&:title)
        expect(files.grep(%r{\A/etc/(default|hadoop/conf(\.empty)?(/|\z))})).to be_empty
        expect(catalog.resource("Exec[make Puppet's the Hadoop configuration in use]")[:command]).to include('hadoop-conf')
      end

      it 'are found by the tasks of jobs, in the folders that they and ours share' do
        mapred = catalog.resource('File[/etc/hadoop/conf.puppet/mapred-site.xml]')[:content]
        expect(mapred).to include('<name>mapreduce.application.classpath</name><value>/usr/lib/hadoop-mapreduce/*,')
      end
    end
  end
end
