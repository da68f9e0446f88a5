import { isDeepStrictEqual } from 'node:util';
import { jsonPatch, type Json, type JsonPatchOperation } from '../../../../controllers/runtime/webhooks/json-patch';
import { seededRandom } from '../../../faults/seeded-random';

/** What RFC 6902 makes of a value and a patch, written from the RFC for these tests. */
function patched(value: Json, patch: readonly JsonPatchOperation[]): Json {
  return patch.reduce<Json>((before, operation) => {
    const tokens = operation.path
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    return step(before, tokens, operation);
  }, value);
}

function step(value: Json, [token, ...rest]: readonly string[], operation: JsonPatchOperation): Json {
  if (token === undefined) return operation.op === 'remove' ? null : operation.value;
  if (Array.isArray(value)) {
    const list: Json[] = [...(value as readonly Json[])];
    const place = Number(token);
    if (place > list.length || (operation.op !== 'add' && place === list.length))
      throw new Error(`no ${operation.path}`);
    if (rest.length > 0) list[place] = step(list[place] ?? null, rest, operation);
    else if (operation.op === 'remove') list.splice(place, 1);
    else list.splice(place, operation.op === 'add' ? 0 : 1, operation.value);
    return list;
  }
  const map = new Map(Object.entries(value as Readonly<Record<string, Json>>));
  if (operation.op !== 'add' && !map.has(token)) throw new Error(`no ${operation.path}`);
  if (rest.length > 0) map.set(token, step(map.get(token) ?? null, rest, operation));
  else if (operation.op === 'remove') map.delete(token);
  else map.set(token, operation.value);
  return Object.fromEntries(map);
}

describe('the difference between two objects', () => {
  const cases: readonly [string, unknown, unknown, readonly JsonPatchOperation[]][] = [
    ['of equal ones is nothing', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ['adds a member', { a: 1 }, { a: 1, b: { c: [] } }, [{ op: 'add', path: '/b', value: { c: [] } }]],
    ['removes a member', { a: 1, b: 2 }, { a: 1 }, [{ op: 'remove', path: '/b' }]],
    ['leaves out what is undefined', { a: 1 }, { a: 1, b: undefined }, []],
    ['removes what has become undefined', { a: 1 }, { a: undefined }, [{ op: 'remove', path: '/a' }]],
    ['sets a member that was null', { a: null }, { a: 1 }, [{ op: 'replace', path: '/a', value: 1 }]],
    ['replaces what has another type', { a: [1] }, { a: { 0: 1 } }, [{ op: 'replace', path: '/a', value: { 0: 1 } }]],
    ['escapes names', { m: { 'a/b~c': 1 } }, { m: { 'a/b~c': 2 } }, [{ op: 'replace', path: '/m/a~1b~0c', value: 2 }]],
    ['appends to a list', { a: [1] }, { a: [1, 2] }, [{ op: 'add', path: '/a/1', value: 2 }]],
    [
      'inserts at the front of a list',
      { a: ['x', 'y'] },
      { a: ['w', 'x', 'y'] },
      [{ op: 'add', path: '/a/0', value: 'w' }],
    ],
    ['removes from the front of a list', { a: ['x', 'y', 'z'] }, { a: ['y', 'z'] }, [{ op: 'remove', path: '/a/0' }]],
    [
      'goes into members of a list',
      { a: [{ n: 1 }, 2] },
      { a: [{ n: 3 }, 2] },
      [{ op: 'replace', path: '/a/0/n', value: 3 }],
    ],
    ['has a name like a prototype', {}, JSON.parse('{"__proto__": 1}'), [{ op: 'add', path: '/__proto__', value: 1 }]],
  ];
  it.each(cases)('%s', (_, before, after, patch) => {
    expect(jsonPatch(before, after)).toEqual(patch);
  });

  it('is found without a look at what both share', () => {
    const shared = {
      get member(): never {
        throw new Error('looked at');
      },
    };
    expect(jsonPatch({ shared, list: [shared] }, { shared, list: [shared], a: 1 })).toEqual([
      { op: 'add', path: '/a', value: 1 },
    ]);
  });

  it('leads from any object to any other (10,000 seeded pairs)', () => {
    const random = seededRandom(6902);
    const names = ['a', 'b', 'c', 'a/b', '~', '', '0', 'ü'];
    const pick = (most: number) => Math.floor(random() * most);
    const anything = (depth: number): Json => {
      const kind = pick(depth > 3 ? 4 : 7);
      if (kind === 0) return null;
      if (kind === 1) return pick(3);
      if (kind === 2) return names[pick(names.length)] ?? '';
      if (kind === 3) return random() < 0.5;
      if (kind === 4) return Array.from({ length: pick(5) }, () => anything(depth + 1));
      return Object.fromEntries(
        Array.from({ length: pick(5) }, () => [names[pick(names.length)] ?? '', anything(depth + 1)]),
      );
    };
    let reached = 0;
    for (let pair = 0; pair < 10_000; pair += 1) {
      const [before, after] = [{ root: anything(0) }, { root: anything(0) }];
      // The assertion library takes its time, which ten thousand times is too much.
      const result = patched(before, jsonPatch(before, after));
      if (!isDeepStrictEqual(result, after)) expect(result).toEqual(after);
      reached += 1;
    }
    expect(reached).toBe(10_000);
  });

  it('of something that JSON can not hold is an error', () => {
    expect(() => jsonPatch({}, { a: () => 1 })).toThrow('making a JSON patch: a function has no form in JSON');
    expect(() => jsonPatch({}, { a: NaN })).toThrow('making a JSON patch: a number has no form in JSON');
  });
});
