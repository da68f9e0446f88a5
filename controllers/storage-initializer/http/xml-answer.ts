import { StringDecoder } from 'node:string_decoder';
import { SaxesParser } from 'saxes';
import * as z from 'zod';

/**
 * What an element holds: its text, or its child elements by name. A name has always a list, also when it is there once: what a listing
 * of one object answers must not have another shape than that of two.
 */
export type XmlValue = string | XmlElements;
export interface XmlElements {
  readonly [name: string]: readonly XmlValue[];
}

/** No answer of a storage is nested deeper; a hostile one must not fill the memory with open elements. */
const deepest = 32;

/** V8 keeps the whole text alive for a part of this length or more. */
const shortestSlice = 13;

/** Bytes that are read before the rows in them are handed over: the fewer rows wait, the fewer outlive a collection of the young. */
const stepSize = 1024;

/**
 * XML text as plain values; attributes and name space prefixes are left out. Nothing in them refers to the text: one name of a listing
 * that is kept does not keep the page.
 *
 * @throws Error for what is no XML
 */
export function xmlValues(text: string): XmlElements {
  const reader = new ValueReader();
  reader.read(text);
  return reader.end();
}

/**
 * {@link xmlValues} of an answer with thousands of equal elements: these are handed over while the text is read. The values of a whole
 * page live so long that the garbage collector takes them for what stays, and makes room for more of that kind. So does its text.
 *
 * @param xml UTF-8
 * @param name of the rows; they are children of the root
 * @returns everything else
 * @throws Error for what is no XML, when it is reached
 */
export function* xmlRows(xml: Buffer, name: string): Generator<XmlValue, XmlElements, undefined> {
  const reader = new ValueReader(name);
  const decoder = new StringDecoder('utf8');
  for (let start = 0; start < xml.length; start += stepSize) {
    reader.read(decoder.write(xml.subarray(start, start + stepSize)));
    yield* reader.takeRows();
  }
  reader.read(decoder.end());
  return reader.end();
}

/** Schema of an element that is there once. */
export function once<T extends z.ZodType>(schema: T) {
  return z.preprocess(
    (list: unknown): unknown => (Array.isArray(list) && list.length === 1 ? list[0] : undefined),
    schema,
  );
}

/** Makes values of what the parser tells. */
class ValueReader {
  private readonly parser = new SaxesParser();
  private readonly document = new OpenElement('');
  private readonly open: OpenElement[] = [this.document];
  private rows: XmlValue[] = [];

  /** @param rowName children of the root that are rows; absent: there are none */
  constructor(private readonly rowName?: string) {
    const addText = (part: string) => {
      const element = this.open.at(-1);
      if (element !== undefined) element.text += part;
    };
    this.parser.on('opentagstart', ({ name }) => this.begin(name.slice(name.indexOf(':') + 1)));
    this.parser.on('text', addText);
    this.parser.on('cdata', addText);
    this.parser.on('closetag', () => this.close());
  }

  read(text: string): void {
    this.parser.write(text);
  }

  /** The rows since it was called last. */
  takeRows(): readonly XmlValue[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  end(): XmlElements {
    this.parser.close();
    return this.document.elements();
  }

  private begin(name: string): void {
    if (this.open.length > deepest) throw new Error(`reading XML: elements are nested deeper than ${deepest}`);
    this.open.push(new OpenElement(name));
  }

  private close(): void {
    const element = this.open.pop();
    const parent = this.open.at(-1);
    if (element === undefined || parent === undefined) return;
    if (this.open.length !== 2 || element.name !== this.rowName) {
      parent.add(element);
      return;
    }
    parent.hasChildren();
    this.rows.push(element.value());
  }
}

/** An element whose end has not been read yet. */
class OpenElement {
  text = '';
  private children: Map<string, XmlValue[]> | undefined;

  constructor(readonly name: string) {}

  add(child: OpenElement): void {
    const children = this.hasChildren();
    const others = children.get(child.name);
    if (others === undefined) children.set(child.name, [child.value()]);
    else others.push(child.value());
  }

  /** It is no text, although there may be none to keep. */
  hasChildren(): Map<string, XmlValue[]> {
    this.children ??= new Map();
    return this.children;
  }

  value(): XmlValue {
    return this.children === undefined ? ownCopy(this.text) : this.elements();
  }

  /** Not an assignment for each: `__proto__` is a name like others. */
  elements(): XmlElements {
    return Object.fromEntries(this.children ?? []);
  }
}

function ownCopy(text: string): string {
  return text.length < shortestSlice ? text : Buffer.from(text).toString();
}
