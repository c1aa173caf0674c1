import { MigrationError } from '../../core/errors.ts'

/**
 * Why bytes are no item, or an item cannot be written:
 * - `not-fast-transfer`: the container does not begin as one, or holds a record that none has;
 * - `not-a-message`: a container, but of a folder, an attachment or another way of copying;
 * - `truncated`: the bytes end within a record, a value or an object;
 * - `unknown-type`, `unknown-code-page`, `bad-name`: a property that cannot be told;
 * - `unexpected-marker`, `unexpected-property`: the parts of the message are not in the order of its grammar;
 * - `source-error`: the server that wrote the stream says that it could not read the item (FXErrorInfo);
 * - `too-deep`, `too-many`: beyond the limits of nesting and of the number of objects and values;
 * - `unwritable`: a value does not fit its type, or a property is one of those that steer the stream.
 */
export type FastTransferFault =
  | 'not-fast-transfer'
  | 'not-a-message'
  | 'truncated'
  | 'unknown-type'
  | 'unknown-code-page'
  | 'bad-name'
  | 'unexpected-marker'
  | 'unexpected-property'
  | 'source-error'
  | 'too-deep'
  | 'too-many'
  | 'unwritable'

/** An item whose FastTransfer form cannot be read or written; of kind `item`, with code `fast-transfer.<fault>`. */
export class FastTransferError extends MigrationError {
  readonly fault: FastTransferFault
  /**
   * Where it was noticed: in the container for faults of the container, else in the stream that its buffers make up;
   * undefined when writing.
   */
  readonly offset: number | undefined

  constructor(fault: FastTransferFault, what: string, offset?: number) {
    super('item', `fast-transfer.${fault}`, {
      message: offset === undefined ? `${what}.` : `${what} (byte ${offset}).`,
      hint:
        offset === undefined
          ? 'The item cannot be given to Exchange in this form; look at it in its mailbox.'
          : 'Export the item again; when it fails the same way, open it in its mailbox and repair or remove it.',
    })
    this.name = 'FastTransferError'
    this.fault = fault
    this.offset = offset
  }
}
