/** The page's look: light and dark, narrow and wide, paper. Nothing is loaded. */
export const stylesheet = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--faint:#57606a;--line:#d0d7de;--panel:#f6f8fa;--good:#116329;--warn:#7d4e00;--bad:#b00020;--link:#0550ae;--bar:#5470c6;--goodbar:#2da44e;--warnbar:#d4a72c;--badbar:#cf222e}
@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--faint:#9aa4af;--line:#30363d;--panel:#161b22;--good:#56d364;--warn:#e3b341;--bad:#ff8f87;--link:#79c0ff;--bar:#7c93e0;--goodbar:#2ea043;--warnbar:#bb8009;--badbar:#f85149}}
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:1rem;max-width:72rem;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.3;margin:.4rem 0}
h2{font-size:1.1rem;margin:2rem 0 .6rem;padding-bottom:.2rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.2rem 0 .4rem}
code,.hex,.command{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.88em}
.command{display:inline-block;background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:.15rem .4rem;user-select:all}
a{color:var(--link)}
a.ref{font-size:.85em;text-decoration:none;border-bottom:1px dotted}
.hint,.summary,time,caption{color:var(--faint);font-size:.9rem}
.verdict{border-left:.4rem solid var(--faint);padding:.2rem 0 .2rem 1rem}
.verdict.ok{border-color:var(--goodbar)}.verdict.degraded,.verdict.unclear{border-color:var(--warnbar)}.verdict.failed{border-color:var(--badbar)}
.verdict p{margin:.2rem 0}
.target{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.95rem}
.badge{font-weight:700;letter-spacing:.02em}
.badge.ok{color:var(--good)}.badge.degraded,.badge.unclear{color:var(--warn)}.badge.failed{color:var(--bad)}
nav{margin:1rem 0 0;font-size:.9rem}nav a{margin-right:.9rem;display:inline-block;padding:.2rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .8rem;margin:.4rem 0}
dt{color:var(--faint)}dd{margin:0;min-width:0;grid-column:2}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;padding:.2rem 0}
.scroll table{min-width:38rem}.scroll td:last-child a{margin-right:.2rem;display:inline-block}.scroll th{white-space:nowrap}.scroll td:last-child{min-width:4.5rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}
thead th{white-space:nowrap;color:var(--faint);font-weight:500}
td.number,th.number{text-align:right;white-space:nowrap;padding-right:0}
.stages th[scope=row]{white-space:nowrap}
th.bar,td.bar{width:34%}
svg.bar{display:block;margin-top:.25rem}
rect{fill:var(--bar)}rect.track{fill:var(--line)}rect.ok{fill:var(--goodbar)}rect.degraded,rect.unknown{fill:var(--warnbar)}rect.failed{fill:var(--badbar)}rect.skipped{fill:var(--line)}
.mark{display:inline-block;width:.6rem;height:.6rem;border-radius:50%;margin-right:.45rem;background:var(--line)}
.mark.ok{background:var(--goodbar)}.mark.degraded,.mark.unknown{background:var(--warnbar)}.mark.failed{background:var(--badbar)}
tr.skipped td,tr.skipped th{color:var(--faint)}tr.skipped strong{font-weight:400}
tr.failed strong{color:var(--bad)}tr.degraded strong{color:var(--warn)}
.tools{margin:.4rem 0}
button{font:inherit;font-size:.9rem;padding:.35rem .8rem;border:1px solid var(--line);border-radius:6px;background:var(--panel);color:var(--ink);cursor:pointer}
button[aria-pressed=true]{border-color:var(--link);color:var(--link)}
.ladder{--row:2.1rem;border:1px solid var(--line);border-radius:6px;overflow:hidden}
.ladder.zoom-0{--row:.7rem}.ladder.zoom-1{--row:1.4rem}.ladder.zoom-3{--row:3rem}.ladder.zoom-4{--row:4.5rem}
.ladder.zoom-0 text,.ladder.zoom-0 .at{visibility:hidden}
.ladder.zoom-0 .lanes .at{visibility:visible}
.lanes{display:flex;position:sticky;top:0;z-index:1;background:var(--panel);border-bottom:1px solid var(--line);font-size:.8rem;line-height:1.25}
.parties{flex:1;display:grid;grid-auto-flow:column;grid-auto-columns:1fr}
.party{text-align:center;padding:.4rem .15rem;color:var(--faint)}.party b{color:var(--ink)}
.at{flex:0 0 5rem;padding:0 .5rem;font-size:.8rem;color:var(--faint);white-space:nowrap;overflow:hidden;align-self:center}
details.step{content-visibility:auto;contain-intrinsic-size:auto var(--row)}
.step summary{display:flex;height:var(--row);cursor:pointer;list-style:none}
.step summary::-webkit-details-marker{display:none}
.step summary:hover,.step[open]{background:var(--panel)}
summary:focus-visible,a:focus-visible,button:focus-visible,.scroll:focus-visible{outline:2px solid var(--link);outline-offset:-2px}
.wire{flex:1;position:relative;min-width:0}
.wire svg{position:absolute;inset:0;overflow:visible}
.wire text{font-size:.8rem;fill:var(--ink);stroke:var(--paper);stroke-width:3px;paint-order:stroke}
.step.bad text,.step.lost text{fill:var(--bad)}
.wire svg{pointer-events:none}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
line.lane{stroke:var(--line);stroke-width:1}
line.arrow{stroke:var(--bar);stroke-width:1.5}.bad line.arrow,.lost line.arrow{stroke:var(--badbar)}.lost line.arrow{stroke-dasharray:5 4}
path.head{fill:var(--bar)}path.head.bad{fill:var(--badbar)}path.cross{stroke:var(--badbar);stroke-width:1.6;fill:none}
svg.heads{position:absolute}
.step dl{padding:.3rem .6rem .6rem;margin:0;font-size:.88rem}
ol.path,ol.chain{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.6rem 1.6rem;margin:.6rem 0}
ol.path li,ol.chain li{position:relative;border:2px solid var(--line);border-radius:8px;padding:.5rem .7rem;background:var(--panel);font-size:.9rem;min-width:8rem;max-width:22rem}
ol.path li:not(:last-child)::after,ol.chain li:not(:last-child)::after{content:"\\2192";position:absolute;right:-1.4rem;top:40%;color:var(--faint)}
ol.path li.ok,ol.chain li.ok{border-color:var(--goodbar)}ol.path li.failed,ol.chain li.failed{border-color:var(--badbar)}ol.path li.unknown{border-style:dashed}
ol.chain li{max-width:30rem;flex:1 1 18rem}
.chain dl{font-size:.85rem}.link{margin:.3rem 0 0;color:var(--faint);font-size:.85rem}
.trust{padding-left:1.2rem}.trust .failed{color:var(--bad)}.trust .ok{color:var(--good)}
.causes li.excluded{color:var(--faint)}
details.evidence{border-bottom:1px solid var(--line);padding:.25rem 0;font-size:.9rem}
details.evidence:target,details.evidence.shown{background:var(--panel);outline:2px solid var(--link)}
details.evidence summary{cursor:pointer}
footer{margin-top:2rem;color:var(--faint);font-size:.85rem}
@media (max-width:40rem){
dl{display:block}dd{margin:0 0 .35rem}
body{padding:.7rem}
h1{font-size:1.2rem}
th.bar,td.bar{width:22%}
.stages thead{display:none}
.stages tr{display:grid;grid-template-columns:1fr auto;border-bottom:1px solid var(--line);padding:.3rem 0}
.stages th,.stages td{border:0;padding:.05rem 0}
.stages td:nth-child(2){grid-column:1/-1;grid-row:2}
.stages td.bar{grid-column:1/-1;width:auto}
.stages td.number{grid-column:2;grid-row:1}
.rows table{min-width:0}.rows thead{display:none}
.rows tr{display:block;border-bottom:1px solid var(--line);padding:.35rem 0}
.rows th,.rows td{display:block;border:0;padding:.05rem 0;white-space:normal}.rows td:first-child,.rows th:first-child{font-weight:600}
.at{flex-basis:3.9rem;padding:0 .3rem;font-size:.72rem}
.wire text,.party{font-size:.68rem}.party{padding:.3rem 0}.party b{font-size:.64rem;overflow-wrap:normal}
ol.path,ol.chain{flex-direction:column;gap:1.4rem}
ol.path li,ol.chain li{max-width:none;flex:none}
ol.path li:not(:last-child)::after,ol.chain li:not(:last-child)::after{content:"\\2193";right:auto;left:50%;top:auto;bottom:-1.5rem}
}
@media print{
:root{color-scheme:light;--paper:#fff;--ink:#000;--faint:#444;--line:#bbb;--panel:#fff;--good:#0a4d1c;--warn:#5e3a00;--bad:#8f001a;--link:#000}
body{max-width:none;padding:0}nav,.tools{display:none}
section,li,tr,details{break-inside:avoid-page}
section{break-inside:auto}
.lanes{position:static}
details.step{content-visibility:visible}
*{print-color-adjust:exact}
}
`;

/** What the page's policy allows as style: this text and nothing else. A test compares. */
export const stylesheetHash = 'sha256-VPt4XMBNQXeaGyvfZfojcatZOeX9BTSNR8K/3dwkgww=';
