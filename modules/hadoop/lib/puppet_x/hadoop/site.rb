# frozen_string_literal: true

return if defined?(PuppetX::Hadoop::Site) # puppet apply finds two copies, the agent's too

require 'cgi'

module PuppetX; end
module PuppetX::Hadoop; end

# What this module wrote into a *-site.xml, read back by the facts: one property a line (templates/site.xml.epp).
module PuppetX::Hadoop::Site
  DIRECTORY = '/etc/hadoop/conf.puppet'
  PROPERTY = %r{<name>([^<]*)</name><value>([^<]*)</value>}

  # @return [Hash] the properties of a file, none if there is no such file
  def self.read(name, directory = DIRECTORY)
    path = File.join(directory, "#{name}.xml")
    return {} unless File.file?(path)

    File.read(path, encoding: 'UTF-8').scan(PROPERTY).to_h { |key, value| [key, CGI.unescapeHTML(value)] }
  end

  # @return [Array<String>] paths in a property such as `file:///data/1,[SSD]file:///data/2`
  def self.directories(value)
    value.to_s.split(',').map { |uri| uri.strip.sub(/\A\[\w+\]/, '').sub(%r{\Afile:(//)?}, '') }.grep(%r{\A/})
  end
end
