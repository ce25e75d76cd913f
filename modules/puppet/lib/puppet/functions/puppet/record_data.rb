# frozen_string_literal: true

# @summary Hiera backend (`data_hash`) for the data in a node's record
#
# That is the top-scope variable `data`, which the ENC sets from the record's `parameters`, and
# `manifests/puppetmaster.pp` from the bootstrap's copy.
Puppet::Functions.create_function(:'puppet::record_data', Puppet::Functions::InternalFunction) do
  # @param options
  #   Not used: the data comes with the node.
  # @param context
  #   What Hiera gives to a backend.
  # @return [Hash]
  #   The node's own data; empty when its record has none.
  dispatch :record_data do
    scope_param
    param 'Hash', :options
    param 'Puppet::LookupContext', :context
    return_type 'Hash[RichDataKey, RichData]'
  end

  # Facts become variables of the top scope too: where the record has no data, a node's own words would stand
  # for it.
  def record_data(scope, _options, _context)
    top = scope.compiler.topscope
    if (top['facts'] || {}).key?('data')
      raise Puppet::DataBinding::LookupError, 'this node has a fact called `data`, the name of what its record says'
    end

    data = top.exist?('data') ? top['data'] : nil
    return {} if data.nil?
    return data if data.is_a?(Hash)

    raise Puppet::DataBinding::LookupError,
          "the record's parameter `data` is a #{data.class}; it must be a hash of Hiera keys and values"
  end
end
