import { createHash } from 'node:crypto';
import { differencesOf } from './differences';
import { findingsOf } from './findings';
import { imagesOf } from './images';
import { componentCounts, inventoryOf } from './inventory';
import { Markup, markup } from './markup';
import { permissionsOf } from './permissions';
import { manifestsOf, type ReviewedEnvironment } from './reviewed-environment';
import { counted, type Section } from './section';
import { differencesSection } from './sections/differences';
import { findingsSection } from './sections/findings';
import { imagesSection } from './sections/images';
import { inventorySection } from './sections/inventory';
import { permissionsSection } from './sections/permissions';
import { trafficSection } from './sections/traffic';
import { trafficOf } from './traffic/traffic';

/** What the page has inside of it beside its content. */
export interface PageAssets {
  readonly style: string;
  readonly script: string;
}

/** The whole review as one HTML document that needs nothing else. The same environments give the same bytes. */
export function reviewPage(environments: readonly ReviewedEnvironment[], assets: PageAssets): string {
  const names = environments.map(({ name }) => name);
  const views = environments.map((environment) => ({
    name: environment.name,
    grantees: permissionsOf(manifestsOf(environment)),
    traffic: trafficOf(manifestsOf(environment)),
  }));
  const images = imagesOf(environments);
  const objects = inventoryOf(environments);
  const sections = [
    findingsSection(findingsOf(views, images)),
    inventorySection(names, componentCounts(environments), objects),
    permissionsSection(views),
    trafficSection(views),
    imagesSection(images),
    differencesSection(differencesOf(environments)),
  ];
  const summary = `${counted(objects.length, 'object')} in ${counted(names.length, 'environment')}: ${names.join(', ')}`;
  return documentOf(summary, sections, assets).text;
}

function documentOf(summary: string, sections: readonly Section[], { style, script }: PageAssets): Markup {
  // Whatever a manifest brings, the browser runs no script but ours and loads nothing.
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Slipway: review of the rendered manifests</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<h1>Review of the rendered manifests</h1>
<p>${summary}</p>
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main id="main" tabindex="-1">
${sections.map(
  ({
    id,
    title,
    body,
  }) => markup`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${title}</h2>
${body}</section>
`,
)}</main>
<script>${new Markup(script)}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
