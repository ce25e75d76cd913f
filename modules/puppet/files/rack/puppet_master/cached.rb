# frozen_string_literal: true

module PuppetMaster
  # What is made of files, and made anew when one of them has been replaced.
  class Cached
    # @param paths [Array<String>]
    # @yield makes the value; what it raises is the caller's, who comes again
    def initialize(*paths, &make)
      @paths = paths
      @make = make
    end

    def value
      versions = @paths.map { |path| version(path) } # first: what is replaced meanwhile counts the next time
      return @value if @versions == versions

      @value = @make.call
      @versions = versions
      @value
    end

    private

    # @return [Array, nil] nil: there is no such file
    def version(path)
      stat = File.stat(path)
      [stat.ino, stat.size, stat.mtime]
    rescue Errno::ENOENT
      nil
    end
  end
end
