import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { archiveError } from './errors.ts'

/** Ways of writing mbox files (https://doc.dovecot.org/2.3/admin_manual/mailbox_formats/mbox/, RFC 4155). */
export type MboxDialect = 'mboxo' | 'mboxrd' | 'mboxcl' | 'mboxcl2'

const dialects: readonly string[] = ['mboxo', 'mboxrd', 'mboxcl', 'mboxcl2'] satisfies MboxDialect[]

/** One for each format. */
export const archiveSchemes = ['maildir', 'mbox', 'eml'] as const
type ArchiveScheme = (typeof archiveSchemes)[number]

/** What an archive URL parses to. */
export interface ArchiveConfig {
  readonly scheme: ArchiveScheme
  /** Absolute. */
  readonly path: string
  /** For reading mbox files; absent: found out, and quoting is undone in files of our own only. */
  readonly dialect?: MboxDialect
}

/**
 * Parses `scheme:PATH`; PATH is a path as the system knows it, not percent-encoded, relative to the working directory
 * or below `~/`. Slashes in front beyond one count as one, so that `maildir:///x` is `/x`. Throws `config`.
 */
export function parseArchiveUrl(url: string): ArchiveConfig {
  const colon = url.indexOf(':')
  const scheme = archiveSchemes.find((one) => one === url.slice(0, Math.max(0, colon)).toLowerCase())
  if (scheme === undefined) throw archiveError('url.scheme')
  const option = scheme === 'mbox' ? /\?dialect=([^?/]*)$/.exec(url) : null
  const dialect = option?.[1]
  if (dialect !== undefined && !dialects.includes(dialect)) throw archiveError('url.option')
  const written = url.slice(colon + 1, option?.index)
  if (written === '' || /^\/\/+$/.test(written)) throw archiveError('url.no-path')
  if (written.includes('\0')) throw archiveError('url.nul')
  const path = resolve(written === '~' || written.startsWith('~/') ? homedir() + written.slice(1) : written)
  return { scheme, path, ...(dialect !== undefined && { dialect: dialect as MboxDialect }) }
}

/** The one spelling of an archive's URL: the absolute path after the scheme. */
export function formatArchiveUrl(config: ArchiveConfig): string {
  const option = config.dialect === undefined ? '' : `?dialect=${config.dialect}`
  return `${config.scheme}:${config.path}${option}`
}
