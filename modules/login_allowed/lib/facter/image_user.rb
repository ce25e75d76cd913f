# frozen_string_literal: true

require 'yaml'

# The image's default user, as cloud-init's configuration names it: `debian` on one image, `admin` on another.
Facter.add(:image_user) do
  confine { File.readable?('/etc/cloud/cloud.cfg') }
  setcode do
    files = ['/etc/cloud/cloud.cfg', *Dir.glob('/etc/cloud/cloud.cfg.d/*.cfg')]
    names = files.filter_map do |file|
      config = YAML.safe_load(File.read(file), aliases: true)
      config.dig('system_info', 'default_user', 'name') if config.is_a?(Hash)
    rescue Psych::Exception, SystemCallError, TypeError => e
      Facter.warn("image_user: #{file} cannot be read as cloud-init's configuration: #{e.message}")
      nil
    end
    names.last
  end
end
