import type { Context } from '../../../core/ports/context.ts'

const firstMs = 2_000
const delayMsMax = 30_000

/**
 * Looks again and again until there is something, less and less often; undefined when there is nothing within `totalMs`.
 * Throws what `look` throws.
 */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  totalMs: number,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  waiting: () => void = () => undefined,
): Promise<T | undefined> {
  const endMs = clock.now() + totalMs
  for (let delayMs = firstMs; ; delayMs = Math.min(delayMs * 1.5, delayMsMax)) {
    const found = await look()
    if (found !== undefined) return found
    if (clock.now() + delayMs > endMs) return undefined
    waiting()
    await clock.sleep(delayMs, signal)
  }
}
