import { afterTag, decodeEntities } from '../../formats/mime/html-markup.ts'

/** Elements that begin a line of their own. */
const blocks =
  /^\/?(?:address|article|aside|blockquote|dd|div|dl|dt|fieldset|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|tr|ul)\b/i

/**
 * An HTML body as plain text, for previews and for clients that ask for text: blocks and `<br>` become line ends, white
 * space is joined as a browser joins it, comments, styles and scripts go. Linear in the length; reads `lengthMax`
 * characters of the result at most.
 */
export function htmlToText(html: string, lengthMax = Infinity): string {
  const lines: string[] = []
  let length = 0
  let line = ''
  let at = 0
  const endLine = () => {
    lines.push(line.trimEnd())
    length += line.length + 2
    line = ''
  }
  while (at < html.length && length + line.length < lengthMax) {
    const open = html.indexOf('<', at)
    line = appendRun(line, html.slice(at, open < 0 ? html.length : open))
    if (open < 0) break
    const end = afterTag(html, open)
    const tag = html.slice(open + 1, Math.min(end, open + 20))
    if (/^br\b/i.test(tag) || (blocks.test(tag) && line.trim() !== '')) endLine()
    at = end
  }
  return [...lines, line].join('\r\n').trim()
}

/** Text as an HTML body that shows the same. */
export function textToHtml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return toHtmlDocument(`<div class="PlainText">${escaped.replaceAll(/\r?\n/g, '<br>\r\n')}</div>`)
}

/** What a client gives as HTML, as Exchange keeps it: a fragment is put into a document. */
export function toHtmlDocument(html: string): string {
  if (/<html[\s>]/i.test(html)) return html
  return `<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>${html}</body></html>`
}

function appendRun(line: string, run: string): string {
  if (run === '') return line
  const joined = run.replaceAll(/[ \t\r\n\f]+/g, ' ')
  const start = joined.startsWith(' ') && (line === '' || line.endsWith(' ')) ? joined.slice(1) : joined
  return line + (start.includes('&') ? decodeEntities(start) : start)
}
