# @summary The run stages apt and hadoop-base, before main
#
# Packages start their daemons when they are installed, so package sources and all configuration come in stages before main.
#
# @api private
class hadoop::stages {
  ['apt', 'hadoop-base'].each |$stage| {
    unless defined(Stage[$stage]) {
      stage { $stage: }
    }
  }
  Stage['apt'] -> Stage['hadoop-base'] -> Stage['main']
}
