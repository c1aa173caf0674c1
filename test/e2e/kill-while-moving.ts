import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { SeededRandom } from '../../src/sandbox/samples/seeded-random.ts'
import type { MailvanProcess } from './mailvan-process.ts'

/** A migration that is to be killed. */
export interface KilledMigration {
  readonly start: () => MailvanProcess
  /** How many items are at the target now. */
  readonly arrived: () => Promise<number>
  readonly itemsTotal: number
  readonly kills: number
  readonly random: SeededRandom
}

/** How much is left for the run that nobody kills. */
const leftShare = 0.25
const earlyKillMsMax = 600

/**
 * Kills the program by SIGKILL again and again: once while it starts, lists or recognises, then each time once a random
 * number of further items has arrived. Gives how many items were there after each kill. A machine that is slow to kill may
 * let the last run end by itself; fails when none was killed midway.
 */
export async function killWhileMoving({ start, arrived, itemsTotal, kills, random }: KilledMigration): Promise<readonly number[]> {
  const counts: number[] = []
  const itemsBetween = (itemsTotal * (1 - leftShare)) / kills
  for (let kill = 0; kill <= kills; kill++) {
    const before = await arrived()
    const run = start()
    if (kill === 0) await sleep(random.integer(0, earlyKillMsMax))
    else {
      const wanted = before + random.integer(1, Math.ceil(itemsBetween))
      while (run.isRunning && (await arrived()) < wanted) await sleep(2)
      await sleep(random.integer(0, 20))
    }
    const wasRunning = run.kill()
    expect(await run.ended).toMatchObject({ ...(wasRunning ? { exitCode: null, signal: 'SIGKILL' } : { exitCode: 0, signal: null }), errors: '' })
    if (!wasRunning) break
    counts.push(await arrived())
  }
  expect(counts.some((count) => count > 0 && count < itemsTotal), `killed midway: ${counts.join(' ')} of ${itemsTotal}`).toBe(true)
  return counts
}
