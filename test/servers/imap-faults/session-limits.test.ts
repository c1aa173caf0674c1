import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DovecotServer, startDovecot } from '../dovecot.ts'
import { FaultRig, fill, type FaultRigOptions, range } from './fault-rig.ts'

let wide: DovecotServer
let narrow: Record<1 | 2, DovecotServer>
beforeAll(async () => {
  const start = (sessionsMax: number) => startDovecot({ tls: false, fsync: 'never', sessionsMax })
  const [three, one, two] = await Promise.all([start(1000), start(1), start(2)])
  wide = three
  narrow = { 1: one, 2: two }
})
afterAll(() => Promise.all([wide, narrow[1], narrow[2]].map((server) => server.stop())))

async function migrateLimited(name: string, source: DovecotServer, target: DovecotServer, more: Partial<FaultRigOptions> = {}): Promise<void> {
  const options = { source: { port: source.port, user: `${name}-s` }, target: { port: target.port, user: `${name}-t` }, ...more }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 120))
      await fill(probe, ['Big'], range(200, 12), 200_000)
      for (let folder = 0; folder < 8; folder++) await fill(probe, ['Many', `Folder ${folder}`], range(300 + folder * 20, 15))
    })
    const { tally } = await rig.migrate()
    expect(tally.fates.migrated).toBe(252)
  })
}

for (const sessions of [1, 2] as const) {
  test(`a source that lets ${sessions} session in is read with fewer lanes`, () =>
    migrateLimited(`source-${sessions}`, narrow[sessions], wide))
  test(`a target that lets ${sessions} session in is written with fewer lanes`, () =>
    migrateLimited(`target-${sessions}`, wide, narrow[sessions]))
  test(`two sides that let ${sessions} session in each are served without a deadlock`, () =>
    migrateLimited(`both-${sessions}`, narrow[sessions], narrow[sessions]))
  test(`two sides that let ${sessions} session in are verified byte by byte`, () =>
    migrateLimited(`content-${sessions}`, narrow[sessions], narrow[sessions], { verification: 'content' }))
}

test('copies of another tool are recognised over the one session that both sides let in', async () => {
  const options = { source: { port: narrow[1].port, user: 'adopt-s' }, target: { port: narrow[1].port, user: 'adopt-t' } }
  await FaultRig.run(options, async (rig) => {
    const seed = async (count: number, probe: Parameters<typeof fill>[0]) => {
      for (let folder = 0; folder < 6; folder++) await fill(probe, [`Folder ${folder}`], range(folder * 50, count))
    }
    await rig.atSource((probe) => seed(40, probe))
    await rig.atTarget((probe) => seed(20, probe))
    const { tally } = await rig.migrate()
    expect(tally.fates).toMatchObject({ migrated: 120, alreadyThere: 120 })
  })
})
