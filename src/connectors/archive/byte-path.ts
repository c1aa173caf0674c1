import { Buffer, isUtf8 } from 'node:buffer'

/**
 * A path below an archive's root, as bytes with one character each (latin1) and `/` between names; `.` is the root
 * itself. File names need not be UTF-8, so this is the only form that every file can be named and found again by.
 */
export type BytePath = string

/** The path as the system takes it. */
export function toSystemPath(root: string, relative: BytePath): Buffer {
  const base = Buffer.from(root, 'utf8')
  return relative === '.' ? base : Buffer.concat([base, Buffer.from('/'), Buffer.from(relative, 'latin1')])
}

/** The path for an error text. */
export function showPath(root: string, relative: BytePath): string {
  return relative === '.' ? root : `${root}/${toText(relative)}`
}

/** `relative` below `parent`. */
export function joinPath(parent: BytePath, relative: BytePath): BytePath {
  return parent === '.' ? relative : `${parent}/${relative}`
}

/** The bytes as text where they are UTF-8, and one character each otherwise. */
export function toText(bytes: BytePath): string {
  const buffer = Buffer.from(bytes, 'latin1')
  return isUtf8(buffer) ? buffer.toString('utf8') : bytes
}

/** The bytes of a text in UTF-8. */
export function toBytes(text: string): BytePath {
  return Buffer.from(text, 'utf8').toString('latin1')
}
