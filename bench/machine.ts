import { readFile } from 'node:fs/promises'
import { cpus, release, totalmem, type } from 'node:os'
import { dovecotVersion, findDovecot } from '../test/servers/dovecot-binary.ts'

/** One line that says on what a bench ran, with the versions of what took part; `usesDovecot` when that did. */
export async function describeMachine(toolVersions: ReadonlyMap<string, string>, usesDovecot = true): Promise<string> {
  const processors = cpus()
  const dovecot = usesDovecot ? await findDovecot() : undefined
  const distribution = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const facts = [
    `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown processor'}`,
    `${(totalmem() / 1024 ** 3).toFixed(0)} GB`,
    `${/^PRETTY_NAME="(.*)"$/m.exec(distribution)?.[1] ?? 'unknown system'}, ${type()} ${release()}`,
    ...(dovecot === undefined ? [] : [`Dovecot ${await dovecotVersion(dovecot)}, Maildir, on loopback`]),
    `Node.js ${process.versions.node}`,
    ...[...toolVersions].map(([name, text]) => `${name} ${text}`),
  ]
  const day = new Date().toISOString().slice(0, 10)
  const advice = 'Clients, servers and disk share the machine: read ratios, not seconds.'
  return `Measured on ${day}: ${facts.join('; ')}. ${advice}`
}
