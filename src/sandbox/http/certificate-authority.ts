import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { signCertificate, toPem } from '../../formats/x509.ts'

/** A certificate with its private key, both PEM. */
export interface ServerCertificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** An authority of a sandbox's own, for its HTTPS and its IMAP. */
export interface CertificateAuthority {
  /** What a client has to trust. */
  readonly certificatePem: string
  /** A certificate for a server under these host names and addresses. */
  issue(hosts: readonly string[]): ServerCertificate
}

const dayMs = 24 * 60 * 60 * 1000

/** Apple's systems refuse a server's certificate that lives longer. */
const serverDays = 397

/**
 * Makes an authority and keeps its key in memory only: what it has signed cannot be added to later. `nowMs` is the
 * machine's time, which is what clients compare with.
 */
export function createCertificateAuthority(nowMs: number, name = 'Mailvan sandbox authority'): CertificateAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const validity = (days: number) => ({ notBefore: new Date(nowMs - dayMs), notAfter: new Date(nowMs + days * dayMs) })
  const sign = (subject: string, publicKey: KeyObject, isAuthority: boolean, hosts: readonly string[]) =>
    toPem(
      signCertificate(
        {
          subject,
          issuer: name,
          serialNumber: randomBytes(15),
          publicKey,
          issuerPublicKey: authority.publicKey,
          isAuthority,
          hosts,
          ...validity(isAuthority ? 3650 : serverDays),
        },
        authority.privateKey,
      ),
    )
  return {
    certificatePem: sign(name, authority.publicKey, true, []),
    issue: (hosts) => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      return {
        certificatePem: sign(hosts[0] ?? 'localhost', publicKey, false, hosts),
        privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      }
    },
  }
}
