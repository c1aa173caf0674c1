/** A calendar around components, with the line ends of the standard. */
export function calendarOf(components: string, head = ''): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:test',
    ...(head === '' ? [] : [head]),
    components,
    'END:VCALENDAR',
    '',
  ]
  return lines.join('\n').replaceAll('\n', '\r\n')
}

/** The unfolded lines of a calendar. */
export function linesOf(text: string): readonly string[] {
  return text.replace(/\r\n[ \t]/g, '').split('\r\n')
}
