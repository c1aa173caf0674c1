import { type Command, Option } from 'commander'
import { UsageError } from '../control/usage-error.ts'
import type { EndpointAddOptions } from './commands/endpoint/add.ts'
import type { BootstrapCommandOptions } from './commands/endpoint/bootstrap.ts'
import type { EndpointCheckOptions } from './commands/endpoint/check.ts'
import type { EndpointScopeOptions } from './commands/endpoint/scope.ts'
import type { SignInOptions } from './commands/endpoint/sign-in-way.ts'
import type { Environment } from './environment.ts'
import { collect, endpointName, withCommon } from './option-groups.ts'
import type { CommonOptions } from './options.ts'

const workTail = `
Work, each with its permissions: discovery (find mailboxes), items (items of every kind, whole), mail, calendars, contacts,
tasks (one at a time), settings (categories, rules), provisioning (create users, assign licences), imap, exchange (Exchange's
own commands). Without --work: discovery, items, mail, settings, provisioning.`

const bootstrapTail = `
A Global Administrator signs in once in a browser on this machine. In their name the app "Mailvan NAME" is registered with a
certificate of its own and granted exactly what the chosen work needs; then the sign-in is forgotten, and what was called is
kept in NAME.calls.jsonl beside the endpoint. Run it again at any time: it goes on where it was interrupted, and brings the
app up to date with what is chosen now.
${workTail}`

const scopeTail = `
Nothing is changed in the tenant: the script does that (RBAC for Applications in Exchange Online). It gives the app roles of
Exchange in the scope, and takes the permissions for the whole tenant away that they replace, since what is granted adds up. What
Exchange has no role for is named, and stays. From then on bootstrap grants the rest only, and check asks Exchange. Without an
option the scope is shown, and its script again.`

/** `mailvan endpoint`: named tenants of Microsoft 365. */
export function addEndpoints(program: Command, environment: Environment, ended: (exitCode: number) => void): void {
  const endpoint = program.command('endpoint').description('Set up, look at and remove tenants of Microsoft 365.')
  addSetUp(endpoint, environment, ended)
  addScope(endpoint, environment, ended)
  addLooking(endpoint, environment, ended)
  addEnding(endpoint, environment, ended)
}

function addSetUp(endpoint: Command, environment: Environment, ended: (exitCode: number) => void): void {
  const bootstrap = withTenant(named(endpoint, 'bootstrap', 'Make the app of a tenant, or bring it up to date: an administrator signs in once.'))
  withSignIn(bootstrap.optionsGroup('How:'))
    .option('--imap-mailbox <address>', 'open this mailbox to the app by IMAP (repeatable; needs the work imap)', collect)
    .option('--imap-mailboxes <file>', 'the same for a file with one address per line')
    .option('--by-hand', 'print what an administrator does by hand, and sign in nobody')
    .option('--client-id <id>', 'with --by-hand: the app that was made by the script')
    .option('--principal-id <id>', 'with --by-hand: its enterprise application')
    .addHelpText('after', bootstrapTail)
    .action(async (name: string, options: BootstrapCommandOptions) => {
      const { endpointBootstrapCommand } = await import('./commands/endpoint/bootstrap.ts')
      ended(await endpointBootstrapCommand(name, options, environment))
    })

  withTenant(named(endpoint, 'add', 'Keep a tenant whose app was registered by hand.'))
    .optionsGroup('The app:')
    .requiredOption('--client-id <id>', 'application (client) id of the app')
    .option('--principal-id <id>', 'object id of its enterprise application, for IMAP')
    .option('--certificate-file <file>', 'its certificate in PEM')
    .option('--private-key-file <file>', "the certificate's private key in PEM, without a password")
    .option('--secret-file <file>', 'its client secret, instead of a certificate')
    .addOption(secretRefusal())
    .addHelpText('after', `${workTail}\n\nThe client secret may also come from MAILVAN_CLIENT_SECRET, or is asked for on a terminal.`)
    .action(async (name: string, options: EndpointAddOptions) => {
      const { endpointAddCommand } = await import('./commands/endpoint/add.ts')
      ended(await endpointAddCommand(name, options, environment))
    })

  named(endpoint, 'consent', 'Have an administrator consent to what the app asks for.')
    .option('--port <number>', 'of this machine, for the answer of the browser (a free one by default)')
    .option('--print', 'print the page and do not wait')
    .action(async (name: string, options: CommonOptions & { readonly port?: string; readonly print?: boolean }) => {
      const { endpointConsentCommand } = await import('./commands/endpoint/consent.ts')
      ended(await endpointConsentCommand(name, options, environment))
    })
}

function addScope(endpoint: Command, environment: Environment, ended: (exitCode: number) => void): void {
  named(endpoint, 'scope', 'Limit the app of a tenant to some mailboxes: keep which, and print the script for it.')
    .option('--group <group>', 'the direct members of this group: its address (mail-enabled security group, distribution list, Microsoft 365 group)')
    .option('--filter <filter>', 'the mailboxes that fit: "CustomAttribute1 -eq \'migrate\'"')
    .option('--administrative-unit <id>', 'the members of this administrative unit of Microsoft Entra')
    .option('--tenant-wide', 'no limit any more')
    .addHelpText('after', scopeTail)
    .action(async (name: string, options: EndpointScopeOptions) => {
      const { endpointScopeCommand } = await import('./commands/endpoint/scope.ts')
      ended(await endpointScopeCommand(name, options, environment))
    })
}

