// The page's style: one calm surface, colour only where something has to be seen, light and dark from one list of colours.
// Kept as text in a source file, because a file of another kind would be in no build.

export const styles = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f6, #131519);
  --panel: light-dark(#ffffff, #191c21);
  --raised: light-dark(#eef0ef, #22262d);
  --line: light-dark(#dfe2e0, #2b3038);
  --ink: light-dark(#1d2125, #e3e6ea);
  --quiet: light-dark(#596169, #98a1ac);
  --accent: light-dark(#2f6690, #7db4dd);
  --chosen: light-dark(#e4edf4, #22303d);
  --error: light-dark(#b3261e, #ff8a80);
  --warning: light-dark(#8a5a00, #e6b450);
  --info: light-dark(#2f6690, #7db4dd);
  --error-bar: color-mix(in srgb, var(--error) 78%, var(--panel));
  --warning-bar: color-mix(in srgb, var(--warning) 78%, var(--panel));
  --info-bar: var(--info);
  --run: light-dark(#7d9db8, #5b86aa);
  --wait: light-dark(#c9ced2, #3d444d);
  --word: light-dark(#6b3fa0, #c3a6ef);
  --string: light-dark(#1f6f43, #8fcb9b);
  --value: light-dark(#8a5a00, #e6b450);
  --mono: ui-monospace, 'SF Mono', SFMono-Regular, Menlo, 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', monospace;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif;
}
:root[data-theme='light'] { color-scheme: light }
:root[data-theme='dark'] { color-scheme: dark }
* { box-sizing: border-box }
[hidden] { display: none !important }
html, body { margin: 0; height: 100% }
body { background: var(--ground); color: var(--ink); font: 14px/1.5 var(--sans); -webkit-text-size-adjust: 100% }
h1, h2, h3, p, ul, dl, dd, pre { margin: 0; padding: 0; font: inherit }
ul { list-style: none }
code, pre, .mono { font-family: var(--mono); font-size: 12.5px; unicode-bidi: isolate }
a { color: var(--accent); text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); text-underline-offset: 2px }
a:hover { text-decoration-color: currentColor }
button, select, input { font: inherit; color: inherit }
button { cursor: pointer }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 4px }
.quiet { color: var(--quiet) }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }

.app { display: flex; flex-direction: column; height: 100vh; height: 100dvh }
.top { display: flex; align-items: center; gap: 6px 18px; padding: 0 16px; min-height: 50px; background: var(--panel); border-bottom: 1px solid var(--line) }
.top h1 { display: flex; align-items: center; gap: 9px; font-weight: 650; letter-spacing: -.01em; white-space: nowrap }
.logo { position: relative; width: 14px; height: 14px; border: 2px solid var(--accent); border-radius: 50%; margin: 0 4px 4px 0 }
.logo::after { content: ''; position: absolute; width: 7px; height: 2px; border-radius: 1px; background: var(--accent); left: 9px; top: 11px; transform: rotate(45deg) }
.top nav { display: flex; align-self: stretch; gap: 2px }
.tab { display: flex; align-items: center; gap: 6px; padding: 0 11px; color: var(--quiet); text-decoration: none; border-bottom: 2px solid transparent; border-top: 2px solid transparent; white-space: nowrap }
.tab:hover { color: var(--ink) }
.tab[aria-current] { color: var(--ink); font-weight: 600; border-bottom-color: var(--accent) }
.tab-count { font-size: 12px; font-weight: 400; color: var(--quiet); font-variant-numeric: tabular-nums }
.totals { margin-left: auto; color: var(--quiet); font-size: 13px; white-space: nowrap; font-variant-numeric: tabular-nums }
#search { width: min(300px, 26vw); padding: 5px 10px; background: var(--ground); border: 1px solid var(--line); border-radius: 6px }
#search::placeholder { color: var(--quiet); opacity: 1 }
.theme, .clear, .copy { padding: 4px 10px; background: transparent; border: 1px solid var(--line); border-radius: 6px; color: var(--quiet); font-size: 13px }
.theme { min-width: 56px }
.theme:hover, .clear:hover, .copy:hover { color: var(--ink); background: var(--raised) }
.content { flex: 1; min-height: 0; display: flex }
.left-out { padding: 6px 16px; border-top: 1px solid var(--line); color: var(--quiet); font-size: 13px; background: var(--panel) }
.nothing { padding: 28px 20px; color: var(--quiet) }

.split { flex: 1; display: grid; grid-template-columns: minmax(330px, 36%) minmax(0, 1fr); min-height: 0 }
.split.traces { grid-template-columns: minmax(280px, 24%) minmax(0, 1fr) }
.side { display: flex; flex-direction: column; min-height: 0; min-width: 0; background: var(--panel); border-right: 1px solid var(--line) }
.filters { padding: 10px 12px 6px; border-bottom: 1px solid var(--line); display: grid; gap: 8px }
.toggles { display: flex; gap: 6px }
.toggle { flex: 1; padding: 4px 8px; background: transparent; border: 1px solid var(--line); border-radius: 6px; font-size: 13px; white-space: nowrap; font-variant-numeric: tabular-nums }
.toggle:hover { background: var(--raised) }
.toggle[aria-pressed='true'] { background: var(--chosen); border-color: var(--accent) }
.toggle-name { color: var(--quiet) }
.choices { display: grid; grid-template-columns: 1fr 1fr; gap: 6px }
select { min-width: 0; width: 100%; padding: 4px 6px; font-size: 13px; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; text-overflow: ellipsis }
.found-line { display: flex; justify-content: space-between; align-items: center; min-height: 26px }
.found { color: var(--quiet); font-size: 12.5px; font-variant-numeric: tabular-nums }
.clear { padding: 1px 8px; font-size: 12.5px }

.list { flex: 1; min-height: 0; overflow: auto; overscroll-behavior: contain }
.list-space { position: relative }
.list-row { position: absolute; left: 0; right: 0; height: var(--row); cursor: pointer; overflow: hidden }
.list-row:hover { background: var(--raised) }
.list-row[aria-selected='true'] { background: var(--chosen) }
.list:focus-visible .list-row[aria-selected='true'] { box-shadow: inset 3px 0 var(--accent) }

.error > .mark, .mark.error { color: var(--error) }
.warning > .mark, .mark.warning { color: var(--warning) }
.info > .mark, .mark.info { color: var(--info) }
.mark { font-size: 11px; line-height: 20px }
.finding-line { display: grid; grid-template: 'mark title saved' 22px '. where confidence' 20px / 14px minmax(0, 1fr) auto; gap: 0 8px; padding: 6px 14px; align-content: center }
.side .finding-line { border-bottom: 1px solid color-mix(in srgb, var(--line) 60%, transparent) }
.finding-line .mark { grid-area: mark; align-self: center }
.finding-line .title { grid-area: title; font-weight: 550; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.finding-line .saved { grid-area: saved; color: var(--quiet); font-size: 12.5px; line-height: 22px; white-space: nowrap; font-variant-numeric: tabular-nums }
.finding-line .where { grid-area: where; display: flex; gap: 10px; min-width: 0; color: var(--quiet); font: 12px/20px var(--mono); white-space: nowrap }
.finding-line .route { overflow: hidden; text-overflow: ellipsis; unicode-bidi: isolate }
.finding-line .place { flex: none; max-width: 50%; overflow: hidden; text-overflow: ellipsis }
.finding-line .confidence, .finding-line .saved { text-align: right }
.finding-line .confidence { grid-area: confidence; color: var(--quiet); font-size: 12px; line-height: 20px }
.finding-line .confidence.proven { color: var(--ink) }

.detail { overflow: auto; min-width: 0; min-height: 0; overscroll-behavior: contain }
.back { display: none; padding: 10px 20px 0 }
.back.always { display: block; padding: 0 0 10px }
.finding { padding: 22px 28px 40px; max-width: 940px }
.finding h2, .route-name, .trace-heading h2 { font-size: 20px; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere }
.anchor { color: var(--quiet); text-decoration: none; font-weight: 400 }
.anchor:hover, .anchor:focus-visible { color: var(--accent) }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 10px }
.chip { padding: 1px 9px; border: 1px solid var(--line); border-radius: 99px; font-size: 12.5px; max-width: 100%; overflow-wrap: anywhere }
.chip.error, .chip.warning, .chip.info { border-color: currentColor }
.chip.error { color: var(--error) }
.chip.warning { color: var(--warning) }
.chip.info { color: var(--info) }
.finding section { margin-top: 20px }
.finding h3, .route-detail h3 { font-size: 11.5px; line-height: 20px; font-weight: 600; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet); margin-bottom: 3px }
.finding p, .finding li, .finding dd { overflow-wrap: anywhere }
.copyable { display: flex; gap: 12px; align-items: center }
.copy { padding: 1px 9px; font-size: 12.5px; flex: none }
code.place { font-weight: 600 }
.callers { font-size: 13px; color: var(--quiet) }
.evidence { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 14px }
.evidence dt { color: var(--quiet); font-size: 13px; max-width: 130px; overflow-wrap: anywhere }
.evidence dd { font-size: 13px }
.sql { white-space: pre-wrap; overflow-wrap: anywhere }
.sql-word { color: var(--word) }
.sql-string { color: var(--string) }
.sql-value { color: var(--value) }
.remedy { font-weight: 550 }
.fix { position: relative; display: flex; gap: 12px; align-items: start; margin-top: 8px; padding: 10px 12px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px }
.fix pre { flex: 1; min-width: 0; max-height: 40vh; overflow: auto; white-space: pre-wrap }
.statements li { padding: 8px 0 }
.seen li { padding: 5px 0; display: grid; grid-template-columns: minmax(0, max-content) minmax(0, 1fr); gap: 0 12px; align-items: baseline }
.seen .strip-link { grid-column: 1 / -1 }
.trace-id { font: 12.5px/20px var(--mono); overflow-wrap: anywhere; unicode-bidi: isolate }
.strip { display: block; width: 100%; height: 10px; margin: 4px 0 2px; background: var(--raised); border-radius: 3px }
.strip-query { fill: var(--run) }
.strip-info { fill: var(--info-bar) }
.strip-warning { fill: var(--warning-bar) }
.strip-error { fill: var(--error-bar) }
.key { margin-top: 26px; font-size: 12.5px }

.single { flex: 1; min-width: 0; display: flex }
.table-scroll, .route-detail { flex: 1; overflow: auto; min-width: 0; padding: 8px 16px 40px }
.routes { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
.routes th, .routes td { text-align: left; font-weight: inherit; padding: 6px 12px; border-bottom: 1px solid var(--line); vertical-align: middle; white-space: nowrap }
.routes thead th { position: sticky; top: -8px; background: var(--ground); padding: 8px 0 4px }
.routes thead button { padding: 2px 12px; background: none; border: 0; color: var(--quiet); font-size: 12.5px }
.routes thead button:hover { color: var(--ink) }
.routes thead th[aria-sort='ascending'] button::after { content: ' ↑' }
.routes thead th[aria-sort='descending'] button::after { content: ' ↓' }
.routes thead th:not([aria-sort='none']) button { color: var(--ink); font-weight: 600 }
.routes tbody th { font-family: var(--mono); font-size: 13px; white-space: normal; overflow-wrap: anywhere; min-width: 180px; unicode-bidi: isolate }
.routes tbody tr:hover { background: var(--raised) }
.tally { margin-right: 10px }
.tally .mark { margin-right: 4px }
.measure { display: block; min-width: 110px; padding-bottom: 3px; background: linear-gradient(var(--run) 0 0) no-repeat left bottom / var(--part) 3px }
.route-detail { padding: 20px 28px 40px; max-width: 940px }
.route-detail h3 { margin-top: 24px }
.route-name { font-family: var(--mono); unicode-bidi: isolate }
.facts { display: flex; flex-wrap: wrap; gap: 8px 36px; margin-top: 12px }
.fact dt { color: var(--quiet); font-size: 12.5px }
.fact dd { font-size: 16px; font-variant-numeric: tabular-nums }
.cards { border: 1px solid var(--line); border-radius: 8px; background: var(--panel); overflow: hidden; margin-bottom: 8px }
.cards li + li { border-top: 1px solid var(--line) }
.cards a { display: block; color: inherit; text-decoration: none }
.cards a:hover { background: var(--raised) }

.trace-line { display: grid; grid-template-columns: 12px minmax(0, 1fr) auto; gap: 0 8px; padding: 8px 14px; align-items: center }
.cards a.trace-line { display: grid }
.trace-line .trace-id { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; grid-column: 2 }
.trace-line .mark { grid-column: 1; grid-row: 1 }
.trace-line .quiet { font-size: 12.5px; white-space: nowrap; font-variant-numeric: tabular-nums; grid-column: 3 }
.trace-line .strip { grid-column: 1 / -1 }
.side .trace-line { border-bottom: 1px solid color-mix(in srgb, var(--line) 60%, transparent) }

.trace-detail { display: flex; flex-direction: column; overflow: hidden }
.waterfall { flex: 1; display: flex; flex-direction: column; min-height: 0 }
.trace-heading { padding: 16px 20px 10px }
.trace-heading .quiet { font-size: 13px; overflow-wrap: anywhere }
.legend { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: center; margin-top: 8px; font-size: 13px; max-height: 104px; overflow: auto }
.legend-entry { padding: 2px 10px; background: transparent; border: 1px solid var(--line); border-radius: 6px; text-align: left }
.legend-entry[aria-pressed='true'] { background: var(--chosen); border-color: var(--accent) }
.query { display: grid; grid-template-columns: 34px 16px minmax(120px, 1fr) minmax(0, 150px) 48px 50px 60px minmax(120px, 34%); gap: 0 8px; align-items: center; padding: 0 16px 0 6px; font-size: 12px; font-variant-numeric: tabular-nums }
.query > * { overflow: hidden; white-space: nowrap; text-overflow: ellipsis }
.query .statement { font-size: 12px }
.columns { min-height: 26px; color: var(--quiet); border-block: 1px solid var(--line); background: var(--panel); scrollbar-gutter: stable; overflow: hidden }
.waterfall .list { scrollbar-gutter: stable; background: var(--panel) }
.number, .rows, .time { text-align: right; color: var(--quiet) }
.query .place, .lane { color: var(--quiet); font-family: var(--mono); font-size: 11.5px }
.in-transaction { color: var(--accent) }
.failed { color: var(--error); font-weight: 600 }
.query .link { position: relative; align-self: stretch; overflow: visible }
.link.from::before, .link.to::before, .link.past::before { content: ''; position: absolute; left: 5px; top: 0; bottom: 0; border-left: 1.5px solid var(--quiet) }
.link.first::before { top: 50% }
.link.last::before { bottom: 50% }
.link.to::after { content: ''; position: absolute; left: 5px; width: 9px; top: 50%; border-top: 1.5px solid var(--quiet) }
.link.from::after { content: ''; position: absolute; left: 1px; top: calc(50% - 4.5px); width: 9px; height: 9px; border-radius: 50%; background: var(--ink) }
.bars:not(.ticks) { background: repeating-linear-gradient(90deg, var(--raised) 0 1px, transparent 1px 25%) }
.bars { position: relative; align-self: stretch; overflow: visible }
.wait, .run { position: absolute; left: var(--from); width: max(var(--size), 2px); top: 50%; height: 10px; transform: translateY(-50%); border-radius: 2px }
.wait { background: repeating-linear-gradient(135deg, var(--wait) 0 2px, transparent 2px 4px); height: 6px }
.run { background: var(--run) }
.marked.error .run { background: var(--error-bar) }
.marked.warning .run { background: var(--warning-bar) }
.marked.info .run { background: var(--info-bar) }
.marked.other .run { opacity: .45 }
.ticks span { position: absolute; left: var(--from); top: 5px; transform: translateX(-50%); font-size: 11px }
.ticks span:first-child { transform: none }
.ticks span:last-child { transform: translateX(-100%) }
.query-detail { border-top: 1px solid var(--line); padding: 10px 20px 14px; max-height: 38%; overflow: auto; font-size: 13px; background: var(--ground); flex: none }
.query-detail pre { max-height: 140px }
.query-facts { margin: 8px 0 2px; overflow-wrap: anywhere }
.flow { display: block }

@media (max-width: 1100px) {
  .totals { display: none }
  #search { margin-left: auto }
  .query { grid-template-columns: 34px 16px minmax(120px, 1fr) 40px 56px minmax(120px, 34%) }
  .query .place, .query .lane { display: none }
}
@media (max-width: 760px) {
  .top { flex-wrap: wrap; padding: 6px 12px }
  .top nav { order: 3; width: 100%; min-height: 36px }
  .tab { flex: 1; justify-content: center; padding: 0 4px }
  #search { flex: 1; width: auto; min-width: 0 }
  .split, .split.traces { grid-template-columns: minmax(0, 1fr) }
  .split > .detail { display: none }
  .split.has-detail > .side { display: none }
  .split.has-detail > .detail { display: block }
  .split.has-detail > .trace-detail { display: flex }
  .back { display: block; padding: 12px 16px 0 }
  .side { border-right: 0 }
  .finding, .route-detail { padding: 12px 16px 32px }
  .evidence { grid-template-columns: minmax(0, 1fr); gap: 0 }
  .evidence dd { margin-bottom: 8px }
  .table-scroll { padding: 0 0 32px }
  .routes th, .routes td { padding: 6px 8px }
  .routes thead button { padding: 2px 8px }
  .routes thead th { top: 0 }
  .routes tbody th { min-width: 0; font-size: 12.5px }
  .routes :is(th, td):is(:nth-child(3), :nth-child(6)) { display: none }
  .measure { min-width: 52px }
  .tally { display: block; margin: 0 }
  .trace-heading { padding: 8px 16px }
  .columns { display: none }
  .query { grid-template: 'number link statement time' 22px 'number link bars bars' 18px / 30px 16px minmax(0, 1fr) auto; padding: 3px 12px 3px 2px }
  .query .number { grid-area: number; align-self: start; line-height: 22px }
  .query .link { grid-area: link; margin: -3px 0 }
  .query .statement { grid-area: statement }
  .query .time { grid-area: time }
  .query .bars { grid-area: bars }
  .query .rows { display: none }
  .query-detail { padding: 8px 16px 12px }
}
@media (prefers-reduced-motion: no-preference) {
  .list-row, .toggle, .tab { transition: background-color .08s }
}
@media (forced-colors: active) {
  .run, .wait, .measure { forced-color-adjust: none }
}
.printed { display: none }
@media print {
  :root { color-scheme: light !important }
  html, body { height: auto; background: #fff }
  .app { display: none }
  .printed { display: block; font-size: 12px }
  .printed h1 { font-size: 20px; font-weight: 650 }
  .printed table { border-collapse: collapse; width: 100%; margin: 12px 0 }
  .printed th, .printed td { text-align: left; padding: 2px 8px 2px 0; border-bottom: 1px solid #ccc; overflow-wrap: anywhere }
  .finding { padding: 12px 0; max-width: none; border-top: 1px solid #999 }
  .finding section { margin-top: 10px }
  .finding header { break-after: avoid }
  .fix pre { max-height: none }
  .copy, .anchor, .key { display: none }
}
`
