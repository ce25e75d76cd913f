# shellcheck shell=bash
# Sourced by bin/hadoop, hdfs, yarn and mapred, which set HADOOP_SHELL_EXECNAME (the command's name),
# HADOOP_COMPONENT (the package that its daemons belong to) and HADOOP_DAEMON_USER, then call hadoop_launch "$@".
# The commands are in NAME.commands beside this file. Variables and behaviour are those of Apache's launchers.

HADOOP_JAVA_MINIMUM=17
# What Hadoop reaches into by reflection on Java 17 and later.
HADOOP_ADD_OPENS=(java.io java.lang java.lang.reflect java.math java.net java.text java.util java.util.concurrent
  java.util.zip java.security sun.net.dns sun.net.util sun.nio.ch)

hadoop_error() { echo "$HADOOP_SHELL_EXECNAME: $*" >&2; }
hadoop_die() { hadoop_error "$*"; exit 1; }

hadoop_commands_file() { echo "${HADOOP_COMMANDS_DIR:-$HADOOP_LIBEXEC_DIR}/$HADOOP_SHELL_EXECNAME.commands"; }

hadoop_usage() {
  echo "Usage: $HADOOP_SHELL_EXECNAME [--config DIR] [--loglevel LEVEL] [--debug] COMMAND [ARGUMENTS]"
  echo "       $HADOOP_SHELL_EXECNAME --daemon start|stop|status COMMAND     (the systemd unit of a daemon)"
  echo "       $HADOOP_SHELL_EXECNAME --daemon run COMMAND                   (in the foreground, as the unit does)"
  echo "       $HADOOP_SHELL_EXECNAME [--config DIR] CLASSNAME [ARGUMENTS]   (a fully qualified class)"
  echo
  echo "COMMAND is one of:"
  local name kind class description
  while read -r name kind class description; do
    case $name in ''|'#'*) continue ;; esac
    [[ $kind != moved ]] && printf '  %-20s %s\n' "$name" "$description"
  done <"$(hadoop_commands_file)"
  echo
  echo "Most commands print help when called without arguments. Configuration: ${HADOOP_CONF_DIR:-/etc/hadoop/conf}"
}

# Reads /etc/default files. What the caller has in its environment wins over them.
hadoop_source_defaults() {
  [[ -r $1 ]] || return 0
  local caller
  caller=$(export -p | sed 's/^declare -x /export /')
  # shellcheck disable=SC1090
  . "$1"
  eval "$caller"
}

