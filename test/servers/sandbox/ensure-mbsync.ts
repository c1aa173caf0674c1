import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const packages = ['isync', 'libsasl2-modules-kdexoauth2']
const installMsMax = 300_000

/**
 * Whether `mbsync` can be run with its XOAUTH2 (SASL) module. Installs both when they are missing and this is root on
 * Debian. False where that is not possible: the command to run then is printed.
 */
export async function ensureMbsync(): Promise<boolean> {
  if (await isThere()) return true
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    const options = { timeout: installMsMax, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    await run('apt-get', ['update', '-q'], options)
    await run('apt-get', ['install', '-y', '-q', '-o', 'DPkg::Lock::Timeout=120', '--no-install-recommends', ...packages], options)
  }
  if (await isThere()) return true
  process.stderr.write(`mbsync with XOAUTH2 is missing: run "sudo ${command}" for the tests that need it.\n`)
  return false
}

async function isThere(): Promise<boolean> {
  const { stdout } = await run('/bin/sh', ['-c', 'command -v mbsync || true'])
  if (stdout.trim() === '') return false
  const libraries = await readdir('/usr/lib', { withFileTypes: true })
  const folders = ['/usr/lib/sasl2', ...libraries.filter((entry) => entry.isDirectory()).map(({ name }) => `/usr/lib/${name}/sasl2`)]
  return folders.some((folder) => existsSync(`${folder}/libkdexoauth2.so`))
}
