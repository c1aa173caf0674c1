import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findVersion } from './find-version.ts'
import type { Job, Leg, Tool } from './tool.ts'

/** isync's mbsync, one-way, pipelining as it does by default. */
export function mbsyncTool(): Tool {
  return {
    name: 'mbsync',
    note: 'Sync Pull, CopyArrivalDate',
    phases: ['copy', 'no-op', '+1 %'],
    findVersion: () => findVersion('mbsync'),
    async prepare(job) {
      const configFile = join(job.stateFolder, 'mbsyncrc')
      await mkdir(join(job.stateFolder, 'sync'), { recursive: true })
      await writeFile(configFile, mbsyncConfig(job))
      return { file: 'mbsync', args: ['-q', '-c', configFile, 'bench'] }
    },
    normalize: { note: 'X-TUID header added to every message', undo: withoutTuid },
  }
}

function mbsyncConfig(job: Job): string {
  return [
    ...store('source', job, job.source),
    ...store('target', job, job.target),
    'Channel bench',
    'Far :source:',
    'Near :target:',
    'Patterns *',
    'Create Near',
    'Sync Pull',
    'CopyArrivalDate yes',
    `SyncState ${join(job.stateFolder, 'sync')}/`,
    '',
  ].join('\n')
}

function store(name: string, job: Job, leg: Leg): readonly string[] {
  const security = job.tls ? ['SSLType IMAPS', `CertificateFile ${leg.caFile}`] : ['SSLType None']
  return [
    `IMAPAccount ${name}`,
    // It compares the certificate with names only, not with addresses (1.4.4).
    `Host ${job.tls ? 'localhost' : '127.0.0.1'}`,
    `Port ${job.tls ? leg.tlsPort : leg.port}`,
    `User ${leg.user}`,
    `Pass ${leg.password}`,
    'AuthMechs LOGIN',
    ...security,
    '',
    `IMAPStore ${name}`,
    `Account ${name}`,
    '',
  ]
}

/** mbsync marks what it writes, to find it again after a crash, and leaves the mark in (1.4.4). */
function withoutTuid(bytes: Buffer): Buffer {
  const start = bytes.indexOf('X-TUID: ')
  if (start < 0) return bytes
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(bytes.indexOf('\n', start) + 1)])
}
