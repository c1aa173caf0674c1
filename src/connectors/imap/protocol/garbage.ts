import { MigrationError } from '../../../core/errors.ts'

const excerptCharactersMax = 60

/**
 * What a server that does not speak IMAP, or no longer does, leads to: the connection is of no further use, a new one may
 * be. What was received is not shown: it may be mail, or what we sent at login.
 */
export function garbage(problem: string): MigrationError {
  return new MigrationError('transient', 'imap.protocol.garbage', {
    message: `The server sent something that is not IMAP: ${problem}.`,
    hint: 'Check that host and port name an IMAP server and that nothing in between (proxy, virus scanner) alters the connection.',
  })
}

/** Text of a server made fit for one line of an error: no control characters, bounded length. */
export function printable(text: string, charactersMax: number = excerptCharactersMax): string {
  // oxlint-disable-next-line no-control-regex
  const clean = text.slice(0, charactersMax * 2).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]+/g, ' ').trim()
  return clean.length > charactersMax ? `${clean.slice(0, charactersMax)}...` : clean
}
