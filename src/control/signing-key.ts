import { createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { MigrationError } from '../core/errors.ts'
import { generateSigningKeyPem, toSigningKey } from '../core/report/certificate/key.ts'
import type { SigningKey } from '../core/report/certificate/key.ts'
import { writeOnce } from './write-once.ts'

/**
 * The Ed25519 key that signs certificates; made at the first call (readable by its owner only), with its public half beside
 * it as `.pub`, and never changed after. Safe when several processes begin at once. Throws `config` when the file is there
 * and holds no such key.
 */
export async function ensureSigningKey(file: string): Promise<SigningKey> {
  return toSigningKey((await readIfThere(file)) ?? (await makeKey(file)))
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new MigrationError('config', 'signing-key.unreadable', {
      message: `The signing key ${file} cannot be read.`,
      hint: 'Make it readable for this user, or move it away to have a new one made; older certificates keep theirs.',
      cause: error,
    })
  }
}

/** Whoever comes second finds the first one's key and uses it. */
async function makeKey(file: string): Promise<string> {
  await writeOnce(file, generateSigningKeyPem(), 0o600)
  const kept = await readFile(file, 'utf8')
  const publicPem = createPublicKey(kept).export({ type: 'spki', format: 'pem' }).toString()
  await writeOnce(`${file}.pub`, publicPem, 0o644)
  return kept
}
