import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { SandboxClock } from '../clock.ts'
import { type Claims, hasValidSignature, type ParsedJwt, parseJwt, signJwt } from '../../formats/json-web-token.ts'

interface SigningKey {
  readonly keyId: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly madeAtMs: number
  /** When it stops being published; undefined for the one that signs. */
  retiresAtMs: number | undefined
}

/** A key as it is kept beyond a process. */
export interface KeptKey {
  readonly privateKeyPem: string
  readonly madeAtMs: number
  readonly retiresAtMs: number | undefined
}

/** Where keys outlive the process. */
export interface KeyStore {
  load(): readonly KeptKey[]
  /** Replaces what was kept. */
  save(keys: readonly KeptKey[]): void
}

/** What the keys begin with. */
export interface SigningKeysOptions {
  /** The RSA key to begin with, where none is kept; one is made where it is absent, which takes a moment. */
  readonly first?: KeyObject
  readonly store?: KeyStore
}

/** A key as the key set publishes it (RFC 7517). */
export interface PublishedKey {
  readonly kty: 'RSA'
  readonly use: 'sig'
  readonly kid: string
  readonly x5t: string
  readonly n: string
  readonly e: string
  readonly issuer?: string
}

/** How long a rotated key is still published, so that tokens of the hour before verify. */
const retirementMs = 24 * 60 * 60 * 1000

const modulusBits = 2048
const verifiedMax = 1_000

/** The keys that sign a sandbox's tokens; the newest signs, those before it still verify for a day. */
export class SigningKeys {
  readonly #clock: SandboxClock
  #keys: SigningKey[]
  /** Tokens whose signature was found good; their key is looked for again each time. */
  readonly #verified = new Map<string, ParsedJwt>()
  readonly #store: KeyStore | undefined

  constructor(clock: SandboxClock, { first, store }: SigningKeysOptions = {}) {
    this.#clock = clock
    this.#store = store
    this.#keys = store === undefined ? [] : readKept(store, clock.nowMs())
    if (this.#keys.length === 0) this.#keys = [this.#toSigningKey(first ?? createKey())]
    this.#save()
  }

  /** Signs with the newest key and names it in the header. */
  sign(claims: Claims): string {
    const { keyId, privateKey } = this.#newest()
    return signJwt('RS256', { typ: 'JWT', x5t: keyId, kid: keyId }, claims, privateKey)
  }

  /** A token taken apart that one of the published keys signed, or why it is none. */
  read(token: string): ParsedJwt | 'malformed' | 'bad-signature' {
    // A client shows the same token with every request, and reading it anew costs more than most answers.
    const known = this.#verified.get(token)
    const jwt = known ?? parseJwt(token)
    if (jwt === undefined) return 'malformed'
    const key = this.#published().find(({ keyId }) => keyId === jwt.header['kid'])
    if (key === undefined || jwt.header['alg'] !== 'RS256') return 'bad-signature'
    if (known !== undefined) return known
    if (!hasValidSignature(jwt, key.publicKey)) return 'bad-signature'
    if (this.#verified.size >= verifiedMax) this.#verified.clear()
    this.#verified.set(token, jwt)
    return jwt
  }

  /** Takes a new key for everything signed from now on. */
  rotate(): void {
    this.#newest().retiresAtMs = this.#clock.nowMs() + retirementMs
    this.#keys = [this.#toSigningKey(createKey()), ...this.#published()]
    this.#save()
  }

  /** Takes a new key and publishes the old ones no longer: every token before verifies no more. */
  revoke(): void {
    this.#keys = [this.#toSigningKey(createKey())]
    this.#save()
  }

  published(): readonly PublishedKey[] {
    return this.#published().map(({ keyId, publicKey }) => {
      const { n, e } = publicKey.export({ format: 'jwk' })
      return { kty: 'RSA', use: 'sig', kid: keyId, x5t: keyId, n: n as string, e: e as string }
    })
  }

  #toSigningKey(privateKey: KeyObject): SigningKey {
    return toSigningKey(privateKey, this.#clock.nowMs(), undefined)
  }

  #save(): void {
    this.#store?.save(
      this.#keys.map(({ privateKey, madeAtMs, retiresAtMs }) => {
        return { privateKeyPem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })), madeAtMs, retiresAtMs }
      }),
    )
  }

  #newest(): SigningKey {
    return this.#keys[0] as SigningKey
  }

  #published(): SigningKey[] {
    const nowMs = this.#clock.nowMs()
    return this.#keys.filter(({ retiresAtMs }) => retiresAtMs === undefined || retiresAtMs > nowMs)
  }
}

function createKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: modulusBits }).privateKey
}

/** The newest first. Of several stores' newest keys one signs, and the others are about to retire. */
function readKept(store: KeyStore, nowMs: number): SigningKey[] {
  const kept = new Map(store.load().map((key) => [key.privateKeyPem, key]))
  return [...kept.values()]
    .filter(({ retiresAtMs }) => retiresAtMs === undefined || retiresAtMs > nowMs)
    .toSorted((a, b) => Number(b.retiresAtMs === undefined) - Number(a.retiresAtMs === undefined) || b.madeAtMs - a.madeAtMs)
    .map(({ privateKeyPem, madeAtMs, retiresAtMs }, index) =>
      toSigningKey(createPrivateKey(privateKeyPem), madeAtMs, index === 0 ? undefined : (retiresAtMs ?? nowMs + retirementMs)),
    )
}

function toSigningKey(privateKey: KeyObject, madeAtMs: number, retiresAtMs: number | undefined): SigningKey {
  const publicKey = createPublicKey(privateKey)
  const keyId = createHash('sha1')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64url')
  return { keyId, privateKey, publicKey, madeAtMs, retiresAtMs }
}
