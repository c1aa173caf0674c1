import { findVersion } from './find-version.ts'
import type { Job, Leg, Tool } from './tool.ts'

/** imapsync with its defaults, where its path was given. */
export function imapsyncTool(path: string): Tool {
  return {
    name: 'imapsync',
    note: 'defaults',
    phases: ['copy', 'no-op', '+1 %'],
    findVersion: () => findVersion(path),
    async prepare(job) {
      const args = [...side(1, job, job.source), ...side(2, job, job.target), '--nolog', '--noreleasecheck']
      return { file: path, args }
    },
  }
}

function side(number: 1 | 2, job: Job, leg: Leg): readonly string[] {
  return [
    `--host${number}`,
    '127.0.0.1',
    `--port${number}`,
    String(job.tls ? leg.tlsPort : leg.port),
    `--user${number}`,
    leg.user,
    `--password${number}`,
    leg.password,
    ...(job.tls ? [`--ssl${number}`] : [`--nossl${number}`, `--notls${number}`]),
  ]
}
