# frozen_string_literal: true

module PuppetMaster
  # Hiera's paths hold facts: `os/%{facts.os.name}.yaml`. A node says what its facts are, and one that says
  # that its system is called `../nodes/OTHER` would be given the data of another node. So what is put into
  # a path may lead neither upwards nor to the root.
  module HieraPaths
    VARIABLE = /%\{[^}]*\}/

    # @param config [Class] Puppet::Pops::Lookup::HieraConfig
    def self.install(config)
      unless config.method_defined?(:interpolate) && config.method_defined?(:resolve_paths)
        raise LoadError, "Puppet #{Puppet.version} makes Hiera's paths in another way: #{name} must follow it"
      end

      config.prepend(self)
    end

    # @param subject [String] a path, or part of one, as hiera.yaml has it
    def interpolate(subject, *)
      path = super
      return path unless path.is_a?(String) && strays?(subject, path)

      raise PuppetMaster.bad_request("The facts make Hiera's path #{subject.inspect} #{path.inspect}")
    end

    private

    def strays?(subject, path)
      declared = subject.gsub(VARIABLE, 'x')
      upwards(path) > upwards(declared) || (path.start_with?('/') && !declared.start_with?('/'))
    end

    def upwards(path)
      path.split('/').count('..')
    end
  end
end
