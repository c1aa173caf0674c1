import { describe, expect, it } from 'vitest'
import { htmlToText, textToHtml } from '../../../../src/sandbox/graph-json/html-to-text.ts'

describe('HTML as text', () => {
  it.each([
    ['They were <b>awesome</b>!', 'They were awesome!'],
    ['<p>One</p>\n<p>Two<br>Three</p>', 'One\r\nTwo\r\nThree'],
    [
      '<style>p{}</style><script>x</script><!-- c --><title>t</title>a &lt; b &amp;amp; &#228;&#xe4;&unknown;',
      'a < b &amp; ää&unknown;',
    ],
    ['<div>a</div><div></div><div>b</div>', 'a\r\nb'],
    ['<td>a <!-- unclosed', 'a'],
    ['', ''],
  ])('%j', (html, text) => {
    expect(htmlToText(html)).toBe(text)
  })

  it('stops once it has enough', () => {
    const html = '<p>word</p>'.repeat(1_000_000)
    expect(htmlToText(html, 100).length).toBeLessThan(120)
  })

  it('comes back from text', () => {
    expect(htmlToText(textToHtml('a < b\r\n&c'))).toBe('a < b\r\n&c')
  })
})
