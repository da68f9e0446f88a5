import { parseXml, XmlElement, XmlText, type XmlNode } from '@rgrove/parse-xml';
import { z } from 'zod';

/**
 * What an element holds: its text, or its child elements by name. A name has always a list, also when it is there once: what a listing
 * of one object answers must not have another shape than that of two.
 */
export type XmlValue = string | XmlElements;
export interface XmlElements {
  readonly [name: string]: readonly XmlValue[];
}

/** XML text as plain values; attributes and name space prefixes are left out. @throws Error for what is no XML */
export function xmlValues(text: string): XmlElements {
  const { root } = parseXml(text);
  return root === null ? {} : { [localName(root)]: [valueOf(root.children)] };
}

/** Schema of an element that is there once. */
export function once<T extends z.ZodType>(schema: T) {
  return z.preprocess(
    (list: unknown): unknown => (Array.isArray(list) && list.length === 1 ? list[0] : undefined),
    schema,
  );
}

function valueOf(children: readonly XmlNode[]): XmlValue {
  const elements = new Map<string, XmlValue[]>();
  let text = '';
  for (const child of children) {
    if (child instanceof XmlElement) {
      const [name, value] = [localName(child), valueOf(child.children)];
      const others = elements.get(name);
      if (others === undefined) elements.set(name, [value]);
      else others.push(value);
    } else if (child instanceof XmlText) {
      text += child.text;
    }
  }
  return elements.size > 0 ? Object.fromEntries(elements) : text;
}

function localName({ name }: XmlElement): string {
  return name.slice(name.indexOf(':') + 1);
}
