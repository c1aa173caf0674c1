import { ensureDovecot } from './ensure-dovecot.ts'

/** Run by vitest once before the tests that need a server. */
export async function setup(): Promise<void> {
  await ensureDovecot()
}
