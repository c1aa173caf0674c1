import { createHash, createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { MigrationError } from '../../../../core/errors.ts'
import { signCertificate, toPem } from '../../../../formats/x509.ts'

/** How an app proves itself: by a certificate whose public half is registered, or by a secret. */
export type AppCredential =
  | { readonly type: 'certificate'; readonly certificatePem: string; readonly privateKeyPem: string }
  | { readonly type: 'secret'; readonly secret: string }

/** A certificate with its key, read. */
export interface AppCertificate {
  readonly certificate: X509Certificate
  readonly privateKey: KeyObject
  /** SHA-256 of its DER, base64url: `x5t#S256`. */
  readonly thumbprint: string
}

const dayMs = 24 * 60 * 60 * 1000
const lifetimeDaysDefault = 180
const lifetimeDaysMax = 365
const modulusBits = 3072
/** Clocks differ: what is valid from now on would be refused by one that is behind. */
const earlierMs = 10 * 60_000

/**
 * Makes a certificate of an app's own, self-signed, RSA. Policies of tenants mostly refuse those that live longer than a year,
 * so `lifetimeDays` is 365 at most.
 */
export async function makeAppCertificate(options: {
  readonly name: string
  readonly nowMs: number
  readonly randomBytes: (size: number) => Uint8Array
  readonly lifetimeDays?: number
}): Promise<Extract<AppCredential, { type: 'certificate' }>> {
  const { name, nowMs, lifetimeDays = lifetimeDaysDefault } = options
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: modulusBits })
  const der = signCertificate(
    {
      subject: name,
      issuer: name,
      serialNumber: options.randomBytes(15),
      notBefore: new Date(nowMs - earlierMs),
      notAfter: new Date(nowMs + Math.min(lifetimeDays, lifetimeDaysMax) * dayMs),
      publicKey,
      issuerPublicKey: publicKey,
      isAuthority: false,
      hosts: [],
    },
    privateKey,
  )
  const privateKeyPem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  return { type: 'certificate', certificatePem: toPem(der), privateKeyPem }
}

/** Reads a certificate with its key. Throws `config` when one of them is none, when they do not belong together or are not RSA. */
export function readAppCertificate(credential: {
  readonly certificatePem: string
  readonly privateKeyPem: string
}): AppCertificate {
  const certificate = readPart('certificate', () => new X509Certificate(credential.certificatePem))
  const privateKey = readPart('private key', () => createPrivateKey(credential.privateKeyPem))
  if (privateKey.asymmetricKeyType !== 'rsa') {
    throw unusable('The private key of the app is not an RSA key.', 'Make an RSA key of 2048 bits or more: Microsoft takes no other.')
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw unusable('Certificate and private key do not belong together.', 'Give the key that the certificate was made with.')
  }
  return { certificate, privateKey, thumbprint: createHash('sha256').update(certificate.raw).digest('base64url') }
}

/** What a parser of PEM says could repeat some of the key, so it is no cause. */
function readPart<T>(part: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw unusable(`The ${part} of the app is not in PEM, or is protected by a password.`, 'Give both in PEM, the key without a password.')
  }
}

function unusable(message: string, hint: string): MigrationError {
  return new MigrationError('config', 'microsoft.sign-in.certificate-unusable', { message, hint })
}
