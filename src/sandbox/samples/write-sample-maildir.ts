import { sampleFolders } from './sample-folders.ts'
import { generateSample } from './sample-mailbox.ts'
import type { SampleOptions } from './sample-mailbox.ts'
import { writeMaildir } from './write-maildir.ts'
import type { MaildirOptions, MaildirTotals } from './write-maildir.ts'

/** Writes the sample mailbox as a Maildir++ tree at `path`, which is created when it is missing. */
export function writeSampleMaildir(path: string, options: SampleOptions & MaildirOptions = {}): MaildirTotals {
  return writeMaildir(path, sampleFolders, generateSample(options), options)
}
