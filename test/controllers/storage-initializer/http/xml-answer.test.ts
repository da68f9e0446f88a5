import * as z from 'zod';
import { once, xmlRows, xmlValues } from '../../../../controllers/storage-initializer/http/xml-answer';

test('an element has its text, or its children by name, each name as a list', () => {
  const values = xmlValues('<?xml version="1.0"?><a xmlns="urn:x"><b>1</b><b>2 &amp; 3</b><c><d/></c></a>');
  expect(JSON.stringify(values)).toBe('{"a":[{"b":["1","2 & 3"],"c":[{"d":[""]}]}]}');
});

test('prefixes of name spaces are left out, white space of a text is kept', () => {
  expect(JSON.stringify(xmlValues('<s:a xmlns:s="urn:x"><s:b> x </s:b></s:a>'))).toBe('{"a":[{"b":[" x "]}]}');
});

test('an element named __proto__ is data like any other', () => {
  const { a } = xmlValues('<a><__proto__><polluted>yes</polluted></__proto__></a>');
  expect(JSON.stringify(a)).toBe('[{"__proto__":[{"polluted":["yes"]}]}]');
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

test('an element that a schema wants once is refused when it is missing or there twice', () => {
  const schema = z.object({ a: once(z.object({ b: once(z.string()) })) });
  expect(schema.parse(xmlValues('<a><b>1</b></a>'))).toEqual({ a: { b: '1' } });
  expect(schema.safeParse(xmlValues('<a><b>1</b><b>2</b></a>')).success).toBe(false);
  expect(schema.safeParse(xmlValues('<a><c/></a>')).success).toBe(false);
});

test.each(['', 'Bad Gateway', '<html><p>unclosed</html>'])('%j is no XML, and an error', (text) => {
  expect(() => xmlValues(text)).toThrow();
});

test('text in CDATA and around comments is one text', () => {
  expect(JSON.stringify(xmlValues('<a><b>1<![CDATA[<&]]><!-- no -->2</b></a>'))).toBe('{"a":[{"b":["1<&2"]}]}');
});

test('entities that a document defines itself are refused', () => {
  expect(() => xmlValues('<!DOCTYPE a [<!ENTITY e "eeee">]><a>&e;</a>')).toThrow('undefined entity');
});

test('elements that are nested without end are refused', () => {
  expect(() => xmlValues('<a>'.repeat(1_000_000))).toThrow('elements are nested deeper than 32');
});

describe('rows of a long answer', () => {
  const rowsOf = (text: string, bytes = Buffer.from(text)) => {
    const reading = xmlRows(bytes, 'row');
    const rows: unknown[] = [];
    for (;;) {
      const read = reading.next();
      if (read.done === true) return { rows, rest: read.value };
      rows.push(read.value);
    }
  };

  test('come one by one, and are not in the rest', () => {
    const { rows, rest } = rowsOf('<a><n>1</n><row><k>x</k></row><row>y</row><n>2</n></a>');
    expect(JSON.stringify(rows)).toBe('[{"k":["x"]},"y"]');
    expect(JSON.stringify(rest)).toBe('{"a":[{"n":["1","2"]}]}');
  });

  test('are children of the root, not of others', () => {
    const { rows, rest } = rowsOf('<a><b><row>1</row></b></a>');
    expect(rows).toEqual([]);
    expect(JSON.stringify(rest)).toBe('{"a":[{"b":[{"row":["1"]}]}]}');
  });

  test('leave an element behind when there is nothing else, not a text', () => {
    expect(JSON.stringify(rowsOf('<a><row>1</row></a>').rest)).toBe('{"a":[{}]}');
  });

  test('are read in steps that may end anywhere, also within a letter', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `${['', 'é', '€', '😀'][index % 4] ?? ''}${index}&`);
    const text = names.map((name) => `<row>${name.replace('&', '&amp;')}</row>`).join('');
    expect(rowsOf(`<a>${text}</a>`).rows).toEqual(names);
  });

  test('come before what is broken behind them is noticed', () => {
    const reading = xmlRows(Buffer.from(`<a><row>1</row>${' '.repeat(100_000)}</b>`), 'row');
    expect(reading.next()).toEqual({ done: false, value: '1' });
    expect(() => reading.next()).toThrow('unexpected close tag');
  });
});
