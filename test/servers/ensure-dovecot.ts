#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { dovecotVersion, findDovecot } from './dovecot-binary.ts'

const installCommand = 'apt-get install -y --no-install-recommends dovecot-imapd'
const aptWaitMsMax = 300_000
const policyFile = '/usr/sbin/policy-rc.d'

/**
 * Resolves once `dovecot` 2.3 can be run. Installs it when it is missing and this is root on Debian; the package's own
 * service is not started. Throws one line that names the command to run otherwise. Costs nothing when it is there.
 */
export async function ensureDovecot(): Promise<void> {
  if ((await findDovecot()) === undefined) await install()
  const path = await findDovecot()
  if (path === undefined) throw new Error(`Dovecot is still missing after the installation: try ${installCommand}`)
  const version = await dovecotVersion(path)
  if (!version.startsWith('2.3.')) {
    throw new Error(`The tests write configuration for Dovecot 2.3, and ${path} is version ${version || 'unknown'}.`)
  }
}

async function install(): Promise<void> {
  const isRootOnDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version')
  if (!isRootOnDebian) {
    throw new Error(`Dovecot, which these tests run against, is not installed: run "sudo ${installCommand}" first.`)
  }
  process.stderr.write('Installing Dovecot for the tests (its service is not started) ...\n')
  // Asked by every package before it starts a service (invoke-rc.d(8)); 101 forbids it. One that exists is kept.
  const forbidsStart = !existsSync(policyFile)
  if (forbidsStart) await writeFile(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await apt(['update', '-q'])
    await apt(['install', '-y', '-q', '-o', 'DPkg::Lock::Timeout=120', '--no-install-recommends', 'dovecot-imapd'])
  } finally {
    if (forbidsStart) await rm(policyFile, { force: true })
  }
}

async function apt(args: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let output = ''
  const child = spawn('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: aptWaitMsMax,
  })
  const keepEnd = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000))
  child.stdout.on('data', keepEnd)
  child.stderr.on('data', keepEnd)
  child.once('error', reject)
  child.once('close', (code) => {
    if (code === 0) resolve()
    else reject(new Error(`apt-get ${args.join(' ')} failed; run "${installCommand}" by hand. It said:\n${output}`))
  })
  return promise
}

if (import.meta.main) {
  await ensureDovecot().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
}
