import { z } from 'zod';
import { once, xmlValues } from '../../../../controllers/storage-initializer/http/xml-answer';

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
