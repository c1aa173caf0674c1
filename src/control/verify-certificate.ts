import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { parseExpectedKey } from '../core/report/certificate/key.ts'
import { verifyCertificate } from '../core/report/certificate/verify-certificate.ts'
import type { CertificateVerdict } from '../core/report/certificate/verify-certificate.ts'
import { UsageError } from './usage-error.ts'

export type { CertificateVerdict } from '../core/report/certificate/verify-certificate.ts'
export { keyIdText } from '../core/report/certificate/key.ts'

/**
 * Checks the certificate in `file`, and that the key `expected` (a fingerprint, or a file with the public key) signed it.
 * Throws `UsageError` when a file cannot be read or `expected` cannot be meant.
 */
export async function verifyCertificateFile(file: string, expected: string | undefined): Promise<CertificateVerdict> {
  const expectedKeyId = expected === undefined ? undefined : await expectedKey(expected)
  try {
    return await verifyCertificate(createReadStream(file), { expectedKeyId })
  } catch (error) {
    throw unreadable(file, error)
  }
}

async function expectedKey(text: string): Promise<string> {
  const isFingerprint = /^[0-9a-f\s:]+$/i.test(text)
  if (isFingerprint) return parseExpectedKey(text)
  let pem: string
  try {
    pem = await readFile(text, 'utf8')
  } catch (error) {
    throw unreadable(text, error)
  }
  return parseExpectedKey(pem)
}

function unreadable(file: string, error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error
  return new UsageError('file', `The file ${file} cannot be read (${String(error.code)}).`, 'Check the path and its permissions.', error)
}
