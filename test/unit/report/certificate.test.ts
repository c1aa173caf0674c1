import { createPublicKey, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CertificateRow } from '../../../src/core/report/certificate/format.ts'
import { generateSigningKeyPem, parseExpectedKey, toSigningKey } from '../../../src/core/report/certificate/key.ts'
import { MerkleTree } from '../../../src/core/report/certificate/merkle.ts'
import { verifyCertificate } from '../../../src/core/report/certificate/verify-certificate.ts'
import {
  certificateBytes,
  certificateInput,
  rowWith,
  rowWithout,
  sampleFolders,
  testKey,
} from './sample-certificate.ts'

const good = await certificateBytes()
const lines = good.toString().split('\n').slice(0, -1)

describe('a certificate', () => {
  test('is valid, and says what became of every item', async () => {
    const verdict = await verifyCertificate([good])
    expect(verdict).toMatchObject({ valid: true, problems: [], signer: 'not-compared', keyId: testKey.keyId })
    expect(verdict.header).toEqual(certificateInput().header)
    expect(verdict.statement).toMatchObject({
      items: 7,
      sizeBytes: 3 * 1_234 + 4 * 10,
      fates: { migrated: 2, alreadyThere: 1, skipped: 1, failed: 1, gone: 1, pending: 1 },
      fateBytes: { migrated: 2_468, alreadyThere: 1_234, skipped: 10, failed: 10, gone: 10, pending: 10 },
      alteredItems: 1,
      folders: 4,
      announcedItems: 6,
      accountedItems: 5,
      lines: 12,
    })
  })

  test('stays what it was in every version: a changed line is a new format version', () => {
    expect(lines[1]).toBe(
      '{"type":"item","folder":["Gr\u00fc\u00dfe \\"x\\"\\\\","\u{1F600}"],"id":"1.1","receivedAt":"2020-09-13T14:26:40+02:00",' +
        '"sizeBytes":1234,"fate":"alreadyThere","targetFolder":["Archive","Old"],"targetId":"9.1.1",' +
        `"sha256":"${'ab'.repeat(32)}","contentBytes":1234,"proof":"found"}`,
    )
    const types = lines.map((line) => JSON.parse(line).type).join(' ')
    expect(types).toBe('header item item item folder item item folder item item folder folder statement signature')
  })

  test('can be checked without this program: a Merkle tree over the lines and a plain Ed25519 signature', () => {
    const tree = new MerkleTree()
    for (const line of lines.slice(0, -2)) tree.add(line)
    expect(JSON.parse(lines.at(-2)!).merkleRoot).toBe(tree.root())
    const key = createPublicKey({
      key: Buffer.from(JSON.parse(lines[0]!).publicKey, 'base64'),
      type: 'spki',
      format: 'der',
    })
    const signature = Buffer.from(JSON.parse(lines.at(-1)!).signature, 'base64')
    expect(verify(null, Buffer.from(lines.at(-2)!), key, signature)).toBe(true)
  })

  test('does not depend on the order in which folders are given', async () => {
    expect(await certificateBytes(certificateInput(sampleFolders.toReversed()))).toEqual(good)
  })

  test('of an empty mailbox is valid', async () => {
    expect(await verifyCertificate([await certificateBytes(certificateInput([]))])).toMatchObject({
      valid: true,
      problems: [],
    })
  })

  test('holds whatever a server or a message may say', async () => {
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom('"', '\\', '\n', '\ud800', '\u2028')),
    })
    const row = fc.record({
      id: text.map((id) => id.toWellFormed()),
      epochMs: fc.oneof(fc.integer(), fc.integer({ min: -9e15, max: 9e15 }), fc.constant(Number.NaN)),
      offsetMinutes: fc.oneof(fc.integer({ min: -1_439, max: 1_439 }), fc.integer()),
      sizeBytes: fc.maxSafeNat().map((bytes) => bytes % 1e12),
      reason: text,
    })
    const folder = fc.record({
      path: fc.array(text, { minLength: 1, maxLength: 3 }),
      rows: fc.uniqueArray(row, { selector: ({ id }) => Buffer.from(id).toString('hex'), maxLength: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(folder, { maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        async (all, chunkBytes) => {
          const folders = all.map(({ path, rows }, at) => ({
            path,
            folderId: String(at),
            rows: rows
              .toSorted((left, right) => Buffer.compare(Buffer.from(left.id), Buffer.from(right.id)))
              .map(({ id, epochMs, offsetMinutes, sizeBytes, reason }): CertificateRow => {
                return { id, receivedAt: { epochMs, offsetMinutes }, sizeBytes, fate: 'skipped', reason }
              }),
          }))
          const bytes = await certificateBytes(certificateInput(folders))
          expect((await verifyCertificate(chunksOf(bytes, chunkBytes))).problems).toEqual([])
        },
      ),
    )
  })

  test('is refused by the writer when rows are out of order, doubled, or say too little', async () => {
    const write = (...rows: CertificateRow[]) =>
      certificateBytes(certificateInput([{ path: ['a'], folderId: '1', rows }]))
    await expect(write(rowWith({ id: '2' }), rowWith({ id: '1' }))).rejects.toThrow('not in order')
    await expect(write(rowWith({ id: '1' }), rowWith({ id: '1' }))).rejects.toThrow('not in order')
    await expect(write(rowWith({ id: '1', sha256: undefined }))).rejects.toThrow('no sha256')
    await expect(write(rowWith({ id: '1', targetFolder: undefined }))).resolves.toBeDefined()
    await expect(write(rowWithout('1', 'skipped'))).rejects.toThrow('no reason')
    const twice = { path: ['a'], folderId: '1', rows: [] }
    await expect(certificateBytes(certificateInput([twice, twice]))).rejects.toThrow('twice')
  })
})

describe('tampering is found', () => {
  const isFound = async (bytes: Uint8Array | string) => {
    const verdict = await verifyCertificate([Buffer.from(bytes)])
    expect(verdict.valid).toBe(false)
    expect(verdict.problems.length).toBeGreaterThan(0)
    return verdict.problems
  }

  test('in every single byte', async () => {
    for (let at = 0; at < good.length; at++) {
      const changed = Buffer.from(good)
      changed[at] = changed[at]! ^ (1 << (at % 8))
      const verdict = await verifyCertificate([changed])
      if (verdict.valid) expect.fail(`byte ${at} was changed unseen`)
    }
  })

  test('in every byte that is missing, doubled, or put in', async () => {
    for (let at = 0; at < good.length; at += 3) {
      for (const changed of [
        Buffer.concat([good.subarray(0, at), good.subarray(at + 1)]),
        Buffer.concat([good.subarray(0, at + 1), good.subarray(at)]),
        Buffer.concat([good.subarray(0, at), Buffer.from(' '), good.subarray(at)]),
      ]) {
        if ((await verifyCertificate([changed])).valid) expect.fail(`a change at byte ${at} was not seen`)
      }
    }
  })

  test('in every line that is missing, doubled, or swapped with the next', async () => {
    for (let at = 0; at < lines.length; at++) {
      await isFound(joined(lines.toSpliced(at, 1)))
      await isFound(joined(lines.toSpliced(at, 0, lines[at]!)))
      if (at + 1 < lines.length) await isFound(joined(lines.toSpliced(at, 2, lines[at + 1]!, lines[at]!)))
    }
  })

  test('in the ends of the file and of lines', async () => {
    expect(await isFound('')).toEqual(['The file is empty.'])
    expect(await isFound(good.subarray(0, -1))).toEqual([
      'Line 14 is not ended: the file was cut off or something was added.',
    ])
    expect(await isFound(`${good}\n`)).toEqual(['Line 15 stands behind the signature.'])
    expect(await isFound(`${good}x`)).toHaveLength(2)
    expect(await isFound(good.toString().replaceAll('\n', '\r\n'))).not.toEqual([])
    expect(await isFound(`\uFEFF${good}`)).not.toEqual([])
    expect(await isFound(joined(lines.toSpliced(3, 0, '')))).toEqual([
      'Line 4 is empty.',
      'Line 14 states another tree hash than that of the lines above it: at least one of them was changed, added, removed or moved.',
      'Line 14 states 12 lines above it, and there are 13.',
    ])
    expect(await isFound(joined(lines.slice(0, -1)))).toEqual([
      'The signature is missing: the file was cut off or is not a certificate.',
    ])
  })

  test('in another spelling of the same JSON', async () => {
    const first = lines[0]!
    for (const spelling of [
      first.replace(',', ', '),
      first.replace('mailvan 0', '\\u006dailvan 0'),
      first.replace('}', ',"x":1}'),
      first.replace('"pass":3', '"pass":3.0'),
      first.replace('{', '{"pass":4,'),
    ]) {
      expect(spelling).not.toBe(first)
      expect((await isFound(joined([spelling, ...lines.slice(1)])))[0]).toMatch(/^Line 1 is not spelled as/)
    }
  })

  test('in sums that were signed without being true', async () => {
    const lie = JSON.parse(lines.at(-2)!)
    lie.fates.failed = 0
    lie.fates.migrated = 3
    const statement = JSON.stringify(lie)
    const signature = Buffer.from(testKey.sign(Buffer.from(statement))).toString('base64')
    const signed = JSON.stringify({ ...JSON.parse(lines.at(-1)!), signature })
    expect(await isFound(joined([...lines.slice(0, -2), statement, signed]))).toEqual([
      'Line 13 states 3 items that are migrated, and the lines above it add up to 2.',
      'Line 13 states 0 items that are failed, and the lines above it add up to 1.',
    ])
  })

  test('when a line is too long to be one, without reading it whole', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x')
    let chunks = 0
    const endless = function* () {
      for (;;) {
        chunks++
        yield chunk
      }
    }
    const { problems } = await verifyCertificate(endless())
    expect(problems[0]).toBe('Line 1 is longer than 1048576 bytes.')
    expect(chunks).toBeLessThan(20)
  })

  test('and told in at most twenty sentences', async () => {
    const problems = await isFound('x\n'.repeat(1_000))
    expect(problems).toHaveLength(20)
    expect(problems.at(-1)).toBe('There are 982 more problems.')
  })
})

