import { readFile, stat } from 'node:fs/promises'
import { passwordHint } from '../control/endpoint.ts'
import type { Endpoint } from '../control/endpoint.ts'
import { UsageError } from '../control/usage-error.ts'
import { MigrationError } from '../core/errors.ts'
import type { Side } from '../core/ports/governor.ts'
import type { Environment } from './environment.ts'
import type { SecretOptions } from './options.ts'
import { toTerminalText } from './output/terminal-text.ts'

const fileSizeBytesMax = 64 * 1024

/** Where a password may be, first come first served. */
export interface PasswordPlaces {
  readonly file: string | undefined
  /** What names the file, for errors. */
  readonly fileOption: string
  readonly variable: string
  readonly mayAsk: boolean
  /** What to do when there is none. */
  readonly hint: string
}

/**
 * The endpoint with its password if it needs one: from `file`, else from `variable`, else asked for on a terminal. Throws
 * `auth` when there is none.
 */
export async function withPassword(
  endpoint: Endpoint,
  from: PasswordPlaces,
  environment: Environment,
): Promise<Endpoint> {
  // A file that was named is read even where no password is needed: a wrong path is a mistake worth telling.
  const password = from.file === undefined ? environment.env[from.variable] : await readPasswordFile(from.file, from.fileOption)
  if (password !== undefined && password !== '') {
    environment.secrets.add(password)
    return endpoint.withPassword(password)
  }
  if (!endpoint.needsPassword) return endpoint
  const asked = from.mayAsk ? await askForSecret(`Password of ${toTerminalText(endpoint.url)}`, environment) : undefined
  if (asked !== undefined) return endpoint.withPassword(asked)
  throw new MigrationError('auth', 'password.missing', { message: `There is no password for ${endpoint.url}.`, hint: from.hint })
}

/** `withPassword` for one side of a mailbox. */
export function withSidePassword(side: Side, endpoint: Endpoint, options: SecretOptions, environment: Environment): Promise<Endpoint> {
  const from = {
    file: side === 'source' ? options.sourcePasswordFile : options.targetPasswordFile,
    fileOption: `--${side}-password-file`,
    variable: `MAILVAN_${side.toUpperCase()}_PASSWORD`,
    mayAsk: true,
    hint: passwordHint(side),
  }
  return withPassword(endpoint, from, environment)
}

/** The first line of the file. Throws `UsageError`; `option` names the place. */
export async function readPasswordFile(file: string, option: string): Promise<string> {
  let text: string
  try {
    if ((await stat(file)).size > fileSizeBytesMax) throw new UsageError('password-file', `${option}: ${file} is no password file.`, 'It holds one line.')
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof UsageError) throw error
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new UsageError('password-file', `${option}: ${file} cannot be read (${reason}).`, 'Check the path and its permissions.', error)
  }
  const password = /^[^\r\n]*/.exec(text.replace(/^\ufeff/, ''))?.[0] ?? ''
  if (password === '') throw new UsageError('password-file', `${option}: ${file} has no password in its first line.`, 'Write the password as its first line.')
  return password
}

/** What a person types, unseen; undefined where nobody can be asked. */
export async function askForSecret(question: string, environment: Environment): Promise<string | undefined> {
  if (environment.input.isTTY !== true || environment.errors.isTTY !== true) return undefined
  const { isCancel, password } = await import('@clack/prompts')
  const answer = await password({
    message: question,
    // Standard output stays clean for whoever reads it.
    output: environment.errors as NodeJS.WriteStream,
    signal: environment.signal,
  })
  if (isCancel(answer)) throw new MigrationError('auth', 'password.cancelled', { message: 'No password was given.', hint: 'Run the command again.' })
  if (answer === '') return undefined
  environment.secrets.add(answer)
  return answer
}
