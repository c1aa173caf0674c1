import { afterAll, beforeAll, describe, test } from 'vitest'
import { bothSideTests } from './both-sides.ts'
import type { ConformanceMailbox, ConformanceOptions, ConformanceServer } from './harness.ts'
import { pairTests } from './pair-side.ts'
import { sourceTests } from './source-side.ts'
import { targetTests } from './target-side.ts'

/** What a conformance test gets: the server, and a mailbox that nobody used before. */
export interface Subject<Config> {
  readonly server: ConformanceServer<Config>
  readonly mailbox: ConformanceMailbox<Config>
}

/** A numbered test that every connector passes or names in a skip. */
export interface ConformanceTest {
  /** `S2`, or `S2.resume` where a number has several. A skip of `S2` covers all of them. */
  readonly number: string
  readonly title: string
  run<Config>(subject: Subject<Config>): Promise<void>
}

/**
 * Registers every test of the suite (house style, section 2) for one connector. A skip that names no test fails, and so
 * does a test that needs what the harness does not offer without a skip that says why.
 */
export function runConformance<Config>(options: ConformanceOptions<Config>): void {
  const tests: readonly ConformanceTest[] = [...bothSideTests, ...sourceTests, ...targetTests, ...pairTests]
  describe(`conformance of ${options.name}`, () => {
    let server: ConformanceServer<Config> | undefined
    beforeAll(async () => {
      server = await options.start()
    })
    afterAll(async () => {
      await server?.stop()
    })
    for (const one of tests) {
      const skip = options.skips.find(({ tests: numbers }) => numbers.some((number) => covers(number, one.number)))
      if (skip) {
        test.skip(`${one.number} ${one.title} - skipped: ${skip.reason}`)
        continue
      }
      test(`${one.number} ${one.title}`, async () => {
        if (!server) throw new Error('the server did not start')
        await one.run({ server, mailbox: await server.freshMailbox() })
      })
    }
    test('every skip names a test', () => {
      for (const number of options.skips.flatMap((skip) => skip.tests)) {
        if (!tests.some((one) => covers(number, one.number))) throw new Error(`there is no test ${number} to skip`)
      }
    })
    const skipped = tests.filter((one) =>
      options.skips.some((skip) => skip.tests.some((number) => covers(number, one.number))),
    )
    test(`${tests.length - skipped.length} of ${tests.length} tests apply`, () => undefined)
  })
}

function covers(skipped: string, number: string): boolean {
  return number === skipped || number.startsWith(`${skipped}.`)
}

/** What the harness must offer for this test; a connector that cannot says so in a skip. */
export function needed<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the harness offers no ${name}, and no skip says why`)
  return value
}
