import { type Content, markup, type Markup } from './markup';

/** A part of the page that the navigation leads to. */
export interface Section {
  /** Its anchor. */
  readonly id: string;
  readonly title: string;
  readonly body: Content;
}

/** A column's heading, and how its cells look. */
export interface Column {
  readonly title: string;
  /** For example `number`. */
  readonly className?: string;
}

/** A table that can be scrolled with the keyboard where it is wider than the page. */
export function table(caption: string, columns: readonly Column[], body: Content, id?: string): Markup {
  const heads = columns.map(
    ({ title, className }) =>
      markup`<th scope="col"${className === undefined ? '' : classAttribute(className)}>${title}</th>`,
  );
  return markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
<table${id === undefined ? '' : markup` id="${id}"`}><caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
${body}</table></div>
`;
}

/** Rows of a table. */
export function rows(all: readonly Content[]): Markup {
  return markup`<tbody>
${all}</tbody>
`;
}

function classAttribute(name: string): Markup {
  return markup` class="${name}"`;
}

/** A word in a coloured frame; colour never says it alone. */
export function badge(kind: 'high' | 'notice' | 'good' | 'plain', text: string): Markup {
  return markup`<span class="badge ${kind}">${text}</span>`;
}

/** Something by its number, in words: `1 object`, `2 objects`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
