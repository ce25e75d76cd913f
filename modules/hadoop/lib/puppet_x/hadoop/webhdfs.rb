# frozen_string_literal: true

require 'erb'
require 'json'
require 'net/http'

module PuppetX; end
module PuppetX::Hadoop; end

# The few calls of a NameNode's REST API (WebHDFS) that directories need.
class PuppetX::Hadoop::WebHdfs
  # WebHDFS refused the request.
  class Refused < StandardError; end

  # The NameNode does not serve yet, and may soon.
  class NotServing < StandardError; end

  UNREACHABLE = [SystemCallError, SocketError, EOFError, Net::OpenTimeout, Net::ReadTimeout].freeze
  STARTING = %w[SafeModeException RetriableException StandbyException].freeze

  # @param url http://HOST:PORT of the NameNode
  # @param user who the requests are made as
  # @param timeout seconds to wait for a NameNode that does not serve yet
  # @param pause seconds between two attempts
  def initialize(url:, user:, timeout:, pause: 0.5)
    @url = url
    @user = user
    @timeout = timeout
    @pause = pause
  end

  # @return the path's FileStatus, nil if there is no such path
  def status(path)
    call(Net::HTTP::Get, 'GETFILESTATUS', path)&.fetch('FileStatus')
  end

  def mkdirs(path, mode)
    call(Net::HTTP::Put, 'MKDIRS', path, permission: mode)
  end

  def chown(path, owner: nil, group: nil)
    call(Net::HTTP::Put, 'SETOWNER', path, { owner: owner, group: group }.compact)
  end

  def chmod(path, mode)
    call(Net::HTTP::Put, 'SETPERMISSION', path, permission: mode)
  end

  private

  def call(verb, operation, path, parameters = {})
    deadline = now + @timeout
    begin
      answer(verb, operation, path, parameters)
    rescue *UNREACHABLE, NotServing => e
      raise NotServing, "the NameNode at #{@url} does not serve after #{@timeout} s: #{e.message}" if now >= deadline

      sleep @pause
      retry
    end
  end

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end

  def answer(verb, operation, path, parameters)
    uri = uri(operation, path, parameters)
    # Net::HTTP would call an empty body a form, and the NameNode log a warning for each.
    request = verb.new(uri, 'Content-Type' => 'application/octet-stream')
    response = Net::HTTP.start(uri.host, uri.port, nil, open_timeout: 5, read_timeout: 30) { |http| http.request(request) }
    return refusal(response, "#{operation} #{path}") unless response.is_a?(Net::HTTPSuccess)

    response.body.to_s.empty? ? {} : JSON.parse(response.body)
  end

  def uri(operation, path, parameters)
    escaped = path.split('/').map { |part| ERB::Util.url_encode(part) }.join('/')
    URI("#{@url}/webhdfs/v1#{escaped}?#{URI.encode_www_form({ op: operation, 'user.name': @user }.merge(parameters))}")
  end

  def refusal(response, what)
    exception, message = JSON.parse(response.body).fetch('RemoteException').fetch_values('exception', 'message')
    return nil if exception == 'FileNotFoundException'
    raise NotServing, message if STARTING.include?(exception)

    raise Refused, "#{what}: #{exception}: #{message}"
  rescue JSON::ParserError, KeyError
    # The web server is up before WebHDFS is.
    raise NotServing, "HTTP #{response.code}"
  end
end
