import type { Command } from 'commander'
import type { DiscoverOptions } from './commands/discover.ts'
import type { MatchOptions } from './commands/match.ts'
import type { ProbeMicrosoft365Options } from './commands/probe-microsoft-365.ts'
import type { ProvisionCommandOptions } from './commands/provision.ts'
import type { Environment } from './environment.ts'
import { collect, endpointName, withCommon } from './option-groups.ts'

const discoverTail = `
Writes into a list by --csv what "mailvan match" takes as its source, and "mailvan migrate --mailboxes" once each row has a
target. Sizes cost some requests for each mailbox; sums are those of the folders that people see.`

const matchTail = `
SOURCE is a file with a row of headers, in any delimiter, or the name of an endpoint whose mailboxes are discovered. People
are found by the address map, by their addresses (mail, user principal name, alias), by the same in a mapped domain, and last
by a display name that nobody else has.

Nothing is changed in the tenant. Run it as often as you like: in the list that --csv writes, a target that you write into an
empty cell stays, and so do a row into whose column "match" you write manual, and columns that you add, such as
source_password_file or usage_location. Passwords of SOURCE are left out unless their column is named (--column
password=Password); then they stand in the list that --csv writes, which only you can read.`

const provisionTail = `
PAIRS is the list that "mailvan match --csv" wrote, or any list for "mailvan migrate --mailboxes" whose targets are mailboxes
of the endpoint. Whoever is there already is not made again, whoever has a mailbox gets no licence: run it again at any time.

--old-addresses makes nobody. Where a source is a mailbox of another endpoint, answers to its old items go to X500 addresses of
that tenant: they are read there and added to the target's mailbox, and so are SMTP addresses whose domain is the target
tenant's by now (of other sources, the login where it is an address). Both apps need the work "exchange"; where one has it not,
the commands for a person are shown. Run it again once a domain has moved.`

const probeTail = `
Ten things that no document tells and only a tenant of your own can show: what was seen, and what it means for a migration.
Nothing is written without --write; what would need it says so.

With --write everything is made in a hidden folder of the one mailbox that you name, but for a To Do list and a message that
stands in Drafts for a moment. It is removed again, also when you press Ctrl-C; nothing is sent to anybody. It takes up to
half an hour, most of it waiting where Microsoft asks to, and what was removed stays in Recoverable Items for a while.

What was measured is also saved in a file without names, addresses and ids. Please send it to us: it settles what could only
be assumed so far.`

/** The commands for tenants of Microsoft 365: finding, matching and making mailboxes. */
export function addMicrosoft365(program: Command, environment: Environment, ended: (exitCode: number) => void): void {
  withCommon(program.command('discover').description('List the mailboxes of a Microsoft 365 tenant.'))
    .argument('<endpoint>', 'a name of "mailvan endpoint list"', endpointName)
    .option('--csv <file>', 'also write those that can be migrated as a list')
    .option('--no-sizes', 'do not ask what each mailbox holds')
    .optionsGroup('Which mailboxes:')
    .option('--kind <kind>', 'user, shared, room, equipment, linked, other, or none for users without one (repeatable)', collect)
    .option('--domain <domain>', 'whose address is in this domain (repeatable)', collect)
    .option('--match <glob>', 'whose address or name is such: "*@sales.example" (repeatable)', collect)
    .option('--licensed', 'only users with a licence for Exchange Online')
    .addHelpText('after', discoverTail)
    .action(async (endpoint: string, options: DiscoverOptions) => {
      const { discoverCommand } = await import('./commands/discover.ts')
      ended(await discoverCommand(endpoint, options, environment))
    })

  withCommon(program.command('match').description('Find the users of a Microsoft 365 tenant whose mailboxes are to be filled.'))
    .argument('<source>', 'a list of people, or an endpoint')
    .argument('<endpoint>', 'of the target: a name of "mailvan endpoint list"', endpointName)
    .option('--csv <file>', 'save the pairs, for you to edit and for provision and migrate to read')
    .optionsGroup('The source list:')
    .option('--column <field=header>', 'which column holds what: login="User name"; fields: login, address, displayName, firstName, lastName, source, kind, password (repeatable)', collect)
    .option('--delimiter <character>', 'what separates its columns (found out by itself)')
    .option('--source-url <url>', 'the URL of each source mailbox: imaps://{login}@old.example, or with {address}')
    .optionsGroup('How people are found:')
    .option('--map-domain <old=new>', 'their domain at the source and at the target (repeatable)', collect)
    .option('--map-addresses <file>', 'a list with a row of old and new address each, which goes before all else')
    .option('--no-names', 'not by display name')
    .addHelpText('after', matchTail)
    .action(async (source: string, endpoint: string, options: MatchOptions) => {
      const { matchCommand } = await import('./commands/match.ts')
      ended(await matchCommand(source, endpoint, options, environment))
    })

  withCommon(program.command('provision').description('Make the users that are missing in a Microsoft 365 tenant, and their mailboxes.'))
    .argument('<pairs>', 'a list of mailboxes')
    .argument('<endpoint>', 'of the target: a name of "mailvan endpoint list"', endpointName)
    .option('--licence <licence>', 'part number, name or id of what gives the mailbox, or none where groups bring licences; without it, the choice is shown')
    .option('--usage-location <country>', "two letters, for whom the list names none (default: the tenant's country)")
    .option('--passwords <file>', 'where the initial passwords go, which only you can read')
    .option('--at-once <number>', 'how many users are made side by side', '6')
    .option('--no-wait', 'do not wait until the mailboxes answer')
    .option('--dry-run', 'show what would be done, and the free seats')
    .option('--old-addresses', 'instead: give mailboxes that are there the addresses that they had at their source')
    .option('--delimiter <character>', 'what separates the columns of the list (found out by itself)')
    .addHelpText('after', provisionTail)
    .action(async (pairs: string, endpoint: string, options: ProvisionCommandOptions) => {
      const { provisionCommand } = await import('./commands/provision.ts')
      ended(await provisionCommand(pairs, endpoint, options, environment))
    })

  const probe = program.command('probe').description('Measure what only a real server can show.')
  withCommon(probe.command('microsoft-365').description('Measure in a tenant of Microsoft 365 what no document tells; reads only, unless told otherwise.'))
    .argument('<endpoint>', 'a name of "mailvan endpoint list"', endpointName)
    .option('--mailbox <address>', 'where to look: the first in which a thing can be measured counts (repeatable; the first that is found by default)', collect)
    .option('--names', "leave the tenant's id and the addresses in the file that is saved")
    .optionsGroup('Writing:')
    .option('--write', 'also write into the mailbox and remove it again, for what only that shows; with one --mailbox')
    .option('--upload-max <size>', 'how much may be imported to find the largest item', '400MB')
    .option('--export-file <file>', 'an item that an Exchange server of your own has exported (ExportItems)')
    .addHelpText('after', probeTail)
    .action(async (endpoint: string, options: ProbeMicrosoft365Options) => {
      const { probeMicrosoft365Command } = await import('./commands/probe-microsoft-365.ts')
      ended(await probeMicrosoft365Command(endpoint, options, environment))
    })
}
