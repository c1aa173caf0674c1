import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

/** A key of 32 bytes, and by what its work is recognised. */
export interface SealingKey {
  readonly bytes: Uint8Array
  /** Tells keys apart and nothing about them. */
  readonly id: string
}

/** Secrets as they are kept: AES-256-GCM (NIST SP 800-38D), a nonce of its own for each. All base64. */
export interface SealedSecrets {
  readonly keyId: string
  readonly nonce: string
  /** With the tag of 16 bytes at its end. */
  readonly data: string
}

const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** A key by its 32 bytes. */
export function toSealingKey(bytes: Uint8Array): SealingKey {
  return { bytes, id: createHash('sha256').update('mailvan sealing key').update(bytes).digest('hex').slice(0, 16) }
}

/** Seals `secrets`; they open again only beside the same `about`. */
export function seal(secrets: string, about: string, key: SealingKey, randomBytes: (size: number) => Uint8Array): SealedSecrets {
  const nonce = randomBytes(nonceBytes)
  const sealing = createCipheriv(cipher, key.bytes, nonce, { authTagLength: tagBytes })
  sealing.setAAD(Buffer.from(about))
  const data = Buffer.concat([sealing.update(secrets, 'utf8'), sealing.final(), sealing.getAuthTag()])
  return { keyId: key.id, nonce: Buffer.from(nonce).toString('base64'), data: data.toString('base64') }
}

/** Opens what `seal` made; undefined when key, `about` or a byte of it is another. */
export function unseal({ nonce, data }: SealedSecrets, about: string, key: SealingKey): string | undefined {
  const [iv, sealed] = [Buffer.from(nonce, 'base64'), Buffer.from(data, 'base64')]
  if (iv.length !== nonceBytes || sealed.length < tagBytes) return undefined
  const opening = createDecipheriv(cipher, key.bytes, iv, { authTagLength: tagBytes })
  opening.setAAD(Buffer.from(about))
  opening.setAuthTag(sealed.subarray(-tagBytes))
  try {
    return Buffer.concat([opening.update(sealed.subarray(0, -tagBytes)), opening.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
