import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeSampleMaildir } from '../../src/sandbox/samples/write-sample-maildir.ts'

const run = promisify(execFile)
const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const messages = 200

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-package-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** The tree of a Maildir: the bytes of every message, by folder. */
async function contents(maildir: string): Promise<readonly string[]> {
  const files = await readdir(maildir, { recursive: true, withFileTypes: true })
  const texts = files
    .filter((file) => file.isFile() && /\/(?:cur|new)$/.test(file.parentPath))
    .map(async (file) => {
      const place = file.parentPath.slice(maildir.length).replace(/\/(?:cur|new)$/, '')
      const bytes = await readFile(join(file.parentPath, file.name), 'latin1')
      return `${place} ${bytes.replaceAll('\r\n', '\n')}`
    })
  return (await Promise.all(texts)).sort()
}

test('the packed package, installed in an empty folder, moves a mailbox', async () => {
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root })
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? ''
  await writeFile(join(folder, 'package.json'), '{"name":"empty","private":true}\n')
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`], { cwd: folder })

  const installed = join(folder, 'node_modules/mailvan')
  expect(await readdir(installed)).not.toContain('src')
  const bin = join(folder, 'node_modules/.bin/mailvan')
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  expect((await run(bin, ['--version'])).stdout).toBe(`${version}\n`)

  writeSampleMaildir(join(folder, 'source'), { messages, seed: 3 })
  const args = ['migrate', 'maildir:source', 'maildir:target', '--home', 'home', '--json']
  const { stdout, stderr } = await run(bin, args, { cwd: folder })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ type: 'summary', counts: { source: messages, migrated: messages } })
  expect(await contents(join(folder, 'target'))).toEqual(await contents(join(folder, 'source')))
})

test('a Node.js that is too old is told so in one line, alone and beside one that is too old as well', async () => {
  const launcher = await readFile(join(root, 'bin/mailvan.js'), 'utf8')
  // The same launcher, told that any Node there is today is too old.
  const impatient = launcher.replace('const nodeMajorMin = 24', 'const nodeMajorMin = 2400')
  expect(impatient).not.toBe(launcher)
  const alone = join(folder, 'alone.mjs')
  await writeFile(alone, impatient)
  await rm(join(folder, 'node_modules'), { recursive: true, force: true })
  const failure = await run(process.execPath, [alone, '--version']).catch((error: unknown) => error as { code: number; stderr: string })
  const told = { code: 3, stderr: expect.stringMatching(/^mailvan needs Node\.js 2400 or newer, and this is [^\n]*\n$/) }
  expect(failure).toMatchObject(told)
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  expect(await run(process.execPath, [alone, '--version']).catch((error: unknown) => error)).toMatchObject(told)
})
