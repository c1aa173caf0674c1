import { afterTag, decodeEntities } from './html-markup.ts'

/**
 * The words of an HTML text, for comparing and searching: without comments, titles, scripts, styles and tags. Linear in
 * the length of the text.
 */
export function htmlText(html: string): string {
  let text = ''
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    text += html.slice(at, open < 0 ? html.length : open)
    if (open < 0) break
    text += ' '
    at = afterTag(html, open)
  }
  return decodeEntities(text)
}
