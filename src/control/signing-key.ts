import { createPublicKey, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MigrationError } from '../core/errors.ts'
import { generateSigningKeyPem, toSigningKey } from '../core/report/certificate/key.ts'
import type { SigningKey } from '../core/report/certificate/key.ts'

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

/** Written aside and linked into place: whoever comes second finds a whole key and uses it. */
async function makeKey(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const pem = generateSigningKeyPem()
  await writeAside(file, pem, 0o600)
  const kept = await readFile(file, 'utf8')
  const publicPem = createPublicKey(kept).export({ type: 'spki', format: 'pem' }).toString()
  await writeAside(`${file}.pub`, publicPem, 0o644)
  return kept
}

async function writeAside(file: string, text: string, mode: number): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  const handle = await open(aside, 'wx', mode)
  try {
    await handle.writeFile(text)
    await handle.sync()
    await handle.close()
    await link(aside, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await rm(aside, { force: true })
  }
}
