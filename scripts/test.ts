import { spawn } from 'node:child_process'
import process from 'node:process'
import { ensureDovecot } from '../test/servers/ensure-dovecot.ts'
import { ensureMbsync } from '../test/servers/sandbox/ensure-mbsync.ts'

/**
 * `npm test`: the unit tests on all cores, then what needs servers in two lanes side by side, since most of it waits. What is
 * missing is installed first, once. Arguments go to vitest as they are, for the three lanes at once.
 */
const [, , ...args] = process.argv

if (args.length > 0) process.exitCode = (await lane(['unit', 'servers', 'tenants'], args, 'live')).code
else {
  const unit = await lane(['unit'], [], 'live')
  const isReady = await prepare()
  const codes = [unit.code, isReady ? 0 : 1]
  if (isReady) {
    const tenants = lane(['tenants'], [], 'kept')
    const servers = await lane(['servers'], [], 'live')
    const { code, output } = await tenants
    process.stdout.write(output)
    codes.push(servers.code, code)
  }
  process.exitCode = codes.some((code) => code !== 0) ? 1 : 0
}

async function prepare(): Promise<boolean> {
  try {
    await ensureDovecot()
    await ensureMbsync()
    return true
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return false
  }
}

/** Runs projects of `vitest.config.ts`; `kept` output is given back instead of shown. */
async function lane(projects: readonly string[], more: readonly string[], how: 'live' | 'kept'): Promise<{ readonly code: number; readonly output: string }> {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...projects.flatMap((name) => ['--project', name]), ...more]
  const child = spawn(process.execPath, vitest, { stdio: ['inherit', how === 'live' ? 'inherit' : 'pipe', 'inherit'] })
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)))
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return { code: await ended, output }
}
