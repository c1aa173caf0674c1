import { Command, CommanderError, Option } from 'commander'
import { redactUrl } from '../control/redact-url.ts'
import { UsageError } from '../control/usage-error.ts'
import type { Environment } from './environment.ts'
import { exitCodes } from './exit-codes.ts'
import type { SandboxCommandOptions } from './commands/sandbox.ts'
import { addEndpoints } from './endpoint-commands.ts'
import { addMicrosoft365 } from './microsoft-365-commands.ts'
import { collect, withCommon } from './option-groups.ts'
import type { CommonOptions, MigrateOptions, ReportOptions } from './options.ts'
import { version } from '../control/version.ts'

/**
 * Runs the command line and gives the exit code. Throws what the command throws: `MigrationError`, `UsageError`, or a
 * defect. Each command's own code is loaded only when it is asked for.
 */
export async function runProgram(args: readonly string[], environment: Environment): Promise<number> {
  let exitCode: number = exitCodes.complete
  const program = makeProgram(environment, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Help that was asked for ends well; help because nothing was asked for does not.
    return error.exitCode === 0 ? exitCodes.complete : exitCodes.usage
  }
  return exitCode
}

type Ended = (exitCode: number) => void

/** The commands and their options, ready to parse; `ended` hears of the exit code. */
export function makeProgram(environment: Environment, ended: Ended): Command {
  const program = new Command('mailvan')
    .description('Moves mailboxes between mail systems and proves that nothing was lost.')
    .version(version())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void environment.output.write(text),
      writeErr: (text) => void environment.errors.write(text),
      outputError: (text, write) => write(withoutValues(text)),
    })
    .showHelpAfterError('Run "mailvan --help" for the commands, "mailvan COMMAND --help" for their options.')
    .addHelpText('after', helpTail)
  addMigrate(program, environment, ended)
  addInspection(program, environment, ended)
  addRecords(program, environment, ended)
  addEndpoints(program, environment, ended)
  addMicrosoft365(program, environment, ended)
  addSandbox(program, environment, ended)
  return program
}

/** What was mistyped may be or hold a password: values of unknown options and surplus words are not repeated. */
function withoutValues(text: string): string {
  return text
    .replace(/^error: /, 'mailvan: ')
    .replace(/('--?[^'=]*)=[^']*'/g, "$1'")
    .replace(/(but got \d+): .*/s, '$1.\n')
    .replace(/'([^']*)'/g, (_, quoted: string) => `'${redactUrl(quoted)}'`)
}

const helpTail = `
SOURCE and TARGET are URLs:
  imaps://user@host[:993]      IMAP over TLS
  imap://user@host[:143]       IMAP that upgrades by STARTTLS or refuses (?tls=off, ?tls=unverified)
  maildir:PATH  mbox:PATH  eml:PATH

Passwords come from --source-password-file and --target-password-file, from MAILVAN_SOURCE_PASSWORD and
MAILVAN_TARGET_PASSWORD, or are asked for on a terminal; never from the command line.

Exit codes: 0 all migrated, 1 finished with failed items, 2 needs a person, 3 usage, 70 an error of mailvan itself.`

function addMigrate(program: Command, environment: Environment, ended: Ended): void {
  const run = (task: 'migrate' | 'retry' | 'verify') => async (source: string | undefined, target: string | undefined, options: MigrateOptions) => {
    const { migrateCommand } = await import('./commands/migrate.ts')
    ended(await migrateCommand({ source, target, options, task }, environment))
  }
  withPace(withList(withRules(withPair(program.command('migrate').description('Move a mailbox, or go on moving it.'))))).action(run('migrate'))
  withPace(withList(withRules(withPair(program.command('retry').description('Try the failed items of a mailbox again.'))))).action(run('retry'))
  const verify = withPair(program.command('verify').description('Check what was migrated against the target as it is now.'))
  withPace(withList(verify.option('--verify <level>', 'how closely: counts, identity or content', 'content'))).action(run('verify'))
}