# Sets and exports where things are. Needs HADOOP_CONF_DIR's directory to exist.
hadoop_setup() {
  local lib default
  lib=${HADOOP_LIBEXEC_DIR%/*/*}
  for default in hadoop ${1:+"$HADOOP_COMPONENT-$1"}; do
    hadoop_source_defaults "${HADOOP_DEFAULT_DIR:-/etc/default}/$default"
  done
  export HADOOP_HOME=${HADOOP_HOME:-$lib/hadoop}
  export HADOOP_COMMON_HOME=${HADOOP_COMMON_HOME:-$lib/hadoop}
  export HADOOP_HDFS_HOME=${HADOOP_HDFS_HOME:-$lib/hadoop-hdfs}
  export HADOOP_YARN_HOME=${HADOOP_YARN_HOME:-$lib/hadoop-yarn}
  export HADOOP_MAPRED_HOME=${HADOOP_MAPRED_HOME:-$lib/hadoop-mapreduce}
  export HADOOP_CONF_DIR=${HADOOP_CONF_DIR:-/etc/hadoop/conf}
  [[ -d $HADOOP_CONF_DIR ]] || hadoop_die "no configuration directory $HADOOP_CONF_DIR (set by --config or HADOOP_CONF_DIR)"
  local file files=(hadoop-env.sh)
  [[ $HADOOP_SHELL_EXECNAME == hadoop ]] || files+=("$HADOOP_SHELL_EXECNAME-env.sh")
  for file in "${files[@]}"; do
    # shellcheck disable=SC1090
    [[ -r $HADOOP_CONF_DIR/$file ]] && . "$HADOOP_CONF_DIR/$file"
  done
  export HADOOP_CONF_DIR
  HADOOP_LOG_DIR=${HADOOP_LOG_DIR:-/var/log/$HADOOP_COMPONENT}
  HADOOP_IDENT_STRING=${HADOOP_IDENT_STRING:-${USER:-$(id -un)}}
}

# Prints the major version of the Java in $1, from its "release" file: starting a JVM to ask it takes a second.
hadoop_java_major() {
  local line
  line=$(grep -s '^JAVA_VERSION=' "$1/release") || return 1
  line=${line#*\"}
  line=${line#1.}
  echo "${line%%[^0-9]*}"
}

hadoop_java_suits() {
  local major
  [[ -x $1/bin/java ]] && major=$(hadoop_java_major "$1") && ((major >= HADOOP_JAVA_MINIMUM))
}

# JAVA_HOME when it is unset: the machine's default Java, else the newest under /usr/lib/jvm that Hadoop can run on.
hadoop_find_java() {
  local java home found=
  if [[ -n ${JAVA_HOME:-} ]]; then
    [[ -x $JAVA_HOME/bin/java ]] || hadoop_die "JAVA_HOME=$JAVA_HOME holds no bin/java"
    java=$(hadoop_java_major "$JAVA_HOME") || java=$HADOOP_JAVA_MINIMUM
    ((java >= HADOOP_JAVA_MINIMUM)) || hadoop_die "JAVA_HOME=$JAVA_HOME is Java $java; Hadoop needs $HADOOP_JAVA_MINIMUM or later"
  else
    java=$(readlink -f "$(command -v java)")
    while read -r home; do
      hadoop_java_suits "$home" && found=$home && break
    done < <(echo "${java%/bin/java}"; printf '%s\n' "${HADOOP_JVM_DIR:-/usr/lib/jvm}"/*/ | sed 's|/$||' | sort -V -r)
    [[ -n $found ]] || hadoop_die "no Java $HADOOP_JAVA_MINIMUM or later found: install openjdk-17-jre-headless or later, or set JAVA_HOME"
    JAVA_HOME=$found
  fi
  export JAVA_HOME
}

# CLASSPATH in Apache's order; lib/ holds what other projects wrote.
hadoop_find_classpath() {
  local home part user=${HADOOP_CLASSPATH:-${HADOOP_USER_CLASSPATH:-}} path=()
  for home in "$HADOOP_COMMON_HOME" "$HADOOP_HDFS_HOME" "$HADOOP_YARN_HOME" "$HADOOP_MAPRED_HOME"; do
    [[ -d $home ]] || continue
    [[ -d $home/webapps ]] && path+=("$home")
    [[ -d $home/lib ]] && path+=("$home/lib/*")
    path+=("$home/*")
  done
  if [[ -n ${HADOOP_USER_CLASSPATH_FIRST:-} ]]; then path=(${user:+"$user"} "${path[@]}"); else path+=(${user:+"$user"}); fi
  CLASSPATH=$HADOOP_CONF_DIR
  for part in "${path[@]}"; do CLASSPATH+=:$part; done
  export CLASSPATH
}

