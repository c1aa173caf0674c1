import { tagged } from './property.ts'

/** Properties of an attachment (MS-OXCMSG section 2.2.2). */
export const attachmentProperties = {
  number: tagged(0x0e21, 'integer32'),
  /** 1 by value, 5 embedded message, 6 OLE, 7 web reference. */
  method: tagged(0x3705, 'integer32'),
  data: tagged(0x3701, 'binary'),
  dataObject: tagged(0x3701, 'object'),
  sizeBytes: tagged(0x0e20, 'integer32'),
  renderingPosition: tagged(0x370b, 'integer32'),
  fileName: tagged(0x3704, 'string'),
  longFileName: tagged(0x3707, 'string'),
  displayName: tagged(0x3001, 'string'),
  extension: tagged(0x3703, 'string'),
  mimeType: tagged(0x370e, 'string'),
  contentId: tagged(0x3712, 'string'),
  contentLocation: tagged(0x3713, 'string'),
  contentBase: tagged(0x3711, 'string'),
  /** Of a text file, as its part named it (MS-OXCMSG 2.2.2.25). */
  textCharset: tagged(0x371b, 'string'),
  /** 4: shown inside the HTML body. */
  flags: tagged(0x3714, 'integer32'),
  hidden: tagged(0x7ffe, 'boolean'),
  attachmentFlags: tagged(0x7ffd, 'integer32'),
  linkId: tagged(0x7ffa, 'integer32'),
  /** The replaced occurrence of an exception, and its times (MS-OXOCAL section 2.2.10.1). */
  exceptionStart: tagged(0x7ffb, 'time'),
  exceptionEnd: tagged(0x7ffc, 'time'),
  exceptionReplaceTime: tagged(0x7ff9, 'time'),
  creationTime: tagged(0x3007, 'time'),
  lastModificationTime: tagged(0x3008, 'time'),
  longPathName: tagged(0x370d, 'string'),
  rendering: tagged(0x3709, 'binary'),
  /** The picture of a contact (MS-OXOCNTC section 2.2.1.8.2). */
  contactPhoto: tagged(0x7fff, 'boolean'),
} as const