function withList(command: Command): Command {
  return command
    .optionsGroup('Many mailboxes:')
    .option('--mailboxes <file>', 'a list with one source and target per row, instead of a URL for each')
    .option('--at-once <number>', 'how many mailboxes run side by side', '4')
    .option('--delimiter <character>', 'what separates the columns of the list (found out by itself)')
}

function addInspection(program: Command, environment: Environment, ended: Ended): void {
  const plan = withRules(withPair(program.command('plan').description('Show what a pass would do, and do nothing.')))
  plan.action(async (source: string | undefined, target: string | undefined, options: MigrateOptions) => {
    const { planCommand } = await import('./commands/plan.ts')
    ended(await planCommand({ source, target, options }, environment))
  })

  withRules(withSecrets(program.command('folders').description('List the folders of a mailbox, or where each would go at a target.')))
    .argument('<source>', 'a URL')
    .argument('[target]', 'a URL')
    .action(async (source: string, target: string | undefined, options: MigrateOptions) => {
      const { foldersCommand } = await import('./commands/folders.ts')
      ended(await foldersCommand({ source, target, options }, environment))
    })

  const check = withCommon(program.command('check').description('Open a mailbox and say what it is and can do, or both sides of each in a list.'))
  withList(check.argument('[url]', 'a URL').option('--password-file <file>', 'where the password is'))
    .action(async (url: string | undefined, options: MigrateOptions & { readonly passwordFile?: string }) => {
      const { checkCommand } = await import('./commands/check.ts')
      ended(await checkCommand(url, options, environment))
    })
}

function addRecords(program: Command, environment: Environment, ended: Ended): void {
  withCommon(program.command('report').description('Show how mailboxes stand, from the ledger alone.'))
    .argument('[source]', 'a URL; without one, every mailbox')
    .argument('[target]', 'a URL')
    .option('--failed', 'list every failed item with its reason')
    .option('--items <file>', 'write every item with its fate as CSV')
    .action(async (source: string | undefined, target: string | undefined, options: ReportOptions) => {
      const { reportCommand } = await import('./commands/report.ts')
      ended(await reportCommand({ source, target, options }, environment))
    })

  const certificate = program.command('certificate').description('Work with certificates.')
  certificate
    .command('verify')
    .description('Check a certificate: nothing else is needed for it.')
    .argument('<file>', 'the certificate')
    .option('--key <key>', 'who must have signed it: a fingerprint, or a file with the public key')
    .option('--json', 'one JSON object per line')
    .action(async (file: string, options: CommonOptions & { readonly key?: string }) => {
      const { certificateVerifyCommand } = await import('./commands/certificate.ts')
      ended(await certificateVerifyCommand(file, options, environment))
    })
  withCommon(certificate.command('show').description('Say where the latest certificates are.'))
    .argument('[source]', 'a URL; without one, every mailbox')
    .argument('[target]', 'a URL')
    .action(async (source: string | undefined, target: string | undefined, options: CommonOptions) => {
      const { certificateShowCommand } = await import('./commands/certificate.ts')
      ended(await certificateShowCommand({ source, target, options }, environment))
    })

  withCommon(program.command('find').description('Find items by subject, sender or Message-ID, and say what became of them.'))
    .argument('<text>', 'a part of it; letter case does not matter')
    .option('--limit <number>', 'how many at most', '50')
    .action(async (text: string, options: CommonOptions & { readonly limit: string }) => {
      const { findCommand } = await import('./commands/find.ts')
      ended(await findCommand(text, options, environment))
    })
}