# Sets HADOOP_JAVA_ARGS: all of the JVM's arguments before the class.
# $1 = command, $2 = client|daemon, $3 = run when a unit runs it: then it logs to a file.
hadoop_java_args() {
  local subcmd=${1^^} exec=${HADOOP_SHELL_EXECNAME^^} package var
  subcmd=${subcmd//[^A-Z0-9]/_}
  local opts=() heap=${HADOOP_HEAPSIZE_MAX:-${HADOOP_HEAPSIZE:-}} logfile=hadoop.log logger=INFO,console
  HADOOP_JAVA_ARGS=("-Dproc_$1" -Djava.net.preferIPv4Stack=true)
  for package in "${HADOOP_ADD_OPENS[@]}"; do HADOOP_JAVA_ARGS+=("--add-opens=java.base/$package=ALL-UNNAMED"); done
  if [[ $3 == run ]]; then
    logfile=hadoop-$HADOOP_IDENT_STRING-$1-$(uname -n).log
    # The log file has everything; warnings also go to the journal.
    logger=${HADOOP_DAEMON_ROOT_LOGGER:-INFO,RFA,console}
    HADOOP_JAVA_ARGS+=("-Dhadoop.console.threshold=${HADOOP_DAEMON_CONSOLE_THRESHOLD:-WARN}")
  fi
  logger=${HADOOP_ROOT_LOGGER:-$logger}
  [[ -n ${HADOOP_LOGLEVEL:-} ]] && logger=$HADOOP_LOGLEVEL,${logger#*,} && HADOOP_JAVA_ARGS+=(-Dhadoop.console.threshold=ALL)
  var=${exec}_${subcmd}_HEAPSIZE
  heap=${!var:-$heap}
  [[ $exec:$subcmd == MAPRED:HISTORYSERVER ]] && heap=${HADOOP_JOB_HISTORYSERVER_HEAPSIZE:-$heap}
  [[ $heap =~ ^[0-9]+$ ]] && heap+=m
  [[ -n $heap ]] && HADOOP_JAVA_ARGS+=("-Xmx$heap")
  heap=${HADOOP_HEAPSIZE_MIN:-}
  [[ $heap =~ ^[0-9]+$ ]] && heap+=m
  [[ -n $heap ]] && HADOOP_JAVA_ARGS+=("-Xms$heap")
  HADOOP_JAVA_ARGS+=("-Dhadoop.log.dir=$HADOOP_LOG_DIR" "-Dhadoop.log.file=${HADOOP_LOGFILE:-$logfile}"
    "-Dhadoop.home.dir=$HADOOP_HOME" "-Dhadoop.id.str=$HADOOP_IDENT_STRING" "-Dhadoop.root.logger=$logger"
    "-Dhadoop.policy.file=${HADOOP_POLICYFILE:-hadoop-policy.xml}"
    "-Dhadoop.security.logger=${HADOOP_SECURITY_LOGGER:-INFO,NullAppender}")
  case $exec in
    HDFS) HADOOP_JAVA_ARGS+=("-Dhdfs.audit.logger=${HDFS_AUDIT_LOGGER:-INFO,NullAppender}") ;;
    YARN) HADOOP_JAVA_ARGS+=("-Dyarn.log.dir=$HADOOP_LOG_DIR" "-Dyarn.log.file=${HADOOP_LOGFILE:-$logfile}"
      "-Dyarn.home.dir=$HADOOP_YARN_HOME" "-Dyarn.root.logger=$logger") ;;
    MAPRED) HADOOP_JAVA_ARGS+=("-Dmapred.jobsummary.logger=${HADOOP_JHS_LOGGER:-INFO,console}") ;;
  esac
  [[ -d $HADOOP_COMMON_HOME/lib/native ]] && HADOOP_JAVA_ARGS+=("-Djava.library.path=$HADOOP_COMMON_HOME/lib/native")
  # Lists of options, split at spaces as in Apache's launchers. Later ones win in the JVM.
  read -r -a opts -d '' <<<"${HADOOP_OPTS:-}" || true
  HADOOP_JAVA_ARGS+=("${opts[@]}")
  if [[ $2 == client ]]; then
    read -r -a opts -d '' <<<"${HADOOP_CLIENT_OPTS:-}" || true
    HADOOP_JAVA_ARGS+=("${opts[@]}")
  fi
  var=${exec}_${subcmd}_OPTS
  # Hadoop 2's names: HADOOP_NAMENODE_OPTS, HADOOP_JOB_HISTORYSERVER_OPTS
  local old=HADOOP_${subcmd}_OPTS
  [[ $exec:$subcmd == MAPRED:HISTORYSERVER ]] && old=HADOOP_JOB_HISTORYSERVER_OPTS
  read -r -a opts -d '' <<<"${!var:-${!old:-}}" || true
  HADOOP_JAVA_ARGS+=("${opts[@]}")
}

# A daemon runs as its own user: as root this becomes it, so that `hdfs namenode -format` leaves no files of root's.
hadoop_as_daemon_user() {
  local var=${HADOOP_SHELL_EXECNAME^^}_${1^^}_USER me
  local user=${!var:-$HADOOP_DAEMON_USER}
  me=$(id -un)
  if [[ $me == root && $user != root ]] && id "$user" >/dev/null 2>&1; then
    unset USER HADOOP_IDENT_STRING
    exec runuser -u "$user" -- "${HADOOP_REEXEC[@]}"
  fi
  [[ -z ${!var:-} || $me == "$user" ]] || hadoop_die "$1 runs as user $user ($var), not as $me"
}

