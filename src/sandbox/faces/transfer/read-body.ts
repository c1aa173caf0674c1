import { Buffer } from 'node:buffer'

/** A body so short is taken as it comes; a longer one goes straight to where it will stay. */
const shortBytesMax = 1024 * 1024

/** The whole body, held once; undefined when it is longer than `bytesMax`, of which no more than that is read. */
export async function readBody(request: Request, bytesMax: number): Promise<Buffer | undefined> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  if (declared > bytesMax) return undefined
  if (declared <= shortBytesMax) return Buffer.from(await request.arrayBuffer())
  return declared > 0 ? readSized(request, declared) : readUnsized(request, bytesMax)
}

async function readSized({ body }: Request, sizeBytes: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafe(sizeBytes)
  let at = 0
  for await (const chunk of body ?? []) {
    if (at + chunk.byteLength > sizeBytes) return undefined
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes.subarray(0, at)
}

async function readUnsized({ body }: Request, bytesMax: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of body ?? []) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > bytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
