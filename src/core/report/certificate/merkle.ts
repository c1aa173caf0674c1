import { hash } from 'node:crypto'

const leafPrefix = 0
const nodePrefix = 1
const digestBytes = 32
/**
 * Digests are kept as texts of one character a byte: `crypto.hash` makes those four times as fast as buffers (Node 24).
 */
const digestEncoding = 'binary'

/**
 * The Merkle tree hash of RFC 6962 section 2.1 over leaves that come one by one, with SHA-256. Holds one digest for
 * each doubling of the number of leaves, so that memory grows with its logarithm.
 */
export class MerkleTree {
  /** Roots of full subtrees, the largest first, with the number of leaves of each. */
  readonly #roots: { readonly leaves: number; readonly digest: string }[] = []
  readonly #node = Buffer.alloc(1 + 2 * digestBytes, nodePrefix)
  #leaf = Buffer.alloc(4096)
  #size = 0

  /** How many leaves there are. */
  get size(): number {
    return this.#size
  }

  /** Adds a leaf; a text counts as its UTF-8 bytes. */
  add(leaf: Uint8Array | string): void {
    let digest = this.#hashLeaf(leaf)
    let leaves = 1
    for (let last = this.#roots.at(-1); last?.leaves === leaves; last = this.#roots.at(-1)) {
      this.#roots.pop()
      digest = this.#hashNode(last.digest, digest)
      leaves *= 2
    }
    this.#roots.push({ leaves, digest })
    this.#size++
  }

  /** The root over all leaves so far, in hexadecimal. Further leaves may follow. */
  root(): string {
    const last = this.#roots.at(-1)
    if (last === undefined) return hash('sha256', '', 'hex')
    let { digest } = last
    for (let at = this.#roots.length - 2; at >= 0; at--) digest = this.#hashNode(this.#roots[at]!.digest, digest)
    return Buffer.from(digest, digestEncoding).toString('hex')
  }

  #hashLeaf(leaf: Uint8Array | string): string {
    const bytesMax = typeof leaf === 'string' ? leaf.length * 3 : leaf.length
    if (this.#leaf.length < bytesMax + 1) this.#leaf = Buffer.alloc(2 * bytesMax + 1)
    this.#leaf[0] = leafPrefix
    let bytes = 0
    if (typeof leaf === 'string') bytes = this.#leaf.write(leaf, 1)
    else {
      this.#leaf.set(leaf, 1)
      bytes = leaf.length
    }
    return hash('sha256', this.#leaf.subarray(0, bytes + 1), digestEncoding)
  }

  #hashNode(left: string, right: string): string {
    this.#node.write(left, 1, digestEncoding)
    this.#node.write(right, 1 + digestBytes, digestEncoding)
    return hash('sha256', this.#node, digestEncoding)
  }
}