# `hdfs --daemon start namenode`, which Apache's launchers have, is the unit's business here.
hadoop_unit() {
  local action=$1 unit=$HADOOP_COMPONENT-$2
  case $action in
    start|stop) exec systemctl "$action" "$unit" ;;
    status) exec systemctl --no-pager status "$unit" ;;
    run) ;;
    *) hadoop_die "--daemon takes start, stop, status or run, not '$action'" ;;
  esac
}

hadoop_envvars() {
  local name
  for name in JAVA_HOME HADOOP_HOME HADOOP_COMMON_HOME HADOOP_HDFS_HOME HADOOP_YARN_HOME HADOOP_MAPRED_HOME \
    HADOOP_CONF_DIR HADOOP_LOG_DIR; do
    echo "$name='${!name:-}'"
  done
}

# Looks the command up: sets kind and class of the caller.
hadoop_resolve() {
  local name
  while read -r name kind class _; do
    [[ $name == "$1" ]] && return
  done <"$(hadoop_commands_file)"
  kind=client class=$1
  [[ $1 =~ ^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_$][A-Za-z0-9_$]*)+$ ]] && return
  hadoop_error "'$1' is neither a command nor a fully qualified class; \"$HADOOP_SHELL_EXECNAME --help\" lists the commands"
  exit 1
}

hadoop_launch() {
  local action='' debug='' kind class
  HADOOP_REEXEC=("$0" "$@")
  while [[ ${1:-} == -* ]]; do
    case $1 in
      --config|--loglevel|--daemon)
        [[ $# -ge 2 ]] || hadoop_die "$1 needs a value"
        case $1 in
          --config) export HADOOP_CONF_DIR=$2 ;;
          --loglevel) HADOOP_LOGLEVEL=${2^^} ;;
          --daemon) action=$2 ;;
        esac
        shift 2 ;;
      --debug) debug=yes; shift ;;
      --help|-help|-h) hadoop_usage; exit 0 ;;
      --workers|--hosts|--hostnames) hadoop_die "$1 is not supported: each host's daemons are systemd units of that host" ;;
      *) hadoop_die "unknown option $1; \"$HADOOP_SHELL_EXECNAME --help\" lists the options" ;;
    esac
  done
  [[ $# -gt 0 ]] || { hadoop_usage; exit 1; }
  local subcmd=$1
  shift
  hadoop_resolve "$subcmd"
  if [[ $kind == moved ]]; then
    hadoop_error "WARNING: '$subcmd' is a command of $class: use \"$class $subcmd\""
    exec "$class" "$subcmd" "$@"
  fi
  if [[ -n $action ]]; then
    [[ $kind == daemon ]] || hadoop_die "'$subcmd' is not a daemon"
    hadoop_unit "$action" "$subcmd"
  fi
  if [[ $kind == daemon ]]; then hadoop_setup "$subcmd"; else hadoop_setup; fi
  [[ $kind == daemon ]] && hadoop_as_daemon_user "$subcmd"
  hadoop_find_classpath
  if [[ $class == classpath ]]; then
    [[ $# -gt 0 ]] || { echo "$CLASSPATH"; exit 0; }
    kind=client class=org.apache.hadoop.util.Classpath
  fi
  hadoop_find_java
  [[ $class == envvars ]] && { hadoop_envvars; exit 0; }
  [[ $kind == client+name ]] && set -- "$subcmd" "$@" && kind=client
  hadoop_java_args "$subcmd" "$kind" "$action"
  [[ -n $debug ]] && printf 'DEBUG: %s\n' "CLASSPATH=$CLASSPATH" "$JAVA_HOME/bin/java ${HADOOP_JAVA_ARGS[*]} $class $*" >&2
  exec "$JAVA_HOME/bin/java" "${HADOOP_JAVA_ARGS[@]}" "$class" "$@"
}
