package press

// style is all that files look like: the tokens of the pages, on paper black on
// white. It must stay as it is between the tags, for its digest lets it in.
const style = `
:root { color-scheme: light dark;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, "Noto Serif", "Liberation Serif", Georgia, serif;
  --sans: "Avenir Next", "Segoe UI", Cantarell, Ubuntu, "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, sans-serif;
  --ground: light-dark(#e4e7dc, #121513); --paper: light-dark(#fbfbf7, #1b1f1d); --inset: light-dark(#f1f3ea, #242927);
  --ink: light-dark(#1f241f, #ebe9df); --ink-2: light-dark(#485047, #c0c1b5); --rule: light-dark(#d3d7c9, #3a413c); --rule-2: light-dark(#7b8174, #7b8175);
  --domain: light-dark(#17365f, #7aa5dd); --community: light-dark(#94292b, #f2a497); --practice: light-dark(#7c6200, #f0d98a); }
.domain { --el: var(--domain); } .community { --el: var(--community); } .practice { --el: var(--practice); }
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: .9375rem/1.5 var(--sans); overflow-wrap: anywhere; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; background: var(--paper); min-height: 100vh; }
h1, h2, h3, h4, h5, h6 { font-family: var(--serif); font-weight: 400; line-height: 1.2; margin: 1.5rem 0 .5rem; text-wrap: balance; }
h1 { font-size: clamp(1.75rem, 1.3rem + 1.9vw, 2.625rem); line-height: 1.12; margin-top: .5rem; } h2 { font-size: 1.5625rem; } h3 { font-size: 1.25rem; }
h4, h5, h6 { font-size: 1.0625rem; font-weight: 600; }
p, ul, ol, blockquote, pre, table { margin: 0 0 .75rem; }
a { color: inherit; text-decoration: underline; text-decoration-color: var(--rule-2); text-decoration-thickness: 1px; text-underline-offset: .18em; }
.words { font: 1.125rem/1.55 var(--serif); text-wrap: pretty; } .words.rest, .rest { white-space: pre-wrap; }
.words blockquote { margin-left: 0; padding-left: 1rem; border-left: 2px solid var(--rule-2); font-style: italic; }
.words table { border-collapse: collapse; } .words th, .words td { border: 1px solid var(--rule); padding: .25rem .5rem; text-align: start; vertical-align: top; }
.left { text-align: left; } .center { text-align: center; } .right { text-align: right; }
pre, code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .875em; } pre { white-space: pre-wrap; background: var(--inset); padding: .75rem; border-radius: 2px; }
.cover { padding: 12vh 0 3rem; } .cover .lead { font: 1.375rem/1.4 var(--serif); }
.quiet, .by, .facts, nav.up { color: var(--ink-2); font-size: .8125rem; } .by { margin: 0 0 .5rem; font-size: .9375rem; } .said .by { margin: 0; } .state { font-family: var(--serif); font-style: italic; color: var(--ink); }
.part > h2 { border-top: 3px solid var(--el, var(--rule-2)); padding-top: .75rem; color: var(--el, inherit); }
.piece { border-top: 1px solid var(--rule); padding-top: 1rem; margin-top: 2rem; } .part > h2 + .piece, .sheet .piece { border: 0; margin-top: 0; padding-top: 0; }
.piece > h3, .sheet .piece > h1 { margin-top: 0; }
.note { background: var(--inset); border-radius: 2px; padding: .5rem .75rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .125rem .75rem; margin: 0 0 .75rem; } .facts dt { font-weight: 600; } .facts dd { margin: 0; }
.said { list-style: none; padding: 0; } .said > li { border-left: 2px solid var(--rule-2); padding-left: .75rem; margin-bottom: .75rem; } .said .words { font-size: 1rem; } .said p { margin-bottom: .25rem; }
.toc ol { list-style: none; padding-left: 0; columns: 20rem; } .toc li { break-inside: avoid; margin-bottom: .25rem; }
.triangle { display: block; width: 100%; max-width: 30rem; margin: 1.5rem auto; } .triangle path { fill: none; stroke: var(--rule-2); } .triangle circle { fill: var(--el); } .triangle text { font: 15px var(--serif); fill: var(--ink); text-anchor: middle; }
.three { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); } .three > section { border-top: 3px solid var(--el); } .three h2 { color: var(--el); font-size: 1.25rem; margin-top: .5rem; } .three ul, .plain { list-style: none; padding: 0; }
@page { margin: 20mm 18mm; }
@media print {
  :root { color-scheme: light; --ground: #fff; --paper: #fff; --inset: #fff; --ink: #000; --ink-2: #000; --rule: #999; --rule-2: #555; --domain: #000; --community: #000; --practice: #000; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } .words { font-size: 11pt; }
  .cover, .toc { break-after: page; } .part + .part { break-before: page; } .cover { padding-top: 60mm; }
  h1, h2, h3, h4, h5, h6, .by, .facts { break-after: avoid; } .said > li, pre, blockquote, tr { break-inside: avoid; } p { orphans: 3; widows: 3; }
  a { text-decoration: none; } a.out::after { content: " (" attr(href) ")"; font-size: .85em; } nav.up { display: none; } .note { border: 1px solid #999; }
}
`

