// The style of the badge. It is a constructed style sheet in a shadow root, which needs no permission of a Content-Security-Policy,
// and which the styles of the page do not reach.

export const style = `
:host {
  --panel: #ffffff;
  --raised: #eef0ef;
  --line: #c3c8c5;
  --ink: #1d2125;
  --quiet: #596169;
  --accent: #2f6690;
  --found: #b3261e;
  /* Rules of the page would win over these without the keyword. */
  all: initial !important;
  position: fixed !important;
  inset: auto 12px 12px auto !important;
  z-index: 2147483647 !important;
  max-width: min(420px, calc(100vw - 24px)) !important;
}
@media (prefers-color-scheme: dark) {
  :host {
    --panel: #191c21;
    --raised: #22262d;
    --line: #3a414b;
    --ink: #e3e6ea;
    --quiet: #98a1ac;
    --accent: #7db4dd;
    --found: #ff8a80;
  }
}
* {
  box-sizing: border-box;
}
[hidden] {
  display: none !important;
}
section {
  color-scheme: light dark;
  font: 12px / 1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  color: var(--ink);
  display: flex;
  flex-direction: column;
  overflow: hidden;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--panel);
  box-shadow: 0 2px 8px rgb(0 0 0 / 20%);
}
.bar {
  display: flex;
  justify-content: flex-end;
}
button {
  flex: none;
  min-height: 28px;
  border: 0;
  padding: 4px 9px;
  font: inherit;
  color: inherit;
  background: none;
  cursor: pointer;
}
.total {
  flex: auto;
  text-align: start;
}
button:hover,
a:hover {
  background: var(--raised);
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: -2px;
  border-radius: 8px;
}
.found {
  color: var(--found);
  font-weight: 600;
}
.quiet {
  color: var(--quiet);
}
ul,
p {
  margin: 0;
  padding: 4px 0;
  border-bottom: 1px solid var(--line);
}
ul {
  max-height: min(320px, 50vh);
  overflow: auto;
  list-style: none;
}
p {
  padding: 6px 9px;
}
a {
  display: flex;
  gap: 12px;
  justify-content: space-between;
  padding: 4px 9px;
  color: inherit;
  text-decoration: none;
}
.path {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
  unicode-bidi: isolate;
}
.counts {
  flex: none;
  font-variant-numeric: tabular-nums;
}
@media print {
  :host {
    display: none !important;
  }
}
`
