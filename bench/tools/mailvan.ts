import { fileURLToPath } from 'node:url'
import { findVersion } from './find-version.ts'
import type { Job, Leg, Tool } from './tool.ts'

const program = fileURLToPath(new URL('../../bin/mailvan.js', import.meta.url))

/** This program, as a user runs it: whole process, ledger and default verification included. */
export function mailvanTool(): Tool {
  return {
    name: 'mailvan',
    note: 'defaults, a ledger of its own',
    phases: ['copy', 'no-op', '+1 %'],
    findVersion: () => findVersion(process.execPath, [program, '--version']),
    async prepare(job) {
      const args = ['migrate', toUrl(job, job.source), toUrl(job, job.target), '--home', job.stateFolder, '--json']
      const env = { MAILVAN_SOURCE_PASSWORD: job.source.password, MAILVAN_TARGET_PASSWORD: job.target.password }
      return { file: process.execPath, args: [program, ...args], env }
    },
    refusal({ exitCode, output }, phase) {
      if (exitCode !== 0) return `exit code ${exitCode}`
      const migrated = Number(/"migrated":(\d+)/.exec(output.trimEnd().split('\n').at(-1) ?? '')?.[1] ?? Number.NaN)
      if (Number.isNaN(migrated)) return 'no summary'
      return phase === 'no-op' && migrated > 0 ? `${migrated} messages copied where nothing was to do` : undefined
    },
  }
}

function toUrl(job: Job, leg: Leg): string {
  return job.tls
    ? `imaps://${leg.user}@127.0.0.1:${leg.tlsPort}/?tls=unverified`
    : `imap://${leg.user}@127.0.0.1:${leg.port}/?tls=off`
}
