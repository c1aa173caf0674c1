import { emlDriver } from './eml-driver.ts'
import { startArchive } from './harness-archive.ts'
import { maildirDriver } from './maildir-driver.ts'
import { mboxDriver } from './mbox-driver.ts'
import { runConformance } from './run-conformance.ts'

const skips = [
  { reason: 'files keep no history that could be forgotten', tests: ['S4.forgotten'] },
  { reason: 'nothing stands between an archive and its files that could lose an answer', tests: ['T5'] },
  { reason: 'a disk refuses no message', tests: ['T6'] },
  { reason: 'where files are moved, they are moved at once', tests: ['T8.copy'] },
]

runConformance({ name: 'maildir', start: () => startArchive('maildir', maildirDriver), skips })
runConformance({ name: 'a tree of .eml files', start: () => startArchive('eml', emlDriver), skips })
runConformance({
  name: 'mbox files',
  start: () => startArchive('mbox', mboxDriver),
  skips: [
    ...skips,
    { reason: 'an mbox is written anew when a message leaves it', tests: ['S3.deletions', 'S3.moves', 'T7'] },
    { reason: 'mbox files are only added to', tests: ['T8.move', 'T8.remove'] },
  ],
})
