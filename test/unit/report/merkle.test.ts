import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MerkleTree } from '../../../src/core/report/certificate/merkle.ts'

// The leaves and roots that the Certificate Transparency project tests its logs with.
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

test('gives the published roots of RFC 6962 trees', () => {
  const tree = new MerkleTree()
  expect(tree.root()).toBe(roots[0])
  leaves.forEach((leaf, at) => {
    tree.add(Buffer.from(leaf, 'hex'))
    expect(tree.root()).toBe(roots[at + 1])
  })
  expect(tree.size).toBe(8)
})

test('gives what the recursive definition of RFC 6962 section 2.1 gives, for bytes as for text', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 20, unit: 'grapheme' }), { maxLength: 70 }), (texts) => {
      const [ofBytes, ofText] = [new MerkleTree(), new MerkleTree()]
      for (const text of texts) {
        ofBytes.add(Buffer.from(text))
        ofText.add(text)
      }
      const expected = definition(texts.map((text) => Buffer.from(text))).toString('hex')
      expect([ofBytes.root(), ofText.root()]).toEqual([expected, expected])
    }),
  )
})

test('takes leaves of any length', () => {
  const long = 'x'.repeat(100_000)
  const tree = new MerkleTree()
  tree.add('short')
  tree.add(long)
  expect(tree.root()).toBe(definition([Buffer.from('short'), Buffer.from(long)]).toString('hex'))
})

function definition(data: readonly Buffer[]): Buffer {
  const sha256 = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  if (data.length === 0) return sha256()
  if (data.length === 1) return sha256(Buffer.from([0]), data[0]!)
  let split = 1
  while (split * 2 < data.length) split *= 2
  return sha256(Buffer.from([1]), definition(data.slice(0, split)), definition(data.slice(split)))
}
