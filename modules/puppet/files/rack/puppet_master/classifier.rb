# frozen_string_literal: true

require 'io/wait'
require 'socket'

module PuppetMaster
  # Puppet runs the node classifier as a program, once a catalog: a fork of this large process, a Python that
  # starts. Its helper gives the same answers on a socket, which is asked here. Whatever is no whole document
  # from there - there is no helper, no such node, a malformed record - is left to the program, which finds
  # out the same and says it as Puppet expects it.
  module Classifier
    TIMEOUT = 15 # seconds; more than the helper takes for a silent store
    MAX_ANSWER = 16 * 1024 * 1024 # bytes
    PIECE = 64 * 1024
    DOCUMENT = /\A0 (\d+)\n(.*)\z/mn

    module_function

    # @param terminus [Class] Puppet::Node::Exec
    # @param command [String] the classifier's program, which `external_nodes` names too
    # @param socket [String] where its helper answers
    def install(terminus, command:, socket:)
      unless terminus.private_method_defined?(:execute)
        raise LoadError, "Puppet #{Puppet.version} classifies nodes in another way: #{name} must follow it"
      end

      terminus.prepend(Module.new do
        define_method(:execute) do |argv, options|
          (Classifier.ask(socket, argv.last) if argv[0..-2] == [command]) || super(argv, options)
        end
        private :execute
      end)
    end

    # @return [String, nil] the document; nil if there is none
    def ask(socket, certname)
      answer = Socket.unix(socket) do |link|
        link.write("#{certname}\n")
        read(link)
      end
      length, text = answer.match(DOCUMENT)&.captures
      text.force_encoding(Encoding::UTF_8) if length && text.bytesize == Integer(length, 10)
    rescue SystemCallError, IOError
      nil
    end

    # @return [String] all that the helper says; nothing of it if that is too much, or takes too long
    def read(link)
      deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + TIMEOUT
      answer = String.new
      loop do
        return '' if answer.bytesize > MAX_ANSWER

        case piece = link.read_nonblock(PIECE, exception: false)
        when nil then return answer
        when :wait_readable
          return '' unless link.wait_readable([deadline - Process.clock_gettime(Process::CLOCK_MONOTONIC), 0].max)
        else answer << piece
        end
      end
    end
  end
end
