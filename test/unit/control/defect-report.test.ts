import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeDefectReport } from '../../../src/control/defect-report.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-defect-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('the details of a defect are kept without any secret, for their owner alone', async () => {
  const defect = Object.assign(new Error('sent LOGIN anna hunter2'), { cause: { command: Buffer.from('hunter2').toString('base64') } })
  const file = await writeDefectReport(defect, { folder: join(folder, 'defects'), version: '1.2.3', atMs: 0, secrets: ['hunter2'] })
  expect(dirname(file ?? '')).toBe(join(folder, 'defects'))
  const text = await readFile(file ?? '', 'utf8')
  expect(text).toContain('mailvan 1.2.3')
  expect(text).toContain('sent LOGIN anna ***')
  expect(text).toContain('defect-report.test.ts')
  expect(text).not.toContain('hunter2')
  expect(text).not.toContain(Buffer.from('hunter2').toString('base64'))
  expect((await stat(file ?? '')).mode & 0o777).toBe(0o600)
})

test('a folder that cannot be made does not swallow it', async () => {
  const blocked = join(folder, 'a-file')
  await writeFile(blocked, '')
  const file = await writeDefectReport(new Error('x'), { folder: join(blocked, 'defects'), version: '1', atMs: 0, secrets: [] })
  expect(dirname(file ?? '')).toBe(tmpdir())
  await rm(file ?? '')
})
