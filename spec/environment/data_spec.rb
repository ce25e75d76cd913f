# frozen_string_literal: true

RSpec.describe 'data of the environment', type: :host do
  let(:facts) { RecordedFacts['debian-13'] }
  let(:key) { 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDEYHk7aKNlXZp5lZt2Lm0M8sEZC+qqQz1w0rVZ9jvxX a@b' }

  it "takes Hiera data from the node's record" do
    catalog = compile_environment(
      facts: facts, classes: { 'login_allowed' => {} }, parameters: { 'data' => { 'login_allowed::keys' => [key] } }
    )
    expect(catalog).to contain_file_line("login_allowed #{key}")
  end

  it 'does not give one node the data of the node compiled before it in the same process' do
    compile_environment(
      facts: facts, classes: { 'login_allowed' => {} }, parameters: { 'data' => { 'login_allowed::keys' => [key] } }
    )
    catalog = compile_environment(facts: facts, classes: { 'login_allowed' => {} }, certname: 'other')
    expect(catalog).not_to contain_file_line("login_allowed #{key}")
  end

  it 'refuses data that is no hash, and says where it is' do
    expect do
      compile_environment(facts: facts, classes: { 'login_allowed' => {} }, parameters: { 'data' => 'a string' })
    end.to raise_error(/the record's parameter `data` is a String/)
  end

  it 'takes no Hiera data from a fact, with which a node would speak for its record' do
    [{}, { 'data' => { 'login_allowed::keys' => [] } }].each do |parameters|
      expect do
        compile_environment(
          facts: facts.merge('data' => { 'login_allowed::keys' => [key] }), classes: { 'login_allowed' => {} },
          parameters: parameters
        )
      end.to raise_error(/this node has a fact called `data`/)
    end
  end

  it "uses the bucket that the record's data names, in every class" do
    catalog = compile_environment(
      facts: facts, classes: { 'puppet::ca' => {}, 'puppet::database' => {} },
      parameters: { 'data' => { 'puppet::node_bucket' => 's3://nodes' } }
    )
    expect(catalog).to contain_class('puppet::ca').with_node_bucket('s3://nodes')
    expect(catalog).to contain_class('puppet::database').with_node_bucket('s3://nodes')
  end
end
