import { access } from 'node:fs/promises'
import type { Tool } from './tool.ts'

const sessions = 4
const messagesPerAppend = 50

/**
 * The yardstick: the least that can move a mailbox, pipelined over four sessions, without ledger, checks or recovery.
 * It knows the password and expects TLS where the rig has it.
 */
export function rawTool(path: string): Tool {
  return {
    name: 'raw',
    note: `pipelined limit, ${sessions} sessions`,
    phases: ['copy'],
    findVersion: () => access(path).then(() => 'yardstick', () => undefined),
    async prepare(job) {
      const perAppend = job.multiAppend ? messagesPerAppend : 1
      const ports = [job.source.port, job.target.port].map(String)
      const args = ['copy', job.source.user, job.target.user, ...ports, String(sessions), String(perAppend)]
      return { file: process.execPath, args: [path, ...args], env: job.tls ? { TLS: '1' } : {} }
    },
  }
}
