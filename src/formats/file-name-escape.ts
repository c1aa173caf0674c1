/**
 * What may not stand in a file name, or would mean something there: the slash, control characters, a dot in front, and
 * a percent sign that looks like an escape. `.` and `..` are names with a dot in front. Names that begin with
 * `mailvan-` are those of our own files.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const unsafe = /[/\x00-\x1f\x7f]|^\.|^m(?=ailvan-)|%(?=[0-9A-F]{2})/g
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const decodable = /^(?:[/\x00-\x1f\x7f.%m])$/

/** A folder name as a file name: `A/B` is `A%2FB`. Reversible for every name that is not empty. */
export function escapeFileName(name: string): string {
  return name.replace(unsafe, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

/**
 * The folder name behind a file name. Only what `escapeFileName` writes is decoded: other files keep their percent
 * signs.
 */
export function unescapeFileName(fileName: string): string {
  return fileName.replace(/%([0-9A-F]{2})/g, (written, hex: string, offset: number) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16))
    const isOurs = decodable.test(character) && ((character !== '.' && character !== 'm') || offset === 0)
    return isOurs ? character : written
  })
}
