import { dark, declarations, light } from "./palette.ts";

/** The style sheet of a report: light or dark as the reader's system says, and always light on paper. */
export const style = `
:root{color-scheme:light dark;${declarations(light)}}
@media (prefers-color-scheme:dark){:root{${declarations(dark)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
.frame{max-width:72rem;margin:0 auto;padding:0 1.25rem}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem .75rem;z-index:1}
header{padding:2.5rem 0 1.5rem}
.brand{font-size:.8125rem;letter-spacing:.08em;text-transform:uppercase;color:var(--quiet);margin:0 0 .75rem}
h1{font-size:clamp(1.6rem,1.2rem + 1.8vw,2.4rem);line-height:1.15;letter-spacing:-.015em;font-weight:650;margin:0 0 .6rem;text-wrap:balance}
h2{font-size:1.375rem;line-height:1.25;letter-spacing:-.01em;font-weight:650;margin:0 0 .5rem}
h3{font-size:1.0625rem;line-height:1.35;font-weight:650;margin:1.75rem 0 .5rem}
p{margin:0 0 .85rem;max-width:46rem}
.lead{font-size:1.0625rem;color:var(--quiet);max-width:52rem}
.flag,.flag *{color:var(--warning)}
.quiet{color:var(--quiet)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;list-style:none;margin:0;padding:.85rem 0;font-size:.9375rem}
nav{border-block:1px solid var(--line)}
section{padding:2.5rem 0 1rem;border-bottom:1px solid var(--line)}
main section:last-child{border-bottom:0}
ul.points{margin:.25rem 0 1rem;padding-left:1.15rem;columns:24rem 2;column-gap:2.75rem}
ul.points li{margin:0 0 .45rem;break-inside:avoid}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,10.5rem),1fr));gap:.75rem;margin:1.5rem 0 .5rem;padding:0}
.tiles div{background:var(--panel);border-radius:.6rem;padding:.9rem 1rem}
.tiles dt{font-size:.8125rem;color:var(--quiet)}
.tiles dd{margin:0;font-size:1.5rem;line-height:1.25;font-weight:620;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
.tiles dd small{display:block;font-size:.8125rem;line-height:1.35;font-weight:400;color:var(--quiet);letter-spacing:0;margin-top:.2rem}
.note{border-left:4px solid var(--warning);background:var(--panel);border-radius:0 .4rem .4rem 0;padding:.7rem .95rem;margin:.75rem 0;max-width:52rem}
.note strong{color:var(--warning)}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:0 2rem}
.pair>figure{display:grid;grid-template-rows:subgrid;grid-row:span 3}
.pair>figure>svg{align-self:end}
.pair>:not(figure){grid-row:span 3}
figure{margin:1.25rem 0 1.75rem;min-width:0;break-inside:avoid}
figure svg{display:block;width:100%;height:auto;overflow:visible}
.wide{display:block}.narrow{display:none}
.half .wide,.half .narrow{max-width:36rem}
@media (max-width:44rem){.wide{display:none}.narrow{display:block}}
figcaption{font-size:.9375rem;color:var(--quiet);max-width:46rem;margin-top:.6rem}
figcaption strong{color:var(--text);font-weight:620}
.legend{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;font-size:.875rem;list-style:none;margin:0 0 .4rem;padding:0;align-self:end}
.legend svg{display:inline-block;width:26px;height:12px;margin-right:.4rem;vertical-align:-1px}
.table{overflow-x:auto;margin:.75rem 0 1.25rem;max-width:100%;border:1px solid var(--line);border-radius:.5rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:.6rem .8rem;color:var(--quiet);font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .8rem;border-top:1px solid var(--line)}
thead th{border-top:0;background:var(--panel);font-weight:600;white-space:nowrap}
caption+thead th{border-top:1px solid var(--line)}
tbody th{font-weight:600;min-width:7rem}
tbody th span{font-weight:400;white-space:nowrap}
td.n,th.n{text-align:right;white-space:nowrap;min-width:0!important}
td{max-width:26rem;min-width:6rem;overflow-wrap:anywhere}
td.s{min-width:15rem}
@media (max-width:44rem){th,td{padding:.4rem .5rem}td.s{min-width:13.5rem}}
dl.facts{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.4rem 1.25rem;margin:.75rem 0 1.25rem}
dl.facts dt{color:var(--quiet)}
dl.facts dd{margin:0;max-width:46rem;min-width:0;overflow-wrap:anywhere}
dl.facts dd+dd{grid-column:2}
@media (max-width:34rem){dl.facts{grid-template-columns:1fr;gap:.1rem 0}dl.facts dt{margin-top:.6rem}dl.facts dd+dd{grid-column:1}}
details{border:1px solid var(--line);border-radius:.5rem;margin:.6rem 0}
details+details{margin-top:-.35rem}
summary{cursor:pointer;padding:.6rem .9rem;font-weight:600;border-radius:.5rem}
summary span{font-weight:400;color:var(--quiet)}
details>div{padding:.25rem .9rem .75rem}
pre{background:var(--panel);border-radius:.5rem;padding:.85rem 1rem;overflow-x:auto;font-size:.875rem;line-height:1.5}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.pixels{image-rendering:pixelated;vertical-align:top;margin:.25rem .5rem .25rem 0;border:1px solid var(--line)}
footer{padding:1.5rem 0 3rem;color:var(--quiet);font-size:.875rem}
@media print{
:root{color-scheme:light;${declarations(light)}}
@page{margin:16mm 14mm}
body{font-size:10pt}
.frame{padding:0;max-width:none}
nav,.skip{display:none}
section{padding:1rem 0 .5rem}
h2,h3,summary,caption,thead{break-after:avoid}
tr,.note,.tiles div{break-inside:avoid}
.tiles{grid-template-columns:repeat(5,1fr)}
.pair{grid-template-columns:1fr 1fr}
.tiles div,pre,thead th,.note{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.table{overflow:visible}
table{font-size:8pt}
td.s{min-width:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
details{border:0}
details::details-content{content-visibility:visible;display:block;block-size:auto}
a{color:inherit}
.wide{display:block}.narrow{display:none}
}
`.replace(/\n/g, "");
