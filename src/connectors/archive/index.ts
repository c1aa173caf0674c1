import type { Connector } from '../../core/ports/connector.ts'
import { archiveSchemes, formatArchiveUrl, parseArchiveUrl, type ArchiveConfig } from './config.ts'
import { openForReading, openForWriting } from './open-storage.ts'
import { ArchiveReader } from './source.ts'
import { ArchiveTarget } from './target.ts'

export type { ArchiveConfig } from './config.ts'

/** Mail in files: Maildir++, mbox, and a tree of .eml files. */
export const archiveConnector: Connector<ArchiveConfig> = {
  kind: 'archive',
  forms: ['mail'],
  schemes: archiveSchemes,
  parseUrl: (url) => parseArchiveUrl(url),
  canonicalUrl: formatArchiveUrl,
  needsPassword: () => false,
  async openSource(config, context) {
    context.signal.throwIfAborted()
    return new ArchiveReader(await openForReading(config, context), context)
  },
  async openTarget(config, context) {
    context.signal.throwIfAborted()
    return new ArchiveTarget(await openForWriting(config, context), context)
  },
}
