# frozen_string_literal: true

module PuppetMaster
  # What is made of files, and made anew when one of them has been replaced.
  class Cached
    # @return [Array] another one when the file has been replaced or changed
    # @raise [SystemCallError] if there is none
    def self.version(path)
      stat = File.stat(path)
      [stat.ino, stat.size, stat.mtime, stat.ctime]
    end

    # @param paths [Array<String>]
    # @yield makes the value; what it raises is the caller's, who comes again
    def initialize(*paths, &make)
      @paths = paths
      @make = make
    end

    # @raise [SystemCallError] if a file is not there: what was made of it counts no longer
    def value
      versions = @paths.map { |path| self.class.version(path) } # first: what is replaced meanwhile counts the next time
      return @value if @versions == versions

      @value = @make.call
      @versions = versions
      @value
    end
  end
end
