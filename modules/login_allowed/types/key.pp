# @summary A public key as sshd reads it: options if any, type, key, comment if any, on one line
# @see https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT
type Login_allowed::Key = Pattern[/\A([^\n\r]+ )?(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) AAAA[A-Za-z0-9+\/]+={0,3}( [^\n\r]*)?\z/]
