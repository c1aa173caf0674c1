import { Buffer } from 'node:buffer'
import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto'

/** What a certificate says (RFC 5280); all names are common names. */
export interface CertificateFields {
  readonly subject: string
  readonly issuer: string
  /** Unlike that of any other certificate of the issuer; at most 19 bytes. */
  readonly serialNumber: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: KeyObject
  readonly issuerPublicKey: KeyObject
  readonly isAuthority: boolean
  /** Host names and IP addresses that a server's certificate is good for. */
  readonly hosts: readonly string[]
}

/** Signs a certificate with an RSA or a P-256 key, SHA-256 either way; the answer is DER. */
export function signCertificate(fields: CertificateFields, issuerKey: KeyObject): Buffer {
  const algorithm =
    issuerKey.asymmetricKeyType === 'rsa'
      ? sequence(oid('1.2.840.113549.1.1.11'), tag(0x05, Buffer.alloc(0)))
      : sequence(oid('1.2.840.10045.4.3.2'))
  const body = sequence(
    tag(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x40]), fields.serialNumber])),
    algorithm,
    commonName(fields.issuer),
    sequence(time(fields.notBefore), time(fields.notAfter)),
    commonName(fields.subject),
    fields.publicKey.export({ format: 'der', type: 'spki' }),
    tag(0xa3, sequence(...extensions(fields))),
  )
  return sequence(body, algorithm, bitString(sign('sha256', body, issuerKey)))
}

/** PEM of a certificate's DER. */
export function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function extensions(fields: CertificateFields): readonly Buffer[] {
  const boolean = tag(0x01, Buffer.from([0xff]))
  const extension = (id: string, isCritical: boolean, value: Buffer) =>
    sequence(oid(id), ...(isCritical ? [boolean] : []), tag(0x04, value))
  // keyCertSign and cRLSign, or digitalSignature and keyEncipherment: bits 5, 6 and bits 0, 2.
  const usage = fields.isAuthority ? [0x01, 0x06] : [0x05, 0xa0]
  const names = fields.hosts.map((host) =>
    isAddress(host) ? tag(0x87, ipBytes(host)) : tag(0x82, Buffer.from(host, 'ascii')),
  )
  return [
    extension('2.5.29.19', true, fields.isAuthority ? sequence(boolean) : sequence()),
    extension('2.5.29.15', true, tag(0x03, Buffer.from(usage))),
    extension('2.5.29.14', false, tag(0x04, keyId(fields.publicKey))),
    extension('2.5.29.35', false, sequence(tag(0x80, keyId(fields.issuerPublicKey)))),
    ...(fields.isAuthority
      ? []
      : [extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2')))]),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...names))]),
  ]
}

function keyId(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return createHash('sha1')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest()
}

/** No host name has a colon or ends in a number. */
function isAddress(host: string): boolean {
  return host.includes(':') || /(?:^|\.)\d+$/.test(host)
}

function ipBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail = ''] = address.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [groups(head), groups(tail)]
  const all = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}

function commonName(name: string): Buffer {
  return sequence(tag(0x31, sequence(oid('2.5.4.3'), tag(0x0c, Buffer.from(name, 'utf8')))))
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`
  return date.getUTCFullYear() < 2050 ? tag(0x17, Buffer.from(digits.slice(2))) : tag(0x18, Buffer.from(digits))
}

function integer(bytes: Buffer): Buffer {
  return tag(0x02, bytes)
}

function bitString(bytes: Buffer): Buffer {
  return tag(0x03, Buffer.concat([Buffer.from([0]), bytes]))
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = rest.flatMap((arc) => {
    const groups = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 0x7f) | 0x80)
    return groups
  })
  return tag(0x06, Buffer.from([first * 40 + second, ...bytes]))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tag(0x30, Buffer.concat(parts))
}

function tag(number: number, content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.concat([Buffer.from([number, content.length]), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const bytes = length.subarray(length.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.from([number, 0x80 | bytes.length]), bytes, content])
}
