import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import { FaultRig, fill, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
let small: DovecotServer
beforeAll(async () => {
  ;[server, small] = await Promise.all([startQuickDovecot(), startQuickDovecot({ quotaBytes: 600_000 })])
})
afterAll(() => Promise.all([server.stop(), small.stop()]))

test('over quota: the pass stops and asks for a person, nothing is lost, and it goes on once there is room', async () => {
  await FaultRig.run({ source: { port: server.port, user: 'full-s' }, target: { port: small.port, user: 'full-t' } }, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['A'], range(0, 40), 4_000)
      // Too much by itself: Dovecot does not count what another session is storing at the same moment.
      await fill(probe, ['B'], range(100, 100), 4_000)
    })
    await rig.atTarget((probe) => fill(probe, ['Trash'], range(500, 6), 50_000))
    const stopped = await rig.pass()
    expect(stopped.error).toMatchObject({ kind: 'config', code: 'imap.append.over-quota', hint: expect.stringContaining('quota') })
    expect(stopped.tally.fates).toMatchObject({ failed: 0, gone: 0 })
    expect(stopped.tally.fates.pending).toBeGreaterThan(0)
    // Still full: stops again and doubles nothing.
    const again = await rig.pass()
    expect(again.error?.code).toBe('imap.append.over-quota')
    await rig.atTarget((probe) => probe.expunge(['Trash'], '1:*'))
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 140, failed: 0, pending: 0 })
    await rig.expectCopied()
    await rig.expectIdle()
  })
})
