# frozen_string_literal: true

require_relative 'support/rack_helper'

RSpec.describe PuppetMaster::UnixSocketsOnly do
  # The two methods of PhusionPassenger::RequestHandler that matter, as Passenger 6 has them.
  let(:request_handler) do
    Class.new do
      def open
        create_tcp_socket('socket_dir' => '/run')
      end

      private

      def create_tcp_socket(_options)
        ['tcp://127.0.0.1:1', :socket]
      end

      def create_unix_socket_on_filesystem(options)
        ["unix:#{options['socket_dir']}/ruby.x", :socket]
      end
    end
  end

  it 'makes a worker open a Unix socket in place of the TCP port that every local user can reach' do
    described_class.install(request_handler)
    expect(request_handler.new.open).to eq(['unix:/run/ruby.x', :socket])
  end

  it 'does not start with a Passenger that it does not know how to keep from listening' do
    expect { described_class.install(Class.new) }.to raise_error(LoadError, /Passenger/)
  end
end
