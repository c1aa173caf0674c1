/** What is wrong with a connection that could not be made, in the words of OpenSSL and of Node's sockets. */
export type ConnectionFault =
  /** `fault` continues "The certificate of ...". */
  | { readonly type: 'certificate'; readonly name: string; readonly fault: string }
  /** `problem` goes before the place. */
  | { readonly type: 'unreached'; readonly name: string; readonly problem: string }
  | { readonly type: 'not-tls' }
  /** The two have no version or cipher of TLS in common. */
  | { readonly type: 'no-agreement' }

const certificateFaults: Readonly<Record<string, readonly [name: string, fault: string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ['self-signed', 'is self-signed'],
  SELF_SIGNED_CERT_IN_CHAIN: ['unknown-authority', 'is signed by an authority that this machine does not know'],
  UNABLE_TO_GET_ISSUER_CERT: ['unknown-authority', 'is signed by an authority that this machine does not know'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['unknown-authority', 'is signed by an authority that this machine does not know'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['unknown-authority', 'comes without the certificates that lead to its authority'],
  CERT_UNTRUSTED: ['unknown-authority', 'is signed by an authority that is not trusted'],
  CERT_HAS_EXPIRED: ['expired', 'has expired'],
  CERT_NOT_YET_VALID: ['not-yet-valid', 'is not valid yet'],
  CERT_REVOKED: ['revoked', 'was revoked'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['wrong-host', 'is for another host'],
  HOSTNAME_MISMATCH: ['wrong-host', 'is for another host'],
}

const unreached: Readonly<Record<string, readonly [name: string, problem: string]>> = {
  ECONNREFUSED: ['refused', 'Nothing answers at'],
  ENOTFOUND: ['unknown-host', 'There is no host for'],
  EAI_AGAIN: ['unknown-host', 'The name service does not answer for'],
  EHOSTUNREACH: ['unreachable', 'There is no way to'],
  ENETUNREACH: ['unreachable', 'There is no way to'],
  ETIMEDOUT: ['timeout', 'There is no answer from'],
  EADDRNOTAVAIL: ['unreachable', 'There is no way to'],
}

/** What a socket's error says about a connection that could not be made; undefined when it says nothing known. */
export function readConnectionFault(error: Error): ConnectionFault | undefined {
  const code = socketCodeOf(error)
  const certificate = certificateFaults[code]
  if (certificate !== undefined) return { type: 'certificate', name: certificate[0], fault: certificate[1] }
  const place = unreached[code]
  if (place !== undefined) return { type: 'unreached', name: place[0], problem: place[1] }
  const text = `${code} ${error.message}`
  if (/wrong.version.number|packet.length.too.long|unknown.protocol|http.request/i.test(text)) return { type: 'not-tls' }
  if (/protocol.version|unsupported.protocol|no.protocols|no.shared.cipher|handshake.failure/i.test(text)) return { type: 'no-agreement' }
  return undefined
}

/** Node's own name for an error, or nothing. */
export function socketCodeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
