import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DovecotServer, startDovecot } from '../dovecot.ts'
import { FaultRig, fill, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
let small: DovecotServer
beforeAll(async () => {
  // Without processes that are kept: a new session is under the new quota.
  ;[server, small] = await Promise.all([startQuickDovecot(), startDovecot({ tls: false, fsync: 'never', quotaBytes: 300_000 })])
})
afterAll(() => Promise.all([server.stop(), small.stop()]))

/** As its administrator does it: a new number in the configuration, then a reload. */
async function raiseQuota(toBytes: number): Promise<void> {
  const config = readFileSync(small.configFile, 'utf8')
  const raised = config.replace(/(quota_rule = \*:storage=)\d+B/, `$1${toBytes}B`)
  expect(raised).not.toBe(config)
  writeFileSync(small.configFile, raised)
  const reloads = (): number => readFileSync(small.logFile, 'utf8').match(/SIGHUP received/g)?.length ?? 0
  const before = reloads()
  process.kill(Number(readFileSync(join(dirname(small.configFile), 'run/master.pid'), 'utf8')), 'SIGHUP')
  await expect.poll(reloads).toBeGreaterThan(before)
}

test('a quota that is raised between two passes, twice: each goes on where the last one stopped', async () => {
  await FaultRig.run({ source: { port: server.port, user: 'raised-s' }, target: { port: small.port, user: 'raised-t' } }, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 60), 4_000)
      for (let folder = 0; folder < 6; folder++) await fill(probe, [`Large ${folder}`], range(100 + 2 * folder, 2), 90_000)
      await fill(probe, ['More'], range(200, 60), 4_000)
    })
    const copied: number[] = []
    for (const quotaBytes of [0, 900_000]) {
      if (quotaBytes > 0) await raiseQuota(quotaBytes)
      const stopped = await rig.pass()
      expect(stopped.error).toMatchObject({ kind: 'config', code: 'imap.append.over-quota', hint: expect.stringContaining('quota') })
      expect(stopped.tally.fates).toMatchObject({ failed: 0, gone: 0 })
      copied.push((await rig.atTarget((probe) => probe.allMessages())).length)
    }
    expect(copied[0]).toBeLessThan(copied[1] as number)
    await raiseQuota(50_000_000)
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 132, failed: 0, pending: 0 })
    await rig.expectCopied()
    await rig.expectIdle()
  })
})

test('a single message that is larger than the room that is left fails nothing but stops the pass, and comes once there is room', async () => {
  await raiseQuota(300_000)
  await FaultRig.run({ source: { port: server.port, user: 'one-s' }, target: { port: small.port, user: 'one-t' } }, async (rig) => {
    await rig.atSource((probe) => fill(probe, ['INBOX'], [1], 500_000))
    const stopped = await rig.pass()
    expect(stopped.error?.code).toBe('imap.append.over-quota')
    expect(stopped.tally.fates).toMatchObject({ pending: 1, failed: 0 })
    await raiseQuota(1_000_000)
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 1, failed: 0 })
    await rig.expectCopied()
  })
})
