import { createHash, hash } from 'node:crypto'
import type { Content } from '../model/item.ts'

/**
 * `content`, whose SHA-256 (hex) is computed as it flows: `onDigest` is called once it has passed whole, `onError` with what
 * a stream throws instead, before it is thrown on.
 */
export function digested(content: Content, onDigest: (digest: string) => void, onError: (error: unknown) => void): Content {
  if (content instanceof Uint8Array) {
    onDigest(hash('sha256', content, 'hex'))
    return content
  }
  return digestedStream(content, onDigest, onError)
}

async function* digestedStream(
  content: AsyncIterable<Uint8Array>,
  onDigest: (digest: string) => void,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  const running = createHash('sha256')
  try {
    for await (const chunk of content) {
      running.update(chunk)
      yield chunk
    }
  } catch (error) {
    onError(error)
    throw error
  }
  onDigest(running.digest('hex'))
}
