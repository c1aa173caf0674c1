import { formatMaildirFolderName, parseMaildirFolderName, type FolderNameEncoding } from './folder-name.ts'

const version2 = 'V\t2\n\n'

/**
 * The paths in a `subscriptions` file: Dovecot's version 2 (2.2.17 and later: one folder a line, tabs between names),
 * and the older one with dots, which Courier's `courierimapsubscribed` has too.
 */
export function parseSubscriptions(text: string, encoding: FolderNameEncoding): string[][] {
  const isVersion2 = text.startsWith(version2)
  return text
    .slice(isVersion2 ? version2.length : 0)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseMaildirFolderName(`.${isVersion2 ? line.replaceAll('\t', '.') : line}`, encoding))
}

/** The file with one more folder, in the version it has; a new file is of version 2. */
export function addSubscription(text: string, path: readonly string[], encoding: FolderNameEncoding): string {
  const parts = path.map((name) => formatMaildirFolderName([name], encoding).slice(1))
  const isVersion2 = text === '' || text.startsWith(version2)
  const before = text === '' ? version2 : text.endsWith('\n') ? text : `${text}\n`
  return `${before}${parts.join(isVersion2 ? '\t' : '.')}\n`
}
