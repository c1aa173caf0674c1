import { readFile } from 'node:fs/promises'
import type { EndpointInput } from '../../../control/microsoft-365/resolve-endpoint.ts'
import { UsageError } from '../../../control/usage-error.ts'

/** Which tenant, and what for, as options say it. */
export interface TenantOptions {
  readonly tenant?: string
  readonly side?: string
  readonly cloud?: string
  readonly work?: readonly string[]
  readonly also?: readonly string[]
  readonly without?: readonly string[]
  readonly authority?: string
  readonly graph?: string
  readonly outlook?: string
  readonly imap?: string
  readonly timeFactor?: string
  readonly limitPercent?: string
  readonly ca?: string
  readonly tlsUnverified?: boolean
}

/** Reads the options, and the file that one of them names. Throws `UsageError`. */
export async function readTenantInput(options: TenantOptions): Promise<EndpointInput> {
  const { ca, tlsUnverified, ...rest } = options
  return { ...rest, verifiesCertificates: tlsUnverified !== true, ...(ca !== undefined && { authorityPem: await readAuthority(ca) }) }
}

async function readAuthority(file: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8')
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new UsageError('endpoint-ca', `--ca: ${file} cannot be read (${reason}).`, 'Check the path and its permissions.', error)
  }
  throw new UsageError('endpoint-ca', `--ca: ${file} holds no certificate in PEM.`, 'Name the file of the authority, which begins with BEGIN CERTIFICATE.')
}
