/**
 * The page's one stylesheet. Dense and calm: one column, tables and charts, colour only where it carries a verdict. A
 * string and not a .css file, so that the build needs nothing but tsc.
 */
export const stylesheet = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f23; --soft: #5b636b; --line: #d9dde1; --wash: #f5f6f8;
  --good: #00664b; --bad: #b0400a; --doubt: #7a5600; --good-wash: #e5f3ee; --bad-wash: #fbeae1; --doubt-wash: #fcf3dc; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --ink: #e4e7ea; --soft: #9aa3ab; --line: #343a40;
  --wash: #1c2024; --good: #4cc9a0; --bad: #ff9a63; --doubt: #f0c24b; --good-wash: #12291f; --bad-wash: #331c10;
  --doubt-wash: #2e2610; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem 1rem 3rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Open Sans', 'Helvetica Neue', sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; margin: 0 0 .15rem; line-height: 1.25; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: .95rem; margin: 1.4rem 0 .2rem; }
p { margin: .3rem 0; max-width: 105ch; }
.question { color: var(--soft); font-size: 1rem; }
.note, .target .modelled { color: var(--soft); font-size: .9em; }
.strip { margin: .9rem 0; padding: .5rem .8rem; border-left: .35rem solid; border-radius: .15rem; }
.strip ul { margin: .3rem 0; padding-left: 1.2rem; } .strip p, .strip li { color: var(--ink); }
.strip .word { font-size: 1.15rem; font-weight: 650; margin: 0; } .strip .word:not(.named)::first-letter { text-transform: uppercase; }
.strip .code { font-weight: 400; font-size: .85rem; color: var(--soft); margin-left: .4rem; }
.strip.good { border-color: var(--good); background: var(--good-wash); } .good .icon { color: var(--good); }
.strip.bad { border-color: var(--bad); background: var(--bad-wash); } .bad .icon { color: var(--bad); }
.strip.doubt { border-color: var(--doubt); background: var(--doubt-wash); } .doubt .icon { color: var(--doubt); }
.verdict { white-space: nowrap; font-weight: 600; } .verdict.good { color: var(--good); } .verdict.bad { color: var(--bad); }
.verdict.doubt { color: var(--doubt); } .verdict.plain { color: var(--soft); }
.icon { display: inline-block; min-width: 1em; text-align: center; font-weight: 700; }
.badge { display: inline-block; padding: 0 .45em; border: 1px solid var(--doubt); border-radius: .2rem; color: var(--doubt);
  background: var(--doubt-wash); font-size: .85em; }
.target .modelled { border-left: .2rem solid var(--doubt); padding-left: .6rem; color: var(--ink); }
.target { margin-top: 1.1rem; } dl { margin: .3rem 0; } dd { margin: 0; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem .9rem; } .facts dt { color: var(--soft); }
.parts dt { font-weight: 600; margin-top: .3rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1px; padding: 1px; }
.tiles > div { box-shadow: 0 0 0 1px var(--line); padding: .45rem .65rem; }
.tiles dt { color: var(--soft); font-size: .85em; } .tiles .value { font-size: 1.25rem; font-weight: 600; line-height: 1.3; }
.tiles .note { font-size: .8em; } .tiles .value, table { font-variant-numeric: tabular-nums; }
figure { margin: 0 0 1.2rem; } .finding { font-weight: 500; }
.plot { position: relative; height: 21rem; margin: .4rem 0; } .plot.bar { height: 9.5rem; } .plot[hidden] { display: none; }
.scroll { overflow-x: auto; margin: .5rem 0; } details .scroll { max-height: 24rem; overflow-y: auto; }
table { border-collapse: collapse; min-width: 100%; font-size: .9em; overflow-wrap: normal; }
th, td { text-align: left; vertical-align: top; padding: .22rem .7rem .22rem 0; border-bottom: 1px solid var(--line); }
td { max-width: 34rem; overflow-wrap: break-word; } th { color: var(--soft); font-weight: 500; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; } .number + :not(.number) { padding-left: 1.3rem; } details { margin: .3rem 0; } summary { cursor: pointer; color: var(--soft); }
code, pre { font: .92em/1.45 ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
pre { background: var(--wash); padding: .7rem .8rem; overflow-x: auto; margin: .4rem 0; max-height: 32rem; }
.matrix th[scope='row'] { color: var(--ink); font-weight: 400; white-space: normal; min-width: 18rem; max-width: 34rem; }
.matrix .group th { color: var(--ink); font-weight: 600; padding-top: .8rem; } .matrix details { margin: 0; } .matrix summary { white-space: nowrap; }
.matrix .evidence { width: min(30rem, 78vw); } .many .evidence { width: min(16rem, 78vw); } .matrix pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85em; max-height: 16rem; overflow-y: auto; }
.misses { padding-left: 0; list-style: none; } .misses li { margin: .6rem 0; max-width: 60rem; } .misses a { color: inherit; font-weight: 600; } tr:target { background: var(--wash); }
:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
@media (max-width: 36rem) { body { padding: .8rem .7rem 2rem; } .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: .35rem; }
  .matrix, .matrix tbody, .matrix tr, .matrix td, .matrix th[scope='row'] { display: block; min-width: 0; max-width: none; } .matrix thead { display: none; }
  .matrix td { border: 0; padding: .1rem 0; } .matrix td::before { content: attr(data-target); color: var(--soft); margin-right: .6em; }
  .matrix td details { display: inline-block; vertical-align: top; } .matrix tr { border-bottom: 1px solid var(--line); } .matrix th[scope] { border: 0; display: block; }
  .matrix .evidence, .many .evidence { width: auto; } .plot { height: 17rem; } .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } td { min-width: 5.5rem; } td.number { min-width: 0; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; scroll-behavior: auto !important; } }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --wash: #fff; --good: #00553e; --bad: #8f3000;
  --doubt: #5f4300; --good-wash: #fff; --bad-wash: #fff; --doubt-wash: #fff; } body { max-width: none; padding: 0; font-size: 10pt; }
  figure, tr, .tiles, .strip { break-inside: avoid; } h2, h3 { break-after: avoid; } .plot, .plot.bar { height: auto; } .plot canvas { width: 100% !important; height: auto !important; }
  figure details { display: none; } pre, .matrix pre, .scroll, details .scroll { max-height: none; overflow: visible; } pre { white-space: pre-wrap; } table { font-size: .8em; }
  .matrix th[scope='row'] { min-width: 10rem; } .matrix .evidence, .many .evidence { width: auto; }
  .number { white-space: normal; } td { overflow-wrap: anywhere; } td:first-child { overflow-wrap: break-word; } }
`;
