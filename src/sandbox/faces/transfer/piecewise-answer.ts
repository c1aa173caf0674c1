import { Buffer } from 'node:buffer'
import { jsonAnswer } from '../../http/json-answer.ts'

/** What is shorter goes out as a whole; of a longer answer no more than this waits to be sent. */
const waitingCharactersMax = 512 * 1024

/** An answer of JSON in pieces, which are asked for as they are sent. */
export function piecewiseAnswer(pieces: Iterator<string>): Response {
  const first = take(pieces)
  if (first.isEnd) return answerOf(first.text)
  let next: Taken | undefined = first
  return answerOf(
    new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          const { text, isEnd } = next ?? take(pieces)
          next = undefined
          controller.enqueue(Buffer.from(text))
          if (isEnd) controller.close()
        },
      },
      { highWaterMark: 1 },
    ),
  )
}

interface Taken {
  readonly text: string
  readonly isEnd: boolean
}

function take(pieces: Iterator<string>): Taken {
  const taken: string[] = []
  let length = 0
  while (length < waitingCharactersMax) {
    const { value, done } = pieces.next()
    if (done === true) return { text: taken.join(''), isEnd: true }
    taken.push(value)
    length += value.length
  }
  return { text: taken.join(''), isEnd: false }
}

function answerOf(body: string | ReadableStream<Uint8Array>): Response {
  return new Response(body, { status: 200, headers: jsonAnswer(200, null).headers })
}
