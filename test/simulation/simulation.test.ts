import { describe, expect, test } from 'vitest'
import { simulate, type SimulateOptions } from './simulate.ts'

const seeds = Number(process.env['SIMULATION_SEEDS'] ?? 2_400)
const firstSeed = Number(process.env['SIMULATION_FIRST_SEED'] ?? 1)
const seedsAtOnce = 200

/** Fails with everything that is needed to see it again. */
async function expectKept(options: SimulateOptions): Promise<Awaited<ReturnType<typeof simulate>>> {
  const replay = `npm run simulate -- --seed ${options.seed}${options.form === undefined ? '' : ` --form ${options.form}`}`
  const simulated = await simulate(options).catch((error: unknown) => {
    throw new Error(`${replay}: ${String(error)}`, { cause: error })
  })
  const { problems } = simulated
  expect(problems, `${replay}\n${problems.map((one) => `${one.name}: ${one.text}`).join('\n')}`).toEqual([])
  return simulated
}

/** Nothing goes wrong but what the test itself does, and nobody meddles. */
const calm = {
  edits: 'none',
  rates: { transient: 0, throttled: 0, item: 0, crash: 0, latencyMsMax: 5 },
} as const

describe('simulation', () => {
  for (let from = firstSeed; from < firstSeed + seeds; from += seedsAtOnce) {
    const until = Math.min(from + seedsAtOnce, firstSeed + seeds)
    test(`no loss, no duplicate, sums that balance: seeds ${from} to ${until - 1}`, async () => {
      for (let seed = from; seed < until; seed++) await expectKept({ seed })
    })
  }

  test(`the same for items that travel whole: seeds ${firstSeed} to ${firstSeed + seeds / 4 - 1}`, async () => {
    for (let seed = firstSeed; seed < firstSeed + seeds / 4; seed++) await expectKept({ seed, form: 'exchange' })
  })

  test.each([7, 21, 33])('killed at every durable step in turn, before and after its effect: seed %i', async (seed) => {
    const { durableSteps } = await expectKept({ seed, ...calm })
    expect(durableSteps).toBeGreaterThan(10)
    for (let step = 1; step <= durableSteps; step++) {
      for (const when of ['before', 'after'] as const) await expectKept({ seed, ...calm, death: { step, when } })
    }
  })

  test.each(['update', 'mirror'] as const)(
    'killed at every durable step of a later pass that carries changes: %s',
    async (policy) => {
      const options = { seed: 12, ...calm, edits: 'source', policy, deathPass: 2 } as const
      const { durableSteps } = await expectKept(options)
      expect(durableSteps).toBeGreaterThan(5)
      for (let step = 1; step <= durableSteps; step++) {
        for (const when of ['before', 'after'] as const) await expectKept({ ...options, death: { step, when } })
      }
    },
  )

  test.each(['transient', 'crash'] as const)('the n-th call of a pass that moves by copying and removing fails, for every n: %s', async (kind) => {
    const target = { canMove: false, canCopy: true, canRemove: true, tellsTargetIds: true }
    for (const form of ['mail', 'exchange'] as const) {
      const options = { seed: 4, ...calm, edits: 'source', policy: 'update', form, deathPass: 2, targetOptions: target } as const
      const { steps } = await expectKept(options)
      expect(steps).toBeGreaterThan(20)
      for (let step = 1; step <= steps; step++) await expectKept({ ...options, failAt: { step, kind } })
    }
  })

  test.each(['transient', 'throttled', 'crash'] as const)('the n-th call fails, for every n: %s', async (kind) => {
    const { steps } = await expectKept({ seed: 5, ...calm })
    expect(steps).toBeGreaterThan(20)
    for (let step = 1; step <= steps; step++) await expectKept({ seed: 5, ...calm, failAt: { step, kind } })
  })
})
