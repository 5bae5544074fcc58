/** How the page looks, by day and by night. */
export const pageStyle = `:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #fff; --ink: #1c2128; --quiet: #59636e; --line: #dfe3e8; --code: #f3f5f7; --focus: #0969da;
  --good: #1a7f37; --warn: #9a6700; --bad: #cf222e; --infra: #7a45d1; --none: #59636e;
  --good-soft: #dcf5e3; --warn-soft: #fbf0cf; --bad-soft: #fde7e7; --infra-soft: #efe7fd; --none-soft: #eceff2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1318; --card: #171c23; --ink: #e4e8ed; --quiet: #98a3af; --line: #2b323b; --code: #10151b; --focus: #58a6ff;
    --good: #4cc26a; --warn: #dfb040; --bad: #ff7b76; --infra: #b794f6; --none: #98a3af;
    --good-soft: #12301c; --warn-soft: #33280d; --bad-soft: #3b1719; --infra-soft: #281c42; --none-soft: #232a33;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; margin: 0 0 .35rem; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h1 span.on { color: var(--quiet); font-weight: 400; }
h2 { margin: 0 0 .75rem; font-size: 1.05rem; }
section { margin-top: 1.25rem; padding: 1.1rem 1.25rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
p { margin: .3rem 0; overflow-wrap: anywhere; }
dl { display: flex; flex-wrap: wrap; gap: .6rem 2.2rem; margin: 1rem 0 0; }
dt { color: var(--quiet); font-size: .8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
small, .quiet { color: var(--quiet); }
small { display: block; font-size: .8rem; font-weight: 400; }
pre { margin: .35rem 0 0; padding: .5rem .75rem; overflow-x: auto; background: var(--code); border-radius: 6px; font: .82rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; tab-size: 4; }
pre.reason { white-space: pre-wrap; overflow-wrap: anywhere; }
.verdict, .badge, .chip { display: inline-block; border-radius: 99px; white-space: nowrap; font-weight: 600; }
.verdict { padding: .1rem .8rem; font-size: 1rem; }
.badge { padding: .05rem .6rem; font-size: .85rem; }
.tag { display: inline-block; margin-left: .3rem; padding: 0 .45rem; border: 1px solid var(--line); border-radius: 4px; color: var(--quiet); font-size: .75rem; font-weight: 400; }
.badge.good, .verdict.good, .chip.good { background: var(--good-soft); color: var(--good); }
.badge.warn, .verdict.warn, .chip.warn { background: var(--warn-soft); color: var(--warn); }
.badge.bad, .verdict.bad, .chip.bad { background: var(--bad-soft); color: var(--bad); }
.badge.infra, .verdict.infra, .chip.infra { background: var(--infra-soft); color: var(--infra); }
.badge.none, .chip.none { background: var(--none-soft); color: var(--none); }
.status { font-weight: 600; }
.status.good { color: var(--good); } .status.warn { color: var(--warn); } .status.bad { color: var(--bad); } .status.infra { color: var(--infra); } .status.none { color: var(--none); }
.chips { display: flex; flex-wrap: wrap; gap: .45rem; margin-top: 1.1rem; }
.chip { padding: .22rem .75rem; border: 2px solid transparent; font: inherit; font-size: .9rem; font-weight: 600; }
.chip:enabled { cursor: pointer; }
.chip:enabled:hover, .chip[aria-pressed=true] { border-color: currentColor; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.timeline { display: grid; grid-template-columns: minmax(5rem, max-content) minmax(0, 1fr); column-gap: .9rem; align-items: center; }
.host { max-width: 16rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: .88rem; }
.timeline svg.axis { display: block; width: 100%; height: 20px; overflow: visible; }
.timeline svg.lane { display: block; width: 100%; height: 28px; }
.axis text { fill: var(--quiet); font-size: 12px; }
.lane line { stroke: var(--line); }
.bar rect { fill: #59636e; }
.bar.good rect { fill: #1a7f37; } .bar.warn rect { fill: #9a6700; } .bar.bad rect { fill: #cf222e; } .bar.infra rect { fill: #7a45d1; }
.bar text { fill: #fff; font-size: 12px; }
.bar:hover rect, .bar:focus rect { filter: brightness(1.15); }
.bar.dim { opacity: .2; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .5rem 1rem; margin-bottom: .75rem; }
.head h2 { margin: 0; }
.filter { display: flex; align-items: baseline; gap: .8rem; }
input { width: 20rem; max-width: 60vw; padding: .35rem .7rem; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); color: inherit; font: inherit; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
thead th { padding: .3rem .6rem; color: var(--quiet); font-size: .8rem; font-weight: 400; text-align: left; white-space: nowrap; }
tbody th { text-align: left; font-weight: 600; overflow-wrap: anywhere; min-width: 18rem; }
tbody th, tbody td { padding: .5rem .6rem; vertical-align: top; }
tbody td { white-space: nowrap; }
tbody td.hosts { white-space: normal; min-width: 11rem; }
tbody tr:first-child > * { border-top: 1px solid var(--line); }
tbody tr.more td { padding-top: 0; white-space: normal; }
tbody tr.crashes td { border-top: 1px solid var(--line); white-space: normal; overflow-wrap: anywhere; }
tbody tr.crashes td.number { width: 4rem; }
tbody tr.crashes a { color: inherit; }
ul { list-style: none; margin: 0; padding: 0; }
tbody:target { background: var(--none-soft); }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
td > pre.reason { margin: 0 0 .4rem; }
ol { list-style: none; margin: 0; padding: 0 0 .3rem; }
ol li { padding: .25rem 0 .25rem .9rem; border-left: 3px solid var(--line); }
.try { display: inline-block; min-width: 2.9rem; }
.crash { margin: .4rem 0 0; font-size: .88rem; overflow-wrap: anywhere; }
.crash b { color: var(--bad); }
summary { cursor: pointer; }
footer { margin-top: 1.5rem; color: var(--quiet); font-size: .8rem; }
@media print {
  body { background: none; }
  section { border: 0; padding: 0; break-inside: auto; }
  .filter { display: none; }
}`;
