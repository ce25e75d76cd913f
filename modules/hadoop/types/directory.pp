# @summary A directory as all that reads it takes it: Hadoop splits its lists at commas, systemd's units and shells at blanks
type Hadoop::Directory = Pattern[/\A(\/[^\s\/,%'"\\$`]+)+\z/]
