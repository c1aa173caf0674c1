import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { runCommandLine } from '../../../src/cli/main.ts'
import type { SandboxOptions } from '../../../src/sandbox/sandbox-options.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/start-sandbox.ts'
import { sendHttps } from '../sandbox/trusting-network.ts'

/** How a command came out. */
export interface Outcome {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}

/** The real command line against a sandbox over TLS, with an administrator who opens the pages that it shows. */
export class CommandRig {
  readonly folder: string
  readonly sandbox: Sandbox
  readonly #agent: Agent
  readonly defects: unknown[]
  /** Who signs in; the administrator when absent. */
  user: string | undefined
  consent: 'accept' | 'decline' = 'accept'

  private constructor(folder: string, sandbox: Sandbox, agent: Agent, defects: unknown[]) {
    this.folder = folder
    this.sandbox = sandbox
    this.#agent = agent
    this.defects = defects
  }

  static async start(change: Partial<SandboxOptions> = {}): Promise<CommandRig> {
    const defects: unknown[] = []
    const sandbox = await startSandbox({
      tenants: ['contoso'],
      port: 0,
      users: 2,
      messagesPerUser: 2,
      profile: 'none',
      // Time goes as the machine's, or certificates would seem to come from the past.
      timeFactor: 1,
      tenantSettings: { replicationDelayMs: 200, roleDelayMs: 2_500 },
      isSecure: true,
      onDefect: (error) => defects.push(error),
      ...change,
    })
    const ca = await readFile(sandbox.access.authorityFile ?? '', 'utf8')
    return new CommandRig(await mkdtemp(join(tmpdir(), 'mailvan-endpoint-')), sandbox, new Agent({ ca }), defects)
  }

  get tenant() {
    const [tenant] = this.sandbox.access.tenants
    if (tenant === undefined) throw new Error('the sandbox has no tenant')
    return tenant
  }

  get home(): string {
    return join(this.folder, 'home')
  }

  /** The options that name the sandbox in place of Microsoft's hosts. */
  get hosts(): readonly string[] {
    const { signIn, graph, outlook, imap, authorityFile } = this.sandbox.access
    return ['--authority', signIn, '--graph', graph, '--outlook', outlook, '--imap', `imaps://${imap.host}:${imap.port}`, '--ca', authorityFile ?? '']
  }

  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const [output, errors] = [new PassThrough(), new PassThrough()]
    let [said, complained] = ['', '']
    let seen = 0
    output.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      for (const [page] of said.slice(seen).matchAll(/https:\/\/\S+\/(?:authorize|adminconsent)\?\S+(?=[\s"])/g)) {
        seen = said.length
        void this.#openPage(page)
      }
    })
    errors.on('data', (chunk: Buffer) => (complained += chunk.toString()))
    const exitCode = await runCommandLine([...args, '--home', this.home], {
      env,
      input: Readable.from([]) as NodeJS.ReadableStream,
      output,
      errors,
      signal: new AbortController().signal,
      secrets: new Set(),
    })
    return { exitCode, output: said, errors: complained }
  }

  /** What a command with `--json` says, an object a line. */
  async lines(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { output } = await this.run([...args, '--json'], env)
    return output.trimEnd().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  async close(): Promise<void> {
    this.#agent.destroy()
    await this.sandbox.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #openPage(page: string): Promise<void> {
    const url = new URL(page)
    const form = new URLSearchParams(url.searchParams)
    form.set('sandbox_user', this.user ?? this.tenant.administrator)
    form.set('sandbox_consent', this.consent)
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const answer = await sendHttps(this.#agent, 'POST', `${url.origin}${url.pathname}`, { headers, body: form.toString() })
    if (answer.headers['location'] !== undefined) await fetch(answer.headers['location'])
  }
}
