# frozen_string_literal: true

RSpec.describe 'the timer of a node that waits', type: :host do
  let(:timer) { '/etc/systemd/system/puppet-agent-assembly.timer' }

  def namenode(partners)
    facts = RecordedFacts['debian-13'].merge('hadoop_partners' => partners)
    compile_environment(facts: facts, classes: { 'hadoop::namenode' => {} })
  end

  context 'on a namenode that knows no jobtracker' do
    let(:catalog) { namenode({}) }

    it 'runs the agent every 30 s, for the client configuration of YARN' do
      expect(catalog.resource("File[#{timer}]")).not_to be_nil
      expect(catalog.resource('Service[puppet-agent-assembly.timer]')[:ensure].to_s).to eq('running')
    end
  end

  context 'on a namenode that knows its jobtracker' do
    let(:catalog) { namenode('hadoop' => { 'jobtracker' => { 'address' => 'jt.example.com', 'port' => 8032 } }) }

    it 'removes the timer, if it is there, and neither stops the service that runs nor takes its unit away' do
      expect(catalog.resource('Service[puppet-agent-assembly.timer]')).to be_nil
      expect(catalog.resource("File[#{timer}]")).to be_nil
      exec = catalog.resource('Exec[remove the timer puppet-agent-assembly]')
      expect(exec[:onlyif]).to eq("test -e #{timer}")
      expect(exec[:command]).not_to include('.service')
      expect(exec[:command]).to match(/\Asystemctl disable --now puppet-agent-assembly\.timer && rm -f \S+\.timer && systemctl daemon-reload\z/)
    end

    it 'removes it after the daemons, so that a run that is cut short is repeated' do
      graph = catalog.to_ral.relationship_graph
      exec = graph.vertices.find { |resource| resource.ref == 'Exec[remove the timer puppet-agent-assembly]' }
      expect(graph.dependencies(exec).map(&:ref)).to include('Service[hadoop-hdfs-namenode]')
    end
  end
end