// layout is the markup of the files. Members' strings come in by actions that
// escape; only the HTML of prose does not.
const layout = `
{{- define "head" -}}
<!doctype html>
<html lang="und">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{policy}}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
{{end -}}

{{- define "style"}}<style>` + style + `</style>
</head>
{{end -}}

{{- define "book"}}{{template "head"}}<title>{{.Title}}: {{.Community}}</title>
{{template "style"}}<body><main>
<header class="cover">
<p class="quiet">{{.Community}}</p>
<h1>{{.Title}}</h1>
{{with .Means}}<div class="lead">{{.}}</div>{{end}}
{{with .Concern}}<div class="words">{{.}}</div>{{end}}
<p class="quiet">{{if .Keepers}}Looked after by {{template "names" .Keepers}}. {{else}}Nobody looks after it yet. {{end}}As it stood on {{.Day}}.</p>
</header>
{{if some .Parts}}<nav class="toc" aria-label="Contents">
<h2>Contents</h2>
{{range some .Parts}}<h3>{{.Title}}</h3>
<ol>{{range .Pieces}}<li><a href="#{{.Anchor}}">{{.Title}}</a>{{with .State}} <span class="quiet">{{.}}</span>{{end}}</li>
{{end}}</ol>
{{end}}</nav>
{{else}}<p class="words">Nothing has been kept here yet.</p>
{{end}}{{range some .Parts}}<section class="part {{.Element}}">
<h2>{{.Title}}</h2>
{{range .Pieces}}<article class="piece" id="{{.Anchor}}">
<h3>{{.Title}}</h3>
{{template "piece" .}}</article>
{{end}}</section>
{{end}}</main></body></html>
{{end -}}

{{- define "sheet"}}{{template "head"}}<title>{{.Title}}: {{.Community}}</title>
{{template "style"}}<body><main class="sheet">
<nav class="up" aria-label="Back">{{range .Up}}<a href="{{.Href}}">{{.Text}}</a> / {{end}}{{.Title}}</nav>
{{with .Piece}}<article class="piece" id="{{.Anchor}}">
<h1>{{.Title}}</h1>
{{template "piece" .}}</article>
{{else}}<h1>{{.Title}}</h1>
{{range .Lists}}{{with .Name}}<h2>{{.}}</h2>
{{end}}<ul class="plain">{{range .Items}}<li>{{template "item" .}}</li>
{{end}}</ul>
{{end}}{{end}}<p class="quiet">{{.Community}}, as it stood on {{.Day}}.</p>
</main></body></html>
{{end -}}

{{- define "front"}}{{template "head"}}<title>{{.Community}}</title>
{{template "style"}}<body><main>
<h1>{{.Community}}</h1>
{{with .Concern}}<div class="words">{{.}}</div>{{end}}
<p class="quiet">All that we have written, as it stood on {{.Day}}. Nothing is needed to read it but this folder.</p>
<svg class="triangle" viewBox="0 0 400 250" role="img" aria-label="Domain, community and practice">
<path d="M200 50 L320 200 L80 200 Z"></path>
{{range $at, $_ := .Elements}}<g class="{{.Name}}">{{if eq $at 0}}<circle cx="200" cy="50" r="7"></circle><text x="200" y="32">{{.Title}}</text>{{else if eq $at 1}}<circle cx="320" cy="200" r="7"></circle><text x="320" y="228">{{.Title}}</text>{{else}}<circle cx="80" cy="200" r="7"></circle><text x="80" y="228">{{.Title}}</text>{{end}}</g>
{{end}}</svg>
<div class="three">{{range .Elements}}<section class="{{.Name}}"><h2>{{.Title}}</h2>
<ul>{{range .Items}}<li>{{template "item" .}}</li>
{{else}}<li class="quiet">Nothing yet.</li>
{{end}}</ul></section>
{{end}}</div>
{{if .Books}}<h2>Books</h2>
<ul class="plain">{{range .Books}}<li>{{template "item" .}}</li>
{{end}}</ul>
{{end}}{{if .Nutshell}}<h2>In a nutshell</h2>
{{range .Nutshell}}{{template "text" .}}{{end}}{{end}}
{{if .People}}<h2>Who we were</h2>
<ul class="said">{{range .People}}{{template "said" .}}{{end}}</ul>
{{end}}<h2>Beside this</h2>
{{template "facts" .Files}}</main></body></html>
{{end -}}

{{- define "names"}}{{range $at, $name := .}}{{if $at}}, {{end}}{{$name}}{{end}}{{end -}}

{{- define "item"}}{{if .Href}}<a href="{{.Href}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}{{end -}}

{{- define "facts"}}{{if .}}<dl class="facts">{{range .}}<dt>{{.Name}}</dt><dd>{{range $at, $item := .Items}}{{if $at}}, {{end}}{{template "item" $item}}{{end}}</dd>
{{end}}</dl>
{{end}}{{end -}}

{{- define "text"}}{{with .Name}}<h4>{{.}}</h4>
{{end}}<div class="words">{{.Prose}}</div>
{{end -}}

{{- define "said"}}<li><p class="by">{{if .By}}<b>{{if .Href}}<a href="{{.Href}}">{{.By}}</a>{{else}}{{.By}}{{end}}</b>{{end}}{{if .What}}{{if .By}}, {{end}}<span class="state">{{.What}}</span>{{end}}{{with .At}} <span class="quiet">{{.}}</span>{{end}}</p>
{{range .Texts}}{{template "text" .}}{{end}}{{template "facts" .Facts}}</li>
{{end -}}

{{- define "piece"}}<p class="by">{{.Kind}}{{if .By}} by {{template "names" .By}}{{end}}{{with .State}}: <span class="state">{{.}}</span>{{end}}</p>
{{range .Notes}}<p class="note">{{.}}</p>
{{end}}{{range .Texts}}{{template "text" .}}{{end}}{{template "facts" .Facts}}
{{range .Said}}<h4>{{.Title}}</h4>
<ul class="said">{{range .Said}}{{template "said" .}}{{end}}</ul>
{{end}}{{end -}}
`
