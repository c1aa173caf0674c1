import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import type { ImapProbe } from '../imap-probe.ts'
import { FaultRig, fill, type Meddling, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

const sides = (user: string, source: Meddling = {}) => ({
  source: { port: server.port, user: `${user}-s`, meddling: source },
  target: { port: server.port, user: `${user}-t` },
})

/** The same messages under the same name, with another UIDVALIDITY and other UIDs. */
async function recreate(probe: ImapProbe, name: string): Promise<void> {
  const commands = ['CREATE Elsewhere', `SELECT ${name}`, 'UID COPY 1:* Elsewhere', 'UNSELECT', `DELETE ${name}`]
  for (const command of [...commands, `RENAME Elsewhere ${name}`]) await probe.connection.command(command)
}

test('UIDVALIDITY change between passes doubles nothing', async () => {
  await FaultRig.run(sides('between'), async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 10))
      await fill(probe, ['A'], [...range(100, 20), 100, 101])
    })
    await rig.migrate()
    const before = await rig.atSource((probe) => probe.status(['A']))
    await rig.atSource((probe) => recreate(probe, 'A'))
    await rig.atSource((probe) => fill(probe, ['A'], [150]))
    const after = await rig.atSource((probe) => probe.status(['A']))
    expect(after.uidValidity).not.toBe(before.uidValidity)
    const { tally } = await rig.cleanPass()
    expect(tally.pass).toMatchObject({ migrated: 1, alreadyThere: 22, failed: 0 })
    await rig.expectCopied()
    await rig.expectIdle()
  })
})

test('UIDVALIDITY change at the target between passes doubles nothing', async () => {
  await FaultRig.run(sides('target'), async (rig) => {
    await rig.atSource((probe) => fill(probe, ['A'], range(100, 20)))
    await rig.migrate()
    await rig.atTarget((probe) => recreate(probe, 'A'))
    await rig.atSource((probe) => fill(probe, ['A'], [150]))
    const { tally } = await rig.cleanPass()
    expect(tally.pass).toMatchObject({ migrated: 1, failed: 0 })
    await rig.expectCopied()
    await rig.expectIdle()
  })
})

test('UIDVALIDITY change in the middle of a pass doubles nothing and loses nothing', async () => {
  const meddling: Meddling = {}
  await FaultRig.run(sides('middle', meddling), async (rig) => {
    await rig.atSource((probe) => fill(probe, ['A'], range(100, 60)))
    let bodies = 0
    let added = 0
    meddling.onServerLine = (line, session) => {
      if (/ BODY\[\] \{/.test(line) && ++bodies === 30 && added === 0) {
        added = 1
        session.cut()
        return null
      }
      return line.replace(/UIDVALIDITY (\d+)/g, (_whole, validity) => `UIDVALIDITY ${Number(validity) + added}`)
    }
    const first = await rig.cleanPass()
    expect(first.tally.fates.failed).toBeGreaterThan(0)
    expect(first.tally.fates.pending).toBe(0)
    expect(new Set(await rig.failureCodes())).toEqual(new Set(['imap.uidvalidity-changed']))
    const second = await rig.cleanPass()
    expect(second.tally.fates).toMatchObject({ failed: 0, pending: 0, gone: first.tally.fates.failed })
    await rig.expectCopied()
    await rig.expectIdle()
  })
})
