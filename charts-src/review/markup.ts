/** A piece of HTML or SVG that may stand in a page as it is. Only `markup` makes one from outside text, escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text is escaped, lists are joined, `undefined` is nothing. */
export type Content = Markup | string | number | undefined | readonly Content[];

/**
 * Template tag for HTML and SVG. Whatever is put in is escaped unless it is `Markup` itself, for text and for quoted
 * attribute values alike.
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts.map((part, index) => part + textOf(values[index])).join(''));
}

function textOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(textOf).join('');
  return String(content).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
