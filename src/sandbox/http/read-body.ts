import { Buffer } from 'node:buffer'

/** A body so short is taken as it comes; a longer one goes straight to where it will stay. */
const shortBytesMax = 1024 * 1024

/** How long the headers say that a body is; undefined where they do not, as of one that comes in chunks. */
export function bodyBytesOf(headers: Headers): number | undefined {
  const declared = Number(headers.get('content-length') ?? Number.NaN)
  return Number.isFinite(declared) ? declared : undefined
}

/** The whole body, held once; undefined when it is longer than `bytesMax`, of which no more than that is read. */
export async function readBody(request: Request, bytesMax: number): Promise<Buffer | undefined> {
  const declared = bodyBytesOf(request.headers)
  if (declared === undefined) return readUnsized(request, bytesMax)
  if (declared > bytesMax) return undefined
  return declared <= shortBytesMax ? Buffer.from(await request.arrayBuffer()) : readSized(request, declared)
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
  return chunks.length === 1 ? Buffer.from(chunks[0] as Uint8Array<ArrayBuffer>) : Buffer.concat(chunks)
}
