/**
 * What the conversion accepts of one message before it stops taking things apart. Nothing is lost beyond a limit: what
 * is not taken apart stays whole, as text or as an attachment. Real mail reaches 106 levels, 330 parts, 210 kB of
 * header and 107 fields.
 */
export const mimeLimits = {
  /** Of the header of one part; lines after it count as body. */
  headerBytesMax: 2 * 1024 * 1024,
  /** Of one header; fields after it stay in the header block and are not read. */
  headerFieldsMax: 10_000,
  /** Of a field's name; a line with a longer one is no field. */
  fieldNameCharactersMax: 200,
  /** Multiparts within multiparts; deeper ones are one part each. */
  partDepthMax: 128,
  /** In one message with all that it contains; the rest of a multipart is then one part. */
  partsMax: 10_000,
  /** Messages within messages, both ways; deeper ones are files. */
  embeddedDepthMax: 32,
  /** Of all kinds together. */
  recipientsMax: 20_000,
  /** Parameters of one Content-Type or Content-Disposition. */
  parametersMax: 200,
  /** Of a file's name; the rest is cut. */
  fileNameCharactersMax: 1_000,
  /** X- fields that become named properties; the others are in the header block only. */
  namedHeadersMax: 100,
  /** Of one such value. */
  namedHeaderCharactersMax: 4_000,
} as const
