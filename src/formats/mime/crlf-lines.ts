/** Text with CRLF at the end of each line, whatever stood before its LF; a CR elsewhere stays. */
export function toCrlfLines(text: string): string {
  if (!/(?:^|[^\r])\n|\r\r\n/.test(text)) return text
  return text
    .split('\n')
    .map((line, index, lines) => (index + 1 < lines.length ? withoutReturns(line) : line))
    .join('\r\n')
}

function withoutReturns(line: string): string {
  let end = line.length
  while (end > 0 && line.charCodeAt(end - 1) === 0x0d) end--
  return line.slice(0, end)
}
