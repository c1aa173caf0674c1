import { afterAll, beforeAll, expect, test } from 'vitest'
import { withProbe } from '../servers/imap-probe.ts'
import { runProgram } from './run-program.ts'
import { startServerPair } from './server-pair.ts'
import type { ServerPair } from './server-pair.ts'

const quotaBytes = 1024 * 1024
const messages = 10
const messageBytes = 100_000

let servers: ServerPair
beforeAll(async () => {
  const target = {
    quotaBytes,
    extraConfig: 'plugin {\nquota_rule2 = *:messages=1000\n}',
  }
  servers = await startServerPair({ target })
  await fill('source', 'anna', messages)
})
afterAll(() => servers?.stop())

async function fill(side: 'source' | 'target', user: string, count: number): Promise<void> {
  const { tlsPort, caFile = '' } = servers[side]
  await withProbe({ port: tlsPort, user, caFile }, async (probe) => {
    for (let number = 0; number < count; number++) {
      const head = `From: a@example.org\r\nSubject: ${side} ${number}\r\nDate: Mon, 01 Jan 2024 00:00:00 +0000\r\n\r\n`
      await probe.append(['INBOX'], Buffer.from(head.padEnd(messageBytes, `line of text\r\n`)))
    }
  })
}

const mailvan = (...args: readonly string[]) => runProgram(args, { env: servers.env })

test('check shows what is used and what is allowed; without a quota it says nothing of it', async () => {
  await fill('target', 'checked', 2)
  const url = servers.url('target', 'checked')
  const { lines } = await mailvan('check', url, '--json')
  const quota = lines[0]?.['quota'] as { storageBytes: { used: number; limit: number }; messages: unknown }
  expect(quota).toMatchObject({ storageBytes: { limit: quotaBytes }, messages: { used: 2, limit: 1000 } })
  expect(Math.abs(quota.storageBytes.used - 2 * messageBytes)).toBeLessThan(2 * 1024)
  expect((await mailvan('check', url)).output).toMatch(/quota +\d+ kB of 1\.05 MB, 2 of 1,000 messages used/)
  const without = await mailvan('check', servers.url('source', 'anna'), '--json')
  expect(without.lines[0]).toMatchObject({ type: 'check', items: messages })
  expect(without.lines[0]).not.toHaveProperty('quota')
})

test('plan says nothing where everything fits', async () => {
  const args = ['plan', servers.url('source', 'anna'), servers.url('target', 'roomy')] as const
  const { lines } = await mailvan(...args, '--json')
  expect(lines.at(-1)).toMatchObject({ type: 'summary', counts: { create: messages }, targetQuota: { messages: { used: 0, limit: 1000 } } })
  expect(lines.at(-1)).not.toHaveProperty('shortfall')
  expect((await mailvan(...args)).output).not.toContain('fit')
})

test('plan says what does not fit into the target, and the migration then stops for it', async () => {
  await fill('target', 'full', 3)
  const pair = [servers.url('source', 'anna'), servers.url('target', 'full')] as const
  const { exitCode, lines } = await mailvan('plan', ...pair, '--json')
  expect(exitCode).toBe(0)
  const summary = lines.at(-1) as { shortfall: { storageBytes: number }; targetQuota: { storageBytes: { used: number } }; counts: { createBytes: number } }
  const { shortfall, targetQuota, counts } = summary
  expect(shortfall).toEqual({ storageBytes: targetQuota.storageBytes.used + counts.createBytes - quotaBytes })
  expect(shortfall.storageBytes).toBeGreaterThan(200_000)
  const { output } = await mailvan('plan', ...pair)
  expect(output).toMatch(/This does not fit into the target \(.*used\): make room or raise the quota there by at least \d+ kB, or leave some mail out\./)
  const migrated = await mailvan('migrate', ...pair, '--json')
  expect(migrated.exitCode).toBe(2)
  expect(migrated.lines.find((line) => line['type'] === 'error')).toMatchObject({ code: 'imap.append.over-quota' })
})
