import { type DovecotOptions, type DovecotServer, startDovecot } from '../dovecot.ts'

/** Processes that serve many sessions one after the other, ready before anybody comes. */
const reused = `service imap-login {
service_count = 0
process_min_avail = 1
}
service imap {
service_count = 1000
process_min_avail = 4
}`

/** A plain Dovecot for many short migrations: nothing is flushed to the disk, and logging in costs little. */
export function startQuickDovecot(options: DovecotOptions = {}): Promise<DovecotServer> {
  const extraConfig = `${reused}\n${options.extraConfig ?? ''}`
  return startDovecot({ tls: false, fsync: 'never', ...options, extraConfig })
}
