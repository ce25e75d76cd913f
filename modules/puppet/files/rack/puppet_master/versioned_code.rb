# frozen_string_literal: true

require 'open3'

module PuppetMaster
  # The site's code by version, through two programs of the site's, as puppetserver's settings
  # code-id-command and code-content-command have them.
  class VersionedCode
    TIMEOUT = 60 # seconds
    ENVIRONMENT = /\A\w+\z/
    # An id that begins with a dash could be taken for an option.
    CODE_ID = /\A[\w:;][\w:;-]*\z/
    # Files of modules, and no manifest, Hiera data or template.
    PATH = %r{\A[^/-][^/]*/[^/]+/(?:files|lib|scripts|tasks)/.+\z}

    # @param id [String, nil] program that is called with an environment and prints its code's id
    # @param content [String, nil] program that is called with an environment, a code id and a path in it, and
    #   prints that file
    def initialize(id: nil, content: nil)
      @id = id
      @content = content
    end

    # @return [String, nil] the id of the environment's code; nil where the site has no versions
    # @raise [RuntimeError] if the program fails, or prints what cannot be an id
    def id(environment)
      return nil if @id.nil?
      raise PuppetMaster.bad_request('A catalog needs an environment') unless name?(environment)

      id = run(@id, environment).force_encoding(Encoding::UTF_8).scrub.chomp
      raise "Invalid code id #{id.inspect} from #{@id}" unless id.match?(CODE_ID)

      id
    end

    # @return [String] the file's content
    def file(path, environment:, code_id:)
      raise PuppetMaster.bad_request('A file needs an environment and a code_id') if [environment, code_id].any? { |text| text.to_s.empty? }
      raise PuppetMaster.bad_request("Invalid environment #{environment.inspect}") unless name?(environment)
      raise PuppetMaster.bad_request("Invalid code_id #{code_id.inspect}") unless code_id.is_a?(String) && code_id.match?(CODE_ID)
      raise PuppetMaster.forbidden('Not in the folder files, lib, scripts or tasks of a module') unless path.match?(PATH)
      raise 'Cannot retrieve code content: this master has no code_content_command' if @content.nil?

      run(@content, environment, code_id, path)
    end

    private

    def name?(environment)
      environment.is_a?(String) && environment.match?(ENVIRONMENT)
    end

    # @return [String] what the program prints, as bytes
    def run(*argv)
      Open3.popen3(*argv, pgroup: true) do |input, output, errors, process|
        input.close
        readers = [output, errors].map { |stream| reader(stream) }
        finish(argv.first, process, readers)
        status = process.value
        printed = readers[0].value
        said = readers[1].value.force_encoding(Encoding::UTF_8).scrub
        raise "#{argv.first}: #{status.to_s.sub(/\Apid \d+ /, '')}: #{said[0, 500]}" unless status.success?

        Puppet.err("#{argv.first}: #{said[0, 500]}") unless said.strip.empty?
        printed
      end
    end

    def reader(stream)
      Thread.new { stream.binmode.read }.tap { |thread| thread.report_on_exception = false }
    end

    # Waits for the end of the program and of what it prints, which may be some other process's that it has
    # left behind.
    def finish(name, process, readers)
      deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + TIMEOUT
      return if [process, *readers].all? do |thread|
        thread.join([deadline - Process.clock_gettime(Process::CLOCK_MONOTONIC), 0].max)
      end

      Process.kill(:KILL, -process.pid)
      raise "#{name}: killed, since it did not end within #{TIMEOUT} s"
    end
  end
end
