import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sendHttps } from '../servers/sandbox/trusting-network.ts'
import { MailvanProcess } from './mailvan-process.ts'
import type { ProgramResult } from './run-program.ts'
import { runProgram } from './run-program.ts'
import type { SandboxProcess } from './sandbox-process.ts'
import { startSandboxProcess } from './sandbox-process.ts'

/** An answer, read whole; `json` is undefined where the body is none. */
export interface StageAnswer {
  readonly status: number
  readonly bytes: Buffer
  readonly text: string
  readonly json: Readonly<Record<string, unknown>> | undefined
}

/** Tenants in a sandbox process, a home of the real program that knows each of them by its name, and a folder for files. */
export class TenantStage {
  readonly sandbox: SandboxProcess
  readonly folder: string
  readonly #agent: Agent
  readonly #password: string

  private constructor(sandbox: SandboxProcess, folder: string, password: string) {
    this.sandbox = sandbox
    this.folder = folder
    this.#password = password
    this.#agent = new Agent({ ca: readFileSync(sandbox.ready.authorityFile ?? ''), keepAlive: true })
  }

  /** Starts `mailvan sandbox` with these arguments; `password` is that of both sides where they have one. */
  static async start(args: readonly string[], password: string): Promise<TenantStage> {
    const folder = await mkdtemp(join(tmpdir(), 'mailvan-stage-'))
    return new TenantStage(await startSandboxProcess(args), folder, password)
  }

  get home(): string {
    return join(this.folder, 'home')
  }

  /** A file of this name in the stage's folder. */
  path(name: string): string {
    return join(this.folder, name)
  }

  /** Makes every tenant known by `mailvan endpoint add`. Throws what it complained of. */
  async addEndpoints(): Promise<void> {
    const { signIn, graph, outlook, imap, authorityFile, tenants } = this.sandbox.ready
    const hosts = ['--authority', signIn, '--graph', graph, '--outlook', outlook, '--imap', `imaps://${imap.host}:${imap.port}`, '--ca', authorityFile ?? '']
    for (const { name, id, clientId, clientSecret } of tenants) {
      const app = ['--tenant', id, '--client-id', clientId, '--side', 'both']
      const { exitCode, errors } = await this.run(['endpoint', 'add', name, ...app, ...hosts], { MAILVAN_CLIENT_SECRET: clientSecret })
      if (exitCode !== 0) throw new Error(`the endpoint ${name} was not added: ${errors}`)
    }
  }

  /** Runs the program to its end. */
  run(args: readonly string[], secrets: Readonly<Record<string, string>> = {}): Promise<ProgramResult> {
    const passwords = { MAILVAN_SOURCE_PASSWORD: this.#password, MAILVAN_TARGET_PASSWORD: this.#password }
    return runProgram(args, { env: { MAILVAN_HOME: this.home, ...passwords, ...secrets } })
  }

  /** Starts the program, for who wants to kill it; `--json` is to be among the arguments. */
  startProgram(args: readonly string[]): MailvanProcess {
    return new MailvanProcess([...args, '--home', this.home], this.#password)
  }

  /** One request to the sandbox. */
  async send(method: string, url: string, options: { readonly headers?: Record<string, string>; readonly body?: string } = {}): Promise<StageAnswer> {
    const { status, headers, bytes, text } = await sendHttps(this.#agent, method, url, options)
    const isJson = headers['content-type']?.includes('json') === true
    return { status, bytes, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : undefined }
  }

  /** Changes the sandbox as its page does: `clock`, `profile`. */
  async control(name: string, body: object): Promise<void> {
    const answer = await this.send('POST', `${this.sandbox.ready.page}sandbox/${name}`, {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (answer.status !== 200) throw new Error(`the sandbox refused ${name}: ${answer.text}`)
  }

  /** How many items the mailboxes of these addresses hold, as the page says: no budget of any app is touched. */
  async itemsIn(addresses: ReadonlySet<string>): Promise<number> {
    const { text } = await this.send('GET', this.sandbox.ready.page)
    const rows = text.matchAll(/<a href="\/mailboxes\/[^"]*">([^<]*)<\/a><\/td><td class="wide">primary<\/td>\s*<td class="number">(\d+)<\/td>/g)
    return [...rows].reduce((sum, [, address = '', items]) => (addresses.has(address) ? sum + Number(items) : sum), 0)
  }

  /** Whether its page says that nobody would have been sent anything. */
  async hasSentNothing(): Promise<boolean> {
    const { text } = await this.send('GET', this.sandbox.ready.page)
    return text.includes('Empty: nothing would have been sent to anybody.')
  }

  async stop(): Promise<void> {
    this.#agent.destroy()
    await this.sandbox.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}
