import { readFile } from 'node:fs/promises'
import { withHttp } from '../../../control/microsoft-365/open-endpoints.ts'
import { findMicrosoftEndpoint, type MicrosoftEndpoint, putMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import { type AppCredential, readAppCertificate } from '../../../control/microsoft-365/app-credential.ts'
import { resolveEndpoint } from '../../../control/microsoft-365/resolve-endpoint.ts'
import { UsageError } from '../../../control/usage-error.ts'
import { MigrationError } from '../../../core/errors.ts'
import { endpointsOf } from '../../endpoints-of.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import type { CommonOptions } from '../../options.ts'
import { endpointLines, endpointObject } from '../../output/endpoint-text.ts'
import { lineCells } from '../../output/line-cells.ts'
import { styleFor } from '../../output/style.ts'
import { askForSecret, readPasswordFile } from '../../passwords.ts'
import { readTenantInput, type TenantOptions } from './tenant-options.ts'

/** Options of `endpoint add`. */
export interface EndpointAddOptions extends CommonOptions, TenantOptions {
  readonly clientId: string
  readonly principalId?: string
  readonly certificateFile?: string
  readonly privateKeyFile?: string
  readonly secretFile?: string
}

/** `mailvan endpoint add`. Gives the exit code. */
export async function endpointAddCommand(name: string, options: EndpointAddOptions, environment: Environment): Promise<number> {
  const store = endpointsOf(options, environment)
  const known = await findMicrosoftEndpoint(store, name)
  if (known?.app?.isOurs === true) {
    throw new UsageError('endpoint-exists', `The endpoint ${name} has an app that was made for it.`, `Bring it up to date with "mailvan endpoint bootstrap ${name}", or give another name.`)
  }
  const credential = await readCredential(options, environment)
  const input = await readTenantInput(options)
  const resolved = await withHttp(input, (http) => resolveEndpoint(name, input, known, http, environment.signal))
  const { clientId, principalId } = options
  const endpoint: MicrosoftEndpoint = { ...resolved, credential, app: { clientId, isOurs: false, ...(principalId !== undefined && { principalId }) } }
  await putMicrosoftEndpoint(store, endpoint)
  if (options.json === true) environment.output.write(`${JSON.stringify(endpointObject(endpoint))}\n`)
  else {
    const style = styleFor(environment.output, environment.env)
    const lines = endpointLines(endpoint, style, lineCells(environment.output))
    environment.output.write(`${lines.join('\n')}\n\nSee whether it works with "mailvan endpoint check ${name}".\n`)
  }
  return exitCodes.complete
}

async function readCredential(options: EndpointAddOptions, environment: Environment): Promise<AppCredential> {
  const { certificateFile, privateKeyFile, secretFile } = options
  if (certificateFile !== undefined) {
    if (secretFile !== undefined) throw new UsageError('endpoint-credential', 'An app proves itself by a certificate or by a secret.', 'Give one of the two.')
    const certificatePem = await readPem('--certificate-file', certificateFile)
    const privateKeyPem = await readPem('--private-key-file', privateKeyFile ?? certificateFile)
    const credential = { type: 'certificate', certificatePem, privateKeyPem } as const
    // Told now, not when it is used.
    readAppCertificate(credential)
    return credential
  }
  const given = secretFile === undefined ? environment.env['MAILVAN_CLIENT_SECRET'] : await readPasswordFile(secretFile, '--secret-file')
  const secret = given ?? (await askForSecret('Client secret of the app', environment))
  if (secret === undefined || secret === '') {
    throw new MigrationError('auth', 'endpoint.no-credential', {
      message: 'There is neither a certificate nor a client secret.',
      hint: 'Use --certificate-file and --private-key-file, --secret-file, or set MAILVAN_CLIENT_SECRET.',
    })
  }
  environment.secrets.add(secret)
  return { type: 'secret', secret }
}

async function readPem(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new UsageError('endpoint-credential', `${option}: ${file} cannot be read (${reason}).`, 'Check the path and its permissions.', error)
  }
}
