import {
  MemoryWorld,
  type MemoryConfig,
  type MemoryMailbox,
  type MemoryOptions,
} from '../../src/connectors/memory/index.ts'
import { MigrationError } from '../../src/core/errors.ts'
import { storedDigest } from './reading.ts'
import type { ConformanceMailbox, ConformanceServer } from './harness.ts'

const password = 'correct horse battery staple'

/** A world whose mailboxes all have these options. */
export async function startMemory(options: Partial<MemoryOptions> = {}): Promise<ConformanceServer<MemoryConfig>> {
  const world = new MemoryWorld()
  let made = 0
  const addMailbox = (more: Partial<MemoryOptions> = {}): MemoryMailbox =>
    world.addMailbox(`mailbox-${++made}`, { pageItemsMax: 7, chunkBytes: 10_000, ...options, ...more }, password)
  return {
    connector: world,
    bigBytes: 30_000_000,
    secrets: [password, 'wrong horse'],
    canName: () => true,
    freshMailbox: async () => toHarness(world, addMailbox(), addMailbox),
    badConfigs: async () => [
      { name: 'no such mailbox', config: { mailbox: 'nobody' }, kind: 'config' },
      { name: 'wrong password', config: { mailbox: addMailbox().name, password: 'wrong horse' }, kind: 'auth' },
    ],
    stop: async () => undefined,
  }
}

function toHarness(
  world: MemoryWorld,
  mailbox: MemoryMailbox,
  addMailbox: (more: Partial<MemoryOptions>) => MemoryMailbox,
): ConformanceMailbox<MemoryConfig> {
  const find = (path: readonly string[], digest: string) => {
    const found = mailbox.contents().find((one) => one.digest === digest && one.path.join('/') === path.join('/'))
    if (!found) throw new Error('no such message')
    return found.id
  }
  return {
    config: { mailbox: mailbox.name, password },
    addFolder: async (path, role) => void mailbox.addFolder(path, { role }),
    seed: async (messages) => messages.forEach((message) => mailbox.add(message.path, message)),
    contents: async () =>
      mailbox.contents().map(({ path, digest, bytes, keywords, receivedAt }) => ({
        path,
        digest,
        canonicalDigest: storedDigest(bytes, false),
        sizeBytes: bytes.byteLength,
        keywords,
        receivedAtMs: receivedAt.epochMs,
      })),
    state: async () => mailbox.state(),
    bodiesOpened: async () => mailbox.counters.bodiesOpened,
    sessionsMost: async () => mailbox.counters.sessionsOpenMost,
    mutate: {
      remove: async (path, digest) => void mailbox.remove(find(path, digest)),
      setKeywords: async (path, digest, keywords) => void mailbox.setKeywords(find(path, digest), keywords),
      move: async (path, digest, into) => void mailbox.move(find(path, digest), into),
      renumber: async (path) => mailbox.renumber(path),
      forgetHistory: async () => mailbox.forgetHistory(),
    },
    async withLostAnswer() {
      world.faults = (step) => {
        if (step.name !== 'write.stored' || step.mailbox !== mailbox.name) return
        world.faults = () => undefined
        throw new MigrationError('transient', 'test.reset', { message: 'The session broke.', hint: 'Try again.' })
      }
      return { mailbox: mailbox.name, password }
    },
    refusals: async () => [
      {
        name: 'too large',
        config: { mailbox: addMailbox({ itemSizeBytesMax: 500 }).name, password },
        bytes: new Uint8Array(501),
        kind: 'item',
      },
      {
        name: 'full',
        config: { mailbox: addMailbox({ quotaBytesMax: 500 }).name, password },
        bytes: new Uint8Array(501),
        kind: 'config',
      },
      {
        name: 'empty',
        config: { mailbox: addMailbox({ refusesEmpty: true }).name, password },
        bytes: new Uint8Array(0),
        kind: 'item',
      },
    ],
  }
}
