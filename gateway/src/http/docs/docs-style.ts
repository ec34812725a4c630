/** The one style sheet of the reference. Colours as on the web page, light and dark. */
export const docsStyle = `
:root {
  color-scheme: light dark;
  --paper: light-dark(oklch(.964 .007 212), oklch(.168 .015 228));
  --surface: light-dark(oklch(.994 .002 212), oklch(.203 .017 226));
  --raised: light-dark(oklch(.955 .009 212), oklch(.148 .014 228));
  --line: light-dark(oklch(.905 .011 208), oklch(.302 .019 224));
  --ink: light-dark(oklch(.245 .027 222), oklch(.93 .009 205));
  --ink-2: light-dark(oklch(.465 .024 218), oklch(.735 .018 212));
  --accent: light-dark(oklch(.435 .079 208), oklch(.82 .083 196));
  --accent-soft: light-dark(oklch(.94 .025 202), oklch(.285 .04 212));
  --spark: light-dark(oklch(.645 .183 42), oklch(.765 .148 52));
  --get: light-dark(oklch(.435 .079 208), oklch(.82 .083 196));
  --post: light-dark(oklch(.46 .11 155), oklch(.79 .12 155));
  --put: light-dark(oklch(.5 .105 75), oklch(.83 .12 82));
  --delete: light-dark(oklch(.52 .185 25), oklch(.76 .13 22));
  --focus: light-dark(oklch(.5 .13 232), oklch(.86 .09 220));
  --font: -apple-system, BlinkMacSystemFont, "Segoe UI Variable Text", "Segoe UI", "Adwaita Sans", Inter,
    Cantarell, Ubuntu, Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", "DejaVu Sans Mono", monospace;
  --gutter: clamp(1rem, .6rem + 1.6vw, 2rem);
  --bar: 3.5rem;
}
*, *::before, *::after { box-sizing: border-box; }
html { scroll-padding-top: calc(var(--bar) + 1rem); -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 var(--font); overflow-wrap: break-word; }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
code, pre, .path, .method, .status { font-family: var(--mono); font-size: .875em; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; margin: 0; }
h1 { font-size: clamp(2rem, 1.5rem + 2vw, 2.75rem); letter-spacing: -.02em; }
h2 { font-size: 1.75rem; letter-spacing: -.015em; }
h3 { font-size: 1.1875rem; }
h4 { font-size: .875rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; max-width: 65ch; }
ul { margin: 0; padding: 0; list-style: none; }

.skip { position: absolute; inset-inline-start: .5rem; top: -4rem; z-index: 3; padding: .6rem 1rem; background: var(--surface); border-radius: 6px; }
.skip:focus { top: .5rem; }
.bar { position: sticky; top: 0; z-index: 2; display: flex; align-items: center; justify-content: space-between; gap: 1rem;
  height: var(--bar); padding: 0 var(--gutter); background: var(--surface); border-bottom: 1px solid var(--line); }
.bar p { margin: 0; }
.brand { display: flex; align-items: center; gap: .6rem; font-weight: 650; white-space: nowrap; }
.version { color: var(--ink-2); font-weight: 400; font-size: .875rem; }
.bar__links a { display: inline-flex; align-items: center; min-height: 2.75rem; font-size: .875rem; }
.mark { fill: none; stroke: var(--accent); stroke-linecap: round; flex: none; }
.mark__lead { stroke: var(--spark); stroke-width: 4.6; } .mark__a { stroke-width: 4.2; } .mark__b { stroke-width: 3.7; } .mark__c { stroke-width: 3; }

.layout { max-width: 88rem; margin: 0 auto; padding: 0 var(--gutter) 6rem; }
.contents { display: flex; flex-wrap: wrap; gap: .5rem; padding-top: 1rem; font-size: .875rem; }
.contents ul { display: none; }
.contents a { color: var(--ink); text-decoration: none; }
.contents__group { margin: 0; font-weight: 600; }
.contents__group a { display: flex; align-items: center; min-height: 2.75rem; padding: 0 .9rem; border: 1px solid var(--line); border-radius: 99rem; background: var(--surface); }
.contents__group a:hover { border-color: var(--accent); }
.contents .path { font-size: .8125rem; line-height: 1.4; min-width: 0; overflow-wrap: anywhere; }
.contents .method { flex: none; width: 4.4em; font-size: .6875rem; }

.method { font-weight: 700; letter-spacing: .03em; }
.method--get { color: var(--get); } .method--post { color: var(--post); }
.method--put, .method--patch { color: var(--put); } .method--delete { color: var(--delete); }

.intro { padding-top: 2.5rem; }
.basics { display: grid; gap: .25rem 2.5rem; margin: 1.75rem 0 0; }
.basics > div { padding: .85rem 0; border-top: 1px solid var(--line); }
.basics dt { font-weight: 650; }
.basics dd { margin: .15rem 0 0; color: var(--ink-2); max-width: 60ch; }
.basics code { color: var(--ink); }

.group { padding-top: 3.5rem; }
.lead { color: var(--ink-2); font-size: 1.0625rem; margin: .25rem 0 1.25rem; }
.operation, .model, .errors > li { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
.operation { display: grid; grid-template-columns: minmax(0, 1fr); margin-top: 1.25rem; overflow: clip; }
.operation:target, .model:has(:target), .errors > li:target { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.operation > header { padding: 1.25rem 1.25rem 0; display: grid; grid-template-columns: 1fr auto; gap: .35rem 1rem; align-items: start; }
.operation > header .line { grid-column: 1 / -1; }
.operation > header .who { grid-area: 1 / 2; margin: 0; }
.line { margin: 0; } .line .method { margin-inline-end: .35rem; } .line .path { font-size: .9375rem; overflow-wrap: anywhere; }
.said { padding: .5rem 1.25rem 1.25rem; min-width: 0; }
.said > p { color: var(--ink-2); } .said > p code { color: var(--ink); }
.shown { padding: 1.25rem; background: var(--raised); border-top: 1px solid var(--line); min-width: 0; display: grid; gap: 1rem; align-content: start; }
.tag { display: inline-block; padding: .1rem .55rem; border-radius: 99rem; border: 1px solid var(--line); color: var(--ink-2); font-size: .78125rem; white-space: nowrap; }
.tag--token { background: var(--accent-soft); border-color: transparent; color: var(--accent); }

.fields { width: 100%; border-collapse: collapse; margin-top: 1.5rem; font-size: .9375rem; table-layout: fixed; }
.fields caption { text-align: start; font-size: .875rem; font-weight: 650; padding-bottom: .4rem; }
.fields thead th { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.fields tbody tr { border-top: 1px solid var(--line); }
.fields tbody th, .fields td { padding: .5rem 0; text-align: start; vertical-align: top; font-weight: 400; }
.fields__name { width: 38%; }
.fields tbody th { padding-inline-end: 1rem; overflow-wrap: anywhere; }
.fields tbody th code { font-weight: 600; }
.optional { display: block; color: var(--ink-2); font-size: .78125rem; }
.rules { display: block; color: var(--ink-2); font-size: .8125rem; overflow-wrap: anywhere; }
.status { font-weight: 650; }
.replies li { padding: .25rem 0; }
.codes { display: flex; flex-wrap: wrap; gap: .4rem; }
.codes a { display: inline-flex; gap: .4rem; align-items: baseline; padding: .25rem .6rem; border: 1px solid var(--line); border-radius: 99rem; font-size: .8125rem; text-decoration: none; color: var(--ink); }
.codes a:hover { border-color: var(--accent); }
.codes .status { color: var(--ink-2); }

.sample { margin: 0; min-width: 0; }
.sample figcaption { font-size: .78125rem; font-weight: 650; color: var(--ink-2); margin-bottom: .35rem; }
.sample pre { margin: 0; max-height: 26rem; overflow: auto; padding: .75rem .9rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; font-size: .8125rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }

.models { columns: 1; column-gap: 1.25rem; }
.model { padding: 1.1rem 1.25rem 1.25rem; margin-bottom: 1.25rem; break-inside: avoid; }
.model .fields { margin-top: .75rem; } .model .fields caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.model p { color: var(--ink-2); font-size: .9375rem; margin: .25rem 0; }
.kinds li { padding: .35rem 0; font-size: .9375rem; border-top: 1px solid var(--line); }
.errors { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.errors > li { padding: 1rem 1.25rem; } .errors p { margin: .3rem 0 0; } .errors p.line { margin: 0; }
.errors .line code { font-weight: 650; } .errors .status { color: var(--ink-2); } .remedy { color: var(--ink-2); font-size: .9375rem; }

@media (min-width: 43.75em) {
  .basics { grid-template-columns: 1fr 1fr; }
  .models { columns: 2; }
}
@media (min-width: 62.5em) {
  .layout { display: grid; grid-template-columns: 17rem minmax(0, 1fr); gap: 2.5rem; }
  .contents { display: block; position: sticky; top: var(--bar); align-self: start; height: calc(100vh - var(--bar)); overflow-y: auto; padding: 1.75rem .75rem 3rem 0; border-inline-end: 1px solid var(--line); }
  .contents ul { display: block; margin-bottom: 1rem; }
  .contents li a { display: flex; align-items: baseline; gap: .5rem; padding: .3rem .5rem; border-radius: 6px; }
  .contents li a:hover { background: var(--accent-soft); }
  .contents__group a { min-height: 2rem; padding: 0 .5rem; border: 0; background: none; font-weight: 650; }
}
@media (min-width: 75em) {
  .operation { grid-template-columns: minmax(0, 1fr) minmax(0, 25rem); }
  .operation > header { grid-column: 1; padding: 1.5rem 1.5rem 0; }
  .said { grid-column: 1; padding: .5rem 1.5rem 1.5rem; }
  .shown { grid-column: 2; grid-row: 1 / span 2; border-top: 0; border-inline-start: 1px solid var(--line); padding: 1.5rem; }
}
@media (prefers-contrast: more) { :root { --line: var(--ink-2); --ink-2: var(--ink); } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { .bar, .contents, .skip { display: none; } .operation, .model { break-inside: avoid; } }
`
