import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { HttpClient, type HttpClientOptions, type HttpRequest } from '../../../src/connectors/kit/http/http-client.ts'
import { trustedContext } from '../../../src/connectors/kit/http/trusted-context.ts'
import { createCertificateAuthority } from '../../../src/sandbox/http/certificate-authority.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

async function serve(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  closers.push(() => {
    sockets.forEach((socket) => socket.destroy())
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

const serveHttp = async (listener: RequestListener): Promise<string> => `http://127.0.0.1:${await serve(createHttpServer(listener))}`

function makeClient(options: HttpClientOptions = {}): HttpClient {
  const client = new HttpClient(options)
  closers.push(() => client.close())
  return client
}

const { signal } = new AbortController()
const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', url, signal, ...more })
const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: unknown) => (error as { code?: string }).code ?? error)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('an HTTP client', () => {
  it('sends bodies of every kind and reads the answer whatever its status', async () => {
    const url = await serveHttp((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        response.writeHead(404, { 'Set-Cookie': ['a=1', 'b=2'], 'X-Length': request.headers['content-length'] ?? 'chunked' })
        response.end(Buffer.concat(chunks))
      })
    })
    const client = makeClient()
    const large = Buffer.alloc(3_000_000, 'x')
    async function* stream() {
      yield Buffer.from('one ')
      yield Buffer.from('two')
    }
    const bodies = [undefined, 'Grüße', Buffer.from([0, 255]), large, stream()] as const
    const answers = []
    for (const body of bodies) answers.push(await client.send(get(url, { method: 'POST', ...(body !== undefined && { body }) })))
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404])
    expect(answers.map(({ headers }) => headers['x-length'])).toEqual(['0', '7', '2', '3000000', 'chunked'])
    const received = answers.map(({ body }) => Buffer.from(body))
    expect(received[1]?.toString()).toBe('Grüße')
    expect(received[3]?.equals(large)).toBe(true)
    expect(received[4]?.toString()).toBe('one two')
    expect(answers[0]?.headers['set-cookie']).toBe('a=1, b=2')
  })

  it('keeps connections alive and follows no redirect', async () => {
    const ports = new Set<number | undefined>()
    const url = await serveHttp((request, response) => {
      ports.add(request.socket.remotePort)
      response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end()
    })
    const client = makeClient()
    for (let i = 0; i < 5; i++) expect((await client.send(get(url))).status).toBe(302)
    expect(ports.size).toBe(1)
  })

  it('uses no connection again that a server has given up by then, however busy this process was meanwhile', async () => {
    const ports: (number | undefined)[] = []
    const server = createHttpServer((request, response) => {
      ports.push(request.socket.remotePort)
      response.end()
    })
    server.keepAliveTimeout = 5_000
    const url = `http://127.0.0.1:${await serve(server)}`
    let nowMs = 0
    const client = makeClient({ nowMs: () => nowMs })
    const sendAt = async (ms: number, requests = 1): Promise<void> => {
      nowMs = ms
      await Promise.all(Array.from({ length: requests }, () => client.send(get(url, { method: 'POST', body: 'x' }))))
    }
    await sendAt(0, 3)
    expect(new Set(ports).size).toBe(3)
    await sendAt(3_999, 2)
    expect(new Set(ports).size).toBe(3)
    await sendAt(8_000, 3)
    expect(new Set(ports).size).toBe(6)
    await sendAt(8_001)
    expect(new Set(ports).size).toBe(6)
  })

  it('takes large answers up to the limit and none beyond, announced or not', async () => {
    const url = await serveHttp((request, response) => {
      const body = Buffer.alloc(Number(request.url?.slice(2)), 'y')
      if (request.url?.startsWith('/c') === true) response.write(body.subarray(0, 10))
      response.end(request.url?.startsWith('/c') === true ? body.subarray(10) : body)
    })
    const client = makeClient({ answerBytesMax: 1_000_000 })
    for (const path of ['/a1000000', '/c1000000']) expect((await client.send(get(url + path))).body.byteLength).toBe(1_000_000)
    for (const path of ['/a1000001', '/c1000001']) expect(await codeOf(client.send(get(url + path)))).toBe('http.answer.too-large')
    const more = await client.send(get(`${url}/a40000000`, { answerBytesMax: 40_000_000 }))
    expect(more.body.byteLength).toBe(40_000_000)
  })

  it('tells what became of a connection', async () => {
    const silent = `http://127.0.0.1:${await serve(createTcpServer(() => undefined))}`
    const resetting = `http://127.0.0.1:${await serve(createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())))}`
    const garbage = `http://127.0.0.1:${await serve(createTcpServer((socket) => socket.once('data', () => socket.end('* OK IMAP4rev1\r\n'))))}`
    const cut = await serveHttp((_, response) => {
      response.writeHead(200, { 'Content-Length': '100' })
      response.write('half')
      setTimeout(() => response.destroy(), 20)
    })
    const stalling = await serveHttp((_, response) => {
      response.writeHead(200).write('half')
    })
    const client = makeClient()
    expect(await codeOf(client.send(get('http://127.0.0.1:1/')))).toBe('http.connect.refused')
    expect(await codeOf(client.send(get('http://nowhere.invalid/')))).toBe('http.connect.unknown-host')
    expect(await codeOf(client.send(get(silent, { timeoutMs: 100 })))).toBe('http.connection.silent')
    expect(await codeOf(client.send(get(stalling, { timeoutMs: 100 })))).toBe('http.connection.silent')
    expect(await codeOf(client.send(get(resetting)))).toBe('http.connection.lost')
    expect(await codeOf(client.send(get(garbage)))).toBe('http.connect.not-http')
    expect(await codeOf(client.send(get(cut)))).toBe('http.answer.cut-short')
  })

  it('never shows the path or query of a URL', async () => {
    const error = (await makeClient()
      .send(get('http://127.0.0.1:1/importItem?authtoken=s3cr3t'))
      .catch((reason: unknown) => reason)) as Error & { hint: string }
    expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toMatch(/importItem|s3cr3t/)
  })

  it('verifies certificates unless a person says otherwise', async () => {
    const authority = createCertificateAuthority(Date.now())
    const listen = async (hosts: readonly string[]) => {
      const { certificatePem: cert, privateKeyPem: key } = authority.issue(hosts)
      return `https://127.0.0.1:${await serve(createHttpsServer({ cert, key }, (_, response) => response.end('hello')))}`
    }
    const [good, wrong] = [await listen(['127.0.0.1']), await listen(['elsewhere.example'])]
    const plain = (await serveHttp((_, response) => response.end())).replace('http:', 'https:')
    const trusting = makeClient({ certificateAuthorities: [authority.certificatePem] })
    expect((await trusting.send(get(good))).status).toBe(200)
    expect(await codeOf(trusting.send(get(wrong)))).toBe('http.tls.certificate-wrong-host')
    expect(await codeOf(trusting.send(get(plain)))).toBe('http.tls.not-tls')
    expect(await codeOf(makeClient().send(get(good)))).toMatch(/^http\.tls\.certificate-/)
    expect((await makeClient({ verifiesCertificates: false }).send(get(wrong))).status).toBe(200)
  })

  it('holds neither body nor answer once it is over, though the connection is kept', async () => {
    const authority = createCertificateAuthority(Date.now())
    const { certificatePem: cert, privateKeyPem: key } = authority.issue(['127.0.0.1'])
    const server = createHttpsServer({ cert, key }, (request, response) => request.resume().on('end', () => response.end(Buffer.alloc(300_000))))
    const url = `https://127.0.0.1:${await serve(server)}`
    const client = makeClient({ certificateAuthorities: [authority.certificatePem] })
    const seen: WeakRef<Uint8Array>[] = []
    const send = async (answerBytesExpected?: number): Promise<void> => {
      const body = Buffer.allocUnsafeSlow(300_000)
      const answer = await client.send(get(url, { method: 'POST', body, ...(answerBytesExpected !== undefined && { answerBytesExpected }) }))
      expect(answer.body).toHaveLength(300_000)
      seen.push(new WeakRef(body), new WeakRef(answer.body))
    }
    // Each of these opens a connection of its own.
    await Promise.all([send(), send(400_000), send(400_000)])
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      collectGarbage()
    }
    expect(seen.map((one) => one.deref())).toEqual(Array(6).fill(undefined))
  })

  it('parses the authorities once for all clients', () => {
    const [one, other] = [createCertificateAuthority(Date.now()), createCertificateAuthority(Date.now())].map(({ certificatePem }) => certificatePem)
    const made = trustedContext([one ?? ''])
    expect(trustedContext([one ?? ''])).toBe(made)
    expect(trustedContext([one ?? '', other ?? ''])).not.toBe(made)
  })

  it('rejects with the reason of the signal, before and during a request', async () => {
    const arrived = Promise.withResolvers<void>()
    const url = await serveHttp(() => arrived.resolve())
    const client = makeClient()
    const reason = new Error('a person stopped it')
    expect(await codeOf(client.send(get(url, { signal: AbortSignal.abort(reason) })))).toBe(reason)
    const stop = new AbortController()
    const sent = codeOf(client.send(get(url, { signal: stop.signal })))
    await arrived.promise
    stop.abort(reason)
    expect(await sent).toBe(reason)
  })

  it('fails with what a body stream throws', async () => {
    const url = await serveHttp((request) => request.resume())
    const reason = new Error('the source broke')
    async function* stream() {
      yield Buffer.from('some')
      throw reason
    }
    expect(await codeOf(makeClient().send(get(url, { method: 'POST', body: stream() })))).toBe(reason)
  })

  it('ends what is under way when it is closed', async () => {
    const arrived = Promise.withResolvers<void>()
    const url = await serveHttp(() => arrived.resolve())
    const client = makeClient()
    const sent = codeOf(client.send(get(url)))
    await arrived.promise
    client.close()
    client.close()
    expect(await sent).toBe('http.connection.closed')
    expect(await codeOf(client.send(get(url)))).toBe('http.connection.closed')
  })
})
