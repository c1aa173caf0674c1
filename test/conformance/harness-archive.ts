import { hash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archiveConnector, type ArchiveConfig } from '../../src/connectors/archive/index.ts'
import type { ArchiveDriver, FileMessage } from './archive-driver.ts'
import { stateOf } from './archive-driver.ts'
import type { ConformanceMailbox, ConformanceServer, Mutations } from './harness.ts'

/** Mailboxes of one format in a directory that goes with `stop`. */
export async function startArchive(
  scheme: ArchiveConfig['scheme'],
  driver: ArchiveDriver,
): Promise<ConformanceServer<ArchiveConfig>> {
  const place = mkdtempSync(join(tmpdir(), `mailvan-${scheme}-`))
  let made = 0
  return {
    connector: archiveConnector,
    bigBytes: 5_000_000,
    secrets: [],
    canName: () => true,
    async freshMailbox() {
      const root = join(place, `mailbox ${++made}`)
      mkdirSync(root)
      return toHarness({ scheme, path: root }, driver)
    },
    async badConfigs() {
      const file = join(place, 'file')
      writeFileSync(file, 'This is no mail.\n')
      const other = join(place, 'other')
      mkdirSync(other, { recursive: true })
      writeFileSync(join(other, 'notes.txt'), 'This is no mail.\n')
      return [
        { name: 'no such path', config: { scheme, path: join(place, 'nowhere') }, kind: 'config', side: 'source' },
        { name: 'below a file', config: { scheme, path: join(file, 'below') }, kind: 'config' },
        { name: 'a file of another kind', config: { scheme, path: file }, kind: 'config' },
        { name: 'a directory of other things', config: { scheme, path: other }, kind: 'config' },
      ]
    },
    stop: async () => rmSync(place, { recursive: true }),
  }
}

function toHarness(config: ArchiveConfig, driver: ArchiveDriver): ConformanceMailbox<ArchiveConfig> {
  const root = config.path
  const find = (path: readonly string[], digest: string): FileMessage => {
    const found = driver
      .list(root)
      .find((one) => one.path.join('\n') === path.join('\n') && hash('sha256', one.bytes) === digest)
    if (!found) throw new Error('no such message')
    return found
  }
  const { remove, setKeywords, move, renumber } = driver
  const mutate: Mutations = {
    ...(remove && { remove: async (path, digest) => remove(root, find(path, digest)) }),
    ...(setKeywords && {
      setKeywords: async (path, digest, keywords) => setKeywords(root, find(path, digest), keywords),
    }),
    ...(move && { move: async (path, digest, into) => move(root, find(path, digest), into) }),
    ...(renumber && { renumber: async (path) => renumber.call(driver, root, path) }),
  }
  // A mailbox has its INBOX from the first.
  driver.addFolder(root, ['INBOX'])
  return {
    config,
    addFolder: async (path, role) => driver.addFolder(root, path, role),
    seed: async (messages) => messages.forEach((message) => driver.add(root, message)),
    contents: async () =>
      driver.list(root).map(({ path, bytes, keywords, receivedAtMs }) => ({
        path,
        digest: hash('sha256', bytes),
        sizeBytes: bytes.byteLength,
        keywords,
        receivedAtMs,
      })),
    state: async () => stateOf(root),
    mutate,
  }
}
