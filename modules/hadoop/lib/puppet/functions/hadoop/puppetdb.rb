# frozen_string_literal: true

# @summary What PuppetDB answers, nothing where none is used
# @api private
Puppet::Functions.create_function(:'hadoop::puppetdb') do
  # @param query An AST query; of active nodes unless it says otherwise
  # @return its rows
  # @raise Puppet::Error if PuppetDB does not answer
  dispatch :puppetdb do
    param 'Array', :query
    return_type 'Array[Hash]'
  end

  def puppetdb(query)
    stored_configuration? ? call_function('puppetdb_query', query) : []
  end

  # The function comes with PuppetDB's terminus, which may be installed on a
  # host that does not use it (puppet apply).
  def stored_configuration?
    loader = closure_scope.compiler.loaders.private_environment_loader
    Puppet[:storeconfigs] && !loader.load(:function, 'puppetdb_query').nil?
  end
end
