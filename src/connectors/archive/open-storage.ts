import { readdir } from 'node:fs/promises'
import type { Context } from '../../core/ports/context.ts'
import { toSystemPath } from './byte-path.ts'
import type { ArchiveConfig } from './config.ts'
import { archiveError } from './errors.ts'
import { EmlStorage } from './eml/storage.ts'
import { MaildirStorage } from './maildir/storage.ts'
import { sniffMbox } from './mbox/sniff-mbox.ts'
import { MboxStorage } from './mbox/storage.ts'
import { checkReadable, checkWritable, kindOfRoot } from './open-root.ts'
import type { Storage, WritableStorage } from './storage.ts'

/** The archive as a source. Throws `config` where there is none. */
export async function openForReading(config: ArchiveConfig, context: Context): Promise<Storage> {
  const { path } = config
  switch (config.scheme) {
    case 'maildir': {
      await checkReadable(path)
      const storage = new MaildirStorage(path, context)
      if (!(await storage.isMaildir())) throw archiveError('maildir.none', path)
      return storage
    }
    case 'eml': {
      await checkReadable(path)
      const storage = new EmlStorage(path, context)
      const { hasMessages, hasOtherFiles } = await storage.find()
      if (!hasMessages && hasOtherFiles) throw archiveError('eml.none', path)
      return storage
    }
    case 'mbox': {
      const isFile = (await kindOfRoot(path)) === 'file'
      if (!isFile) await checkReadable(path)
      const storage = new MboxStorage(config, isFile, context)
      if (isFile && (await sniffMbox(toSystemPath(path, '.'), path)) === 'other')
        throw archiveError('mbox.not-mbox', path)
      const { hasMailboxes, hasOtherFiles } = await storage.find()
      if (!hasMailboxes && hasOtherFiles) throw archiveError('mbox.none', path)
      return storage
    }
  }
}

/** The archive as a target; nothing is made before something is to be stored. Throws `config` where it cannot be. */
export async function openForWriting(config: ArchiveConfig, context: Context): Promise<WritableStorage> {
  const { path } = config
  if (config.scheme === 'mbox' && (await kindOfRoot(path)) === 'file') throw archiveError('mbox.target-file', path)
  await checkWritable(path)
  const isEmpty = (await kindOfRoot(path)) === 'absent' || (await readdir(path)).length === 0
  switch (config.scheme) {
    case 'maildir': {
      const storage = new MaildirStorage(path, context)
      const isOther = !isEmpty && !(await storage.isMaildir()) && !(await storage.isBegun())
      if (isOther) throw archiveError('maildir.not-empty', path)
      return storage
    }
    case 'eml': {
      const storage = new EmlStorage(path, context)
      const { hasMessages, hasOtherFiles } = await storage.find()
      if (!hasMessages && hasOtherFiles) throw archiveError('eml.not-empty', path)
      return storage
    }
    case 'mbox': {
      const storage = new MboxStorage(config, false, context)
      const { hasMailboxes, hasOtherFiles } = await storage.find()
      if (!hasMailboxes && hasOtherFiles) throw archiveError('mbox.not-empty', path)
      return storage
    }
  }
}
