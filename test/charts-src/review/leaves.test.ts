import type { JsonMap } from '../../../charts-src/kubernetes/manifest';
import { leavesOf } from '../../../charts-src/review/leaves';

describe('the leaves of an object', () => {
  it.each<[string, JsonMap, Record<string, string>]>([
    ['have the path of their members', { a: { b: 1, c: 'x', d: null } }, { 'a.b': '1', 'a.c': 'x', 'a.d': 'null' }],
    ['quote names with dots and slashes', { a: { 'x.io/y': 'z' } }, { 'a."x.io/y"': 'z' }],
    [
      'know items of a list by name',
      {
        list: [
          { name: 'b', v: 2 },
          { name: 'a', v: 1 },
        ],
      },
      { 'list[b].name': 'b', 'list[b].v': '2', 'list[a].name': 'a', 'list[a].v': '1' },
    ],
    [
      'know ports by number and protocol',
      {
        ports: [
          { port: 53, protocol: 'TCP' },
          { port: 53, protocol: 'UDP' },
        ],
      },
      {
        'ports[53/TCP].port': '53',
        'ports[53/TCP].protocol': 'TCP',
        'ports[53/UDP].port': '53',
        'ports[53/UDP].protocol': 'UDP',
      },
    ],
    ['know flags by name', { args: ['--port=80', '-v'] }, { 'args[--port]': '80', 'args[-v]': 'yes' }],
    [
      'take items without identity for what they contain',
      { list: [{ to: 1 }, { to: 2 }] },
      { 'list[{"to":1}]': 'yes', 'list[{"to":2}]': 'yes' },
    ],
    ['take texts for themselves', { verbs: ['get', 'list'] }, { 'verbs["get"]': 'yes', 'verbs["list"]': 'yes' }],
    ['keep what is empty', { emptyDir: {} }, { emptyDir: '{}' }],
  ])('%s', (_, object, leaves) => {
    expect(Object.fromEntries(leavesOf(object))).toEqual(leaves);
  });
});