function addSandbox(program: Command, environment: Environment, ended: Ended): void {
  program
    .command('sandbox')
    .description('Run a Microsoft 365 of your own on this machine, to rehearse a migration on.')
    .option('--tenant <name>', 'a tenant: contoso becomes contoso.onmicrosoft.com (repeatable; default contoso)', collect)
    .option('--port <number>', 'of HTTPS; IMAP takes the next one, 0 takes free ones', '8365')
    .option('--users <number>', 'users with filled mailboxes in each new tenant', '5')
    .option('--messages <number>', 'messages in each of their mailboxes', '200')
    .option('--profile <name>', 'how it behaves: none, throttled, flaky, slow or revoked', 'none')
    .option('--time-factor <number>', 'how many times as fast its clock goes', '1')
    .option('--limit-percent <number>', "how much of Microsoft's limits a mailbox lets in, in requests and bytes", '100')
    .option('--folder <dir>', 'keep the tenants there; in memory without')
    .option('--http', 'without encryption')
    .option('--json', 'one JSON object once it is ready')
    .action(async (options: SandboxCommandOptions) => {
      const { sandboxCommand } = await import('./commands/sandbox.ts')
      ended(await sandboxCommand(options, environment))
    })
}

function withPair(command: Command): Command {
  return withSecrets(command).argument('[source]', 'a URL').argument('[target]', 'a URL')
}

function withSecrets(command: Command): Command {
  return withCommon(command)
    .option('--source-password-file <file>', "where the source's password is")
    .option('--target-password-file <file>', "where the target's password is")
    .addOption(passwordRefusal('--source-password'))
    .addOption(passwordRefusal('--target-password'))
}

/** Everybody on the machine can read a command line: a password there is refused, and not repeated. */
function passwordRefusal(flag: string): Option {
  const name = flag.slice('--'.length)
  return new Option(`${flag} <password>`).hideHelp().argParser(() => {
    throw new UsageError(
      'password',
      'Passwords are not taken on the command line, where everybody on this machine can read them.',
      `Use ${flag}-file FILE or the environment variable MAILVAN_${name.toUpperCase().replace('-', '_')}.`,
    )
  })
}

function withRules(command: Command): Command {
  return command
    .optionsGroup('What is carried over:')
    .option('--policy <policy>', 'add: new items; update: changes too; mirror: deletions too', 'update')
    .option('--newer-than <date>', 'only items received from then on: 2024-03-31, or 90d before now')
    .option('--older-than <date>', 'only items received before then')
    .option('--max-size <size>', 'leave out larger items: 25MB')
    .option('--include <folder>', 'only these folders: a glob such as "Archive/**", or role:sent (repeatable)', collect)
    .option('--exclude <folder>', 'not these folders (repeatable)', collect)
    .option('--no-default-exclusions', 'also folders that are left out by default, such as Sync Issues')
    .option('--accept-emptied', 'go on although one side has suddenly become empty')
    .optionsGroup('How it arrives:')
    .option('--map <from=to>', 'put a source folder in a certain place (repeatable)', collect)
    .option('--prefix <folder>', 'put everything below this folder')
    .option('--no-extras', 'leave categories, inbox rules and settings where they are')
    .option('--no-role-mapping', "do not put Sent, Drafts and the like into the target's own folders")
    .option('--keyword <old=new>', 'rename a keyword (repeatable)', collect)
    .option('--drop-keyword <keyword>', 'do not carry a keyword over (repeatable)', collect)
    .option('--map-domain <old=new>', 'write addresses of a domain with the new one, where the target keeps them beside the message (repeatable)', collect)
    .option('--map-addresses <file>', 'the same for single addresses: a file with a row of old and new address each')
    .option('--verify <level>', 'prove by counts, identity or content', 'identity')
}

function withPace(command: Command): Command {
  return command
    .optionsGroup('Pace:')
    .option('--sessions <number>', 'connections to each side at most')
    .option('--source-bytes-per-second <size>', 'read at most this much: 5MB')
    .option('--target-bytes-per-second <size>', 'write at most this much')
    .option('--source-messages-per-second <number>', 'read at most so many')
    .option('--target-messages-per-second <number>', 'write at most so many')
    .option('--source-requests-per-second <number>', 'ask at most so often')
    .option('--target-requests-per-second <number>', 'ask at most so often')
}
