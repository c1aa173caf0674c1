import { readFileSync } from 'node:fs'

/** The version of this package. */
export function version(): string {
  // Two folders up in a checkout (src/control) and in the published package (dist/control) alike.
  const description: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const isDescribed = typeof description === 'object' && description !== null && 'version' in description
  return isDescribed ? String(description.version) : 'unknown'
}
