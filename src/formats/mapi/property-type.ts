/** The value types of MAPI properties, by their wire codes (MS-OXCDATA section 2.11.1). */
export const propertyTypeCodes = {
  integer16: 0x0002,
  integer32: 0x0003,
  float32: 0x0004,
  float64: 0x0005,
  currency: 0x0006,
  floatingTime: 0x0007,
  error: 0x000a,
  boolean: 0x000b,
  object: 0x000d,
  integer64: 0x0014,
  string: 0x001f,
  time: 0x0040,
  guid: 0x0048,
  serverId: 0x00fb,
  binary: 0x0102,
  integer16s: 0x1002,
  integer32s: 0x1003,
  float32s: 0x1004,
  float64s: 0x1005,
  currencies: 0x1006,
  floatingTimes: 0x1007,
  integer64s: 0x1014,
  strings: 0x101f,
  times: 0x1040,
  guids: 0x1048,
  binaries: 0x1102,
} as const

export type PropertyType = keyof typeof propertyTypeCodes

/**
 * What a property of each type holds. 8-bit strings are decoded when they are read, so that there is one type for text.
 * `time` counts 100 ns since 1601-01-01 UTC (FILETIME), `currency` ten-thousandths; a guid is lower-case text without
 * braces; `object` stands for an embedded message, which is not in the bag.
 */
export interface PropertyValues {
  integer16: number
  integer32: number
  float32: number
  float64: number
  currency: bigint
  floatingTime: number
  error: number
  boolean: boolean
  object: Uint8Array
  integer64: bigint
  string: string
  time: bigint
  guid: string
  serverId: Uint8Array
  binary: Uint8Array
  integer16s: readonly number[]
  integer32s: readonly number[]
  float32s: readonly number[]
  float64s: readonly number[]
  currencies: readonly bigint[]
  floatingTimes: readonly number[]
  integer64s: readonly bigint[]
  strings: readonly string[]
  times: readonly bigint[]
  guids: readonly string[]
  binaries: readonly Uint8Array[]
}

export type PropertyValue = PropertyValues[PropertyType]

const typesByCode = new Map<number, PropertyType>(
  Object.entries(propertyTypeCodes).map(([type, code]) => [code, type as PropertyType]),
)

/** The type of a wire code; undefined for codes that no stored property has. */
export function propertyTypeOf(code: number): PropertyType | undefined {
  return typesByCode.get(code)
}