describe('the signer', () => {
  test('is the expected one, by fingerprint or public key', async () => {
    const pem = createPublicKey({ key: Buffer.from(testKey.publicKey, 'base64'), type: 'spki', format: 'der' }).export({
      type: 'spki',
      format: 'pem',
    })
    const spoken = testKey.keyId.toUpperCase().replace(/..(?=.)/g, '$&:')
    for (const text of [testKey.keyId, spoken, pem.toString()]) {
      const verdict = await verifyCertificate([good], { expectedKeyId: parseExpectedKey(text) })
      expect(verdict).toMatchObject({ valid: true, signer: 'expected' })
    }
  })

  test('is another one when somebody made and signed a certificate of their own', async () => {
    const other = toSigningKey(generateSigningKeyPem())
    const input = certificateInput()
    const forged = await certificateBytes({
      ...input,
      header: { ...input.header, publicKey: other.publicKey },
      sign: (bytes) => other.sign(bytes),
    })
    expect(await verifyCertificate([forged])).toMatchObject({ valid: true, signer: 'not-compared', keyId: other.keyId })
    expect(await verifyCertificate([forged], { expectedKeyId: testKey.keyId })).toMatchObject({
      valid: false,
      signer: 'other',
      problems: [`The certificate is signed by the key ${other.keyId}, not by the expected key ${testKey.keyId}.`],
    })
  })

  test('signs with the key of the header and no other', async () => {
    const other = toSigningKey(generateSigningKeyPem())
    const bytes = await certificateBytes({ ...certificateInput(), sign: (statement) => other.sign(statement) })
    expect((await verifyCertificate([bytes])).problems).toEqual([
      'Line 14 is no signature of that key over the statement: one of them was changed.',
    ])
  })

  test.each(['', 'abc', 'g'.repeat(64), '-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----'])(
    'is not given by %j',
    (text) => {
      expect(() => parseExpectedKey(text)).toThrow('neither a fingerprint nor')
    },
  )

  test('has an Ed25519 key', () => {
    expect(() => toSigningKey('-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----')).toThrow(
      'no Ed25519 private key',
    )
  })
})

function joined(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}

function* chunksOf(bytes: Buffer, chunkBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}
