import type { LineHook } from '../meddler.ts'

/** Lets the server announce what `change` makes of it. */
export function announcing(change: (names: readonly string[]) => readonly string[]): LineHook {
  return (line) => line.replace(/\bCAPABILITY ([^\]]+)/, (_whole, names: string) => `CAPABILITY ${change(names.trim().split(' ')).join(' ')}`)
}
