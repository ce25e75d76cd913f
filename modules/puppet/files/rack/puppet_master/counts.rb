# frozen_string_literal: true

module PuppetMaster
  # Numbers by name in a small file, which all workers add to: `NAME NUMBER`, one a line. For `puppet_metrics`.
  class Counts
    MAX_BYTES = 64 * 1024

    # @param path [String, nil] in a folder that the workers may write to; nil: nothing is counted
    def initialize(path = nil)
      @path = path
    end

    # What cannot be counted is not: no answer depends on it.
    def add(name)
      return if @path.nil?

      File.open(@path, File::RDWR | File::CREAT | File::NOFOLLOW, 0o644) do |file|
        file.flock(File::LOCK_EX)
        write(file, parse(file.read(MAX_BYTES)).tap { |counts| counts[name] += 1 })
      end
    rescue SystemCallError => e
      Puppet.warning("#{@path}: #{e.message}")
    end

    private

    def parse(text)
      text.to_s.scan(/^(\w+) (\d+)$/).each_with_object(Hash.new(0)) { |(name, number), counts| counts[name] = number.to_i }
    end

    def write(file, counts)
      text = counts.map { |name, number| "#{name} #{number}\n" }.join
      file.rewind
      file.write(text)
      file.flush
      file.truncate(text.bytesize)
    end
  end
end
