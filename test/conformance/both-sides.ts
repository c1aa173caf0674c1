import { expect } from 'vitest'
import { MigrationError } from '../../src/core/errors.ts'
import type { Connector, Reader } from '../../src/core/ports/connector.ts'
import type { Context } from '../../src/core/ports/context.ts'
import type { BadConfig } from './harness.ts'
import { collect, each, folderAt, message, readAll, refsOf, testContext } from './reading.ts'
import { needed, type ConformanceTest } from './run-conformance.ts'

/** Opening and a first call, as far as it gets. */
async function attempt<Config>(
  connector: Connector<Config>,
  side: 'source' | 'target',
  config: Config,
  context: Context,
): Promise<unknown> {
  let reader: Reader | undefined
  try {
    reader = await (side === 'source' ? connector.openSource(config, context) : connector.openTarget(config, context))
    for (const folder of await reader.discover()) await readAll(reader, await refsOf(reader, folder))
    return undefined
  } catch (error) {
    return error
  } finally {
    await reader?.close()
  }
}

/** Sockets that this process holds open. */
function socketsOpen(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'TLSSocketWrap').length
}

/** Sockets close a few turns of the event loop after they were told to. */
async function untilSockets(count: number): Promise<void> {
  for (let turn = 0; turn < 500 && socketsOpen() > count; turn++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  expect(socketsOpen()).toBeLessThanOrEqual(count)
}

function sidesOf(bad: BadConfig<unknown>): readonly ('source' | 'target')[] {
  return bad.side === undefined ? ['source', 'target'] : [bad.side]
}

/** B1 to B6. */
export const bothSideTests: readonly ConformanceTest[] = [
  {
    number: 'B1.good',
    title: 'a good configuration opens both sides',
    async run({ server, mailbox }) {
      await mailbox.seed([message(1)])
      for (const side of ['source', 'target'] as const) {
        expect(await attempt(server.connector, side, mailbox.config, testContext())).toBeUndefined()
      }
    },
  },
  {
    number: 'B1.bad',
    title: 'a bad configuration gives one clear sentence of the right kind, without a secret',
    async run({ server }) {
      const bads = await server.badConfigs()
      expect(bads.length).toBeGreaterThan(0)
      for (const bad of bads) {
        for (const side of sidesOf(bad)) {
          const error = await attempt(server.connector, side, bad.config, testContext())
          expect(error, `${bad.name} as ${side}`).toBeInstanceOf(MigrationError)
          const { kind, code, message: text, hint, retryAfterMs, stack } = error as MigrationError
          expect({ name: bad.name, kind }).toEqual({ name: bad.name, kind: bad.kind })
          if (bad.retryAfterMs !== undefined) expect(retryAfterMs).toBe(bad.retryAfterMs)
          expect(code).toMatch(/^[a-z0-9]+(\.[a-z0-9-]+)+$/)
          for (const sentence of [text, hint]) expect(sentence).toMatch(/^[^\n]{8,300}$/)
          for (const secret of server.secrets) expect(`${text}${hint}${code}${stack}`).not.toContain(secret)
        }
      }
    },
  },
  {
    number: 'B1.url',
    title: 'the canonical URL parses to the same endpoint and holds no secret',
    async run({ server, mailbox }) {
      const { connector } = server
      const url = connector.canonicalUrl(mailbox.config)
      for (const secret of server.secrets) expect(url).not.toContain(secret)
      expect(connector.canonicalUrl(connector.parseUrl(url, {}))).toBe(url)
      expect(connector.schemes.some((scheme) => url.startsWith(`${scheme}:`))).toBe(true)
      expect(() => connector.parseUrl('nonsense', {})).toThrow(MigrationError)
    },
  },
  {
    number: 'B2.before',
    title: 'an aborted signal makes no call',
    async run({ server, mailbox }) {
      const reason = new Error('stopped by a person')
      for (const side of ['source', 'target'] as const) {
        expect(await attempt(server.connector, side, mailbox.config, testContext(AbortSignal.abort(reason)))).toBe(
          reason,
        )
      }
    },
  },
  {
    number: 'B2.midway',
    title: 'aborting midway ends the call with the reason and closes every socket',
    async run({ server, mailbox }) {
      await mailbox.seed(Array.from({ length: 30 }, (_, number) => message(number)))
      const sockets = socketsOpen()
      const controller = new AbortController()
      const reason = new Error('stopped by a person')
      const source = await server.connector.openSource(mailbox.config, testContext(controller.signal))
      const refs = await refsOf(source, await folderAt(source, ['INBOX']))
      expect(refs).toHaveLength(30)
      const run = (async () => {
        async function* requests() {
          yield refs.slice(0, 10)
          controller.abort(reason)
          yield refs.slice(10)
        }
        for await (const _ of source.read(requests())) {
          // Only how it ends matters.
        }
      })()
      await expect(run).rejects.toBe(reason)
      await expect(source.discover()).rejects.toBe(reason)
      await source.close()
      await untilSockets(sockets)
    },
  },
  {
    number: 'B3',
    title: 'the declared number of sessions works at once, and no more are opened',
    async run({ server, mailbox }) {
      await mailbox.seed(Array.from({ length: 12 }, (_, number) => message(number)))
      const source = await server.connector.openSource(mailbox.config, testContext())
      const { sessionsMax } = source.capabilities
      expect(sessionsMax).toBeGreaterThanOrEqual(1)
      const sessions = Math.min(sessionsMax, 4)
      const refs = await refsOf(source, await folderAt(source, ['INBOX']))
      const started = Promise.withResolvers<void>()
      let starting = sessions
      const reads = Array.from({ length: sessions }, async () => {
        async function* requests() {
          yield refs.slice(0, 6)
          if (--starting === 0) started.resolve()
          await started.promise
          yield refs.slice(6)
        }
        return collect(source.read(requests()))
      })
      for (const results of await Promise.all(reads))
        expect(results.map((result) => result.type)).toEqual(refs.map(() => 'item'))
      await source.close()
      if (mailbox.sessionsMost) expect(await mailbox.sessionsMost()).toBeLessThanOrEqual(sessionsMax)
    },
  },
  {
    number: 'B4',
    title: 'what is declared makes sense',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const { capabilities } = target
      expect(capabilities.datePrecisionMs).toBeGreaterThanOrEqual(1)
      expect(Number.isInteger(capabilities.sessionsMax)).toBe(true)
      expect(capabilities.folderNaming.nameBytesMax).toBeGreaterThanOrEqual(64)
      expect(capabilities.folderNaming.depthMax).toBeGreaterThanOrEqual(1)
      expect(Array.isArray(capabilities.announced)).toBe(true)
      for (const name of ['updateKeywords', 'move', 'remove'] as const) {
        expect(['function', 'undefined']).toContain(typeof target[name])
      }
      await target.close()
    },
  },
  {
    number: 'B5',
    title: 'close may be called twice and leaves no socket open',
    async run({ server, mailbox }) {
      await mailbox.seed([message(1), message(2)])
      const sockets = socketsOpen()
      for (const side of ['source', 'target'] as const) {
        const { connector } = server
        const reader: Reader =
          side === 'source'
            ? await connector.openSource(mailbox.config, testContext())
            : await connector.openTarget(mailbox.config, testContext())
        const refs = await refsOf(reader, await folderAt(reader, ['INBOX']))
        for await (const result of reader.read(each([refs]))) {
          // Leaving a stream early is part of the test.
          expect(result.type).toBe('item')
          break
        }
        await reader.close()
        await reader.close()
      }
      await untilSockets(sockets)
    },
  },
  {
    number: 'B6',
    title: 'reading never changes anything',
    async run({ server, mailbox }) {
      await mailbox.seed([message(1), message(2, { keywords: ['$flagged'] }), message(3, { path: ['Other'] })])
      const state = needed(mailbox.state?.bind(mailbox), 'state')
      const before = await state()
      for (const side of ['source', 'target'] as const) {
        expect(await attempt(server.connector, side, mailbox.config, testContext())).toBeUndefined()
      }
      expect(await state()).toBe(before)
    },
  },
]
