# frozen_string_literal: true

require 'fileutils'
require 'tmpdir'

# `puppet apply` on a host with an agent finds the facts twice: in the module, and as the agent has synchronized them.
RSpec.describe 'what facts of hadoop share' do
  library = File.join(ROOT, 'modules/hadoop/lib/puppet_x')

  %w[site drain].each do |name|
    it "is loaded once, though there is a second copy: #{name}" do
      require File.join(library, 'hadoop', name)
      Dir.mktmpdir do |copy|
        FileUtils.cp_r(library, copy)
        expect { require File.join(copy, 'puppet_x/hadoop', name) }.not_to output.to_stderr
      end
    end
  end
end
