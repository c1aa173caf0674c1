import { html, raw } from 'hono/html'

/** Escaped text of a page. */
export type Html = ReturnType<typeof html>

const style = `
:root { color-scheme: light dark; --ink: #1b1d21; --soft: #636a76; --line: #dde1e8; --back: #f6f7f9; --card: #fff; --accent: #0f5ea8; --bad: #b3261e; --good: #1b7f46 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaee; --soft: #9aa3b2; --line: #333842; --back: #15171b; --card: #1e2127; --accent: #7cb7f2; --bad: #ff8a80; --good: #6fd39a }
}
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--back) }
header, main { max-width: 72rem; margin: 0 auto; padding: 1rem 1.25rem }
header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap }
header a { font-weight: 650; font-size: 1.15rem; color: inherit }
header span { color: var(--soft) }
a { color: var(--accent); text-decoration: none }
a:hover { text-decoration: underline }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1.1rem; margin-bottom: 1rem; overflow-x: auto }
h2 { margin: 0 0 .6rem; font-size: 1rem }
table { border-collapse: collapse; width: 100% }
th { text-align: left; font-weight: 550; color: var(--soft); font-size: .85rem }
th, td { padding: .28rem .9rem .28rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
tr:last-child td { border-bottom: 0 }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
td.long { overflow-wrap: anywhere }
@media (max-width: 40rem) { td, th { padding-right: .5rem } td:first-child { overflow-wrap: anywhere } .wide { display: none } }
code { font: .86em ui-monospace, monospace; overflow-wrap: anywhere }
.soft { color: var(--soft) } .bad { color: var(--bad) } .good { color: var(--good) }
.unread { font-weight: 600 }
form { display: flex; flex-wrap: wrap; gap: .35rem .45rem; align-items: baseline } form span { margin-right: .3rem }
button { font: inherit; font-size: .9rem; padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--back); color: var(--ink); cursor: pointer; overflow-wrap: anywhere }
button:hover { border-color: var(--accent) } button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px } button.chosen { border-color: var(--accent); color: var(--accent); font-weight: 600 }
dl.controls { gap: .6rem 1.2rem; align-items: baseline } dl.controls form + form { margin-top: .45rem }
@media (max-width: 40rem) { dl.controls { grid-template-columns: 1fr; gap: .15rem } dl.controls dd { margin-bottom: .6rem } }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font: .9em/1.45 ui-monospace, monospace }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0 } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
`

/** A whole page. `refreshS` makes the browser load it again. Everything put into it is escaped by `html`. */
export function page(title: string, body: Html, refreshS?: number): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Mailvan sandbox</title>
${refreshS === undefined ? '' : html`<meta http-equiv="refresh" content="${String(refreshS)}">`}
<style>${raw(style)}</style>
</head>
<body>
<header><a href="/">Mailvan sandbox</a><span>a stand-in for Microsoft 365; nothing leaves this machine</span></header>
<main>${body}</main>
</body>
</html>`
}

/** `1.2 MB`. */
export function bytesText(sizeBytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const step = sizeBytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(sizeBytes) / 3))
  return `${(sizeBytes / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`
}

/** `2026-11-21 09:30:05`, in UTC. */
export function timeText(timeMs: number | undefined): string {
  return timeMs === undefined || !Number.isFinite(timeMs) || Math.abs(timeMs) > 8.6e15 ? '' : new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')
}