function addLooking(endpoint: Command, environment: Environment, ended: (exitCode: number) => void): void {
  named(endpoint, 'check', 'Look at each permission and at what can be done: one line each, with cause and fix.')
    .option('--mailbox <address>', 'whose mailbox is looked at (the first that is found by default)')
    .option('--write', 'also write something into the mailbox and remove it again, for what only that shows')
    .action(async (name: string, options: EndpointCheckOptions) => {
      const { endpointCheckCommand } = await import('./commands/endpoint/check.ts')
      ended(await endpointCheckCommand(name, options, environment))
    })

  withCommon(endpoint.command('list').description('List the endpoints.')).action(async (options: CommonOptions) => {
    const { endpointListCommand } = await import('./commands/endpoint/list.ts')
    ended(await endpointListCommand(options, environment))
  })

  named(endpoint, 'show', 'Show everything of an endpoint but its secrets.').action(async (name: string, options: CommonOptions) => {
    const { endpointShowCommand } = await import('./commands/endpoint/show.ts')
    ended(await endpointShowCommand(name, options, environment))
  })
}

function addEnding(endpoint: Command, environment: Environment, ended: (exitCode: number) => void): void {
  withSignIn(named(endpoint, 'clean-up', 'At the end of a project: remove the app from the tenant, and the endpoint.')).action(
    async (name: string, options: CommonOptions & SignInOptions) => {
      const { endpointCleanUpCommand } = await import('./commands/endpoint/clean-up.ts')
      ended(await endpointCleanUpCommand(name, options, environment))
    },
  )

  named(endpoint, 'remove', 'Forget an endpoint and its secrets.')
    .option('--keep-app', 'although the app that was made for it stays in the tenant')
    .action(async (name: string, options: CommonOptions & { readonly keepApp?: boolean }) => {
      const { endpointRemoveCommand } = await import('./commands/endpoint/remove.ts')
      ended(await endpointRemoveCommand(name, options, environment))
    })

  withCommon(endpoint.command('rotate-key').description('Seal all secrets by a new key, and forget the old one.'))
    .addHelpText('after', '\nWith MAILVAN_KEY set that is the new key; give the one before by MAILVAN_OLD_KEY.')
    .action(async (options: CommonOptions) => {
      const { endpointRotateKeyCommand } = await import('./commands/endpoint/rotate-key.ts')
      ended(await endpointRotateKeyCommand(options, environment))
    })
}

function named(endpoint: Command, name: string, description: string): Command {
  return withCommon(endpoint.command(name).description(description)).argument('<name>', 'of the endpoint: small letters, digits and dashes', endpointName)
}

function withTenant(command: Command): Command {
  return command
    .optionsGroup('The tenant:')
    .option('--tenant <tenant>', 'its id or one of its domains')
    .option('--side <side>', 'what it is in the migration: source, target or both')
    .option('--cloud <cloud>', 'worldwide, gcc-high, dod or china (found out by itself)')
    .optionsGroup('What it is for:')
    .option('--work <names>', 'only this work, separated by commas (repeatable)', collect)
    .option('--also <names>', 'besides the usual work (repeatable)', collect)
    .option('--without <names>', 'not this work (repeatable)', collect)
    .optionsGroup("Hosts of one's own, such as a sandbox:")
    .option('--authority <url>', 'in place of https://login.microsoftonline.com')
    .option('--graph <url>', 'in place of https://graph.microsoft.com')
    .option('--outlook <url>', 'in place of https://outlook.office365.com')
    .option('--imap <url>', 'in place of imaps://outlook.office365.com:993')
    .option('--time-factor <number>', "a sandbox's own, so that the pace fits its clock")
    .option('--limit-percent <number>', "a sandbox's own, so that the pace fits what it lets in")
    .option('--ca <file>', 'the authority that signed their certificates, or that of a proxy, in PEM')
    .option('--tls-unverified', 'accept any certificate: everything can then be read and changed on the way')
}

function withSignIn(command: Command): Command {
  return command
    .option('--device-code', 'sign in on another machine by a code; many tenants do not allow it')
    .option('--port <number>', 'of this machine, for the answer of the browser (a free one by default)')
    .option('--sign-in-client <id>', "a public client of your own to sign in with, in place of Microsoft's")
    .option('--leave-exchange', "print Exchange's part, instead of signing in to it")
}

/** Everybody on the machine can read a command line: a secret there is refused, and not repeated. */
function secretRefusal(): Option {
  return new Option('--secret <secret>').hideHelp().argParser(() => {
    throw new UsageError(
      'password',
      'Secrets are not taken on the command line, where everybody on this machine can read them.',
      'Use --secret-file FILE or the environment variable MAILVAN_CLIENT_SECRET.',
    )
  })
}
