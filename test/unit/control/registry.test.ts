import { expect, test } from 'vitest'
import { connectors } from '../../../src/connectors/registry.ts'

test('what is said of a connector before it is loaded is what it says itself', async () => {
  for (const { kind, schemes, forms, example, load } of connectors) {
    const connector = await load()
    expect({ kind: connector.kind, schemes: [...connector.schemes].sort(), forms: connector.forms }).toEqual({ kind, schemes: [...schemes].sort(), forms })
    expect(schemes).toContain(example.split(':')[0])
  }
})

test('no two connectors have a scheme in common', () => {
  const schemes = connectors.flatMap((connector) => connector.schemes)
  expect(new Set(schemes).size).toBe(schemes.length)
})
