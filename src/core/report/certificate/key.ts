import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, sign, verify, type KeyObject } from 'node:crypto'
import { MigrationError } from '../../errors.ts'

/** A key that signs certificates. The secret never leaves it. */
export interface SigningKey {
  /** SubjectPublicKeyInfo in DER, base64. */
  readonly publicKey: string
  /** SHA-256 of the DER, hexadecimal: what people compare. */
  readonly keyId: string
  sign(bytes: Uint8Array): Uint8Array
}

/** A new Ed25519 key as PKCS #8 PEM; whoever keeps it keeps it private. */
export function generateSigningKeyPem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Reads a private key from PEM, or takes one from `node:crypto`. Throws `config` when it is not an Ed25519 key. */
export function toSigningKey(privateKey: string | KeyObject): SigningKey {
  const key = typeof privateKey === 'string' ? readPrivateKey(privateKey) : privateKey
  if (key.type !== 'private' || key.asymmetricKeyType !== 'ed25519') throw notAKey()
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
  return { publicKey, keyId: keyIdOf(publicKey), sign: (bytes) => sign(null, bytes, key) }
}

/** The fingerprint of a public key given as base64 of its DER. */
export function keyIdOf(publicKey: string): string {
  return hash('sha256', Buffer.from(publicKey, 'base64'), 'hex')
}

/** A fingerprint as people read it aloud: groups of four. */
export function keyIdText(keyId: string): string {
  return keyId.match(/.{1,4}/g)?.join(' ') ?? keyId
}

/**
 * The fingerprint that a person gave: 64 hexadecimal digits with any blanks and colons, or a public key in PEM. Throws
 * `config` on anything else.
 */
export function parseExpectedKey(text: string): string {
  const digits = text.replace(/[\s:]/g, '').toLowerCase()
  if (/^[0-9a-f]{64}$/.test(digits)) return digits
  if (text.includes('-----BEGIN PUBLIC KEY-----')) {
    try {
      const key = createPublicKey(text)
      if (key.asymmetricKeyType === 'ed25519')
        return keyIdOf(key.export({ type: 'spki', format: 'der' }).toString('base64'))
    } catch (cause) {
      throw notAnExpectedKey(cause)
    }
  }
  throw notAnExpectedKey()
}

/** Whether `signature` (base64, 64 bytes) is `publicKey`'s over `bytes`; false as well when either cannot be one. */
export function isSignedBy(publicKey: string, signature: string, bytes: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' })
    return key.asymmetricKeyType === 'ed25519' && verify(null, bytes, key, Buffer.from(signature, 'base64'))
  } catch {
    // What OpenSSL cannot read as a key has signed nothing.
    return false
  }
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw notAKey(cause)
  }
}

function notAKey(cause?: unknown): MigrationError {
  return new MigrationError('config', 'certificate.key', {
    message: 'The signing key is no Ed25519 private key in PEM.',
    hint: 'Restore the key file, or move it away to have a new one made.',
    cause,
  })
}

function notAnExpectedKey(cause?: unknown): MigrationError {
  return new MigrationError('config', 'certificate.expected-key', {
    message: 'The expected key is neither a fingerprint nor an Ed25519 public key in PEM.',
    hint: 'Give the 64 hexadecimal digits that the person who signed tells you, or the file of their public key.',
    cause,
  })
}
