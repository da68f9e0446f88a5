import { refusalWords } from '../../../../controllers/storage-initializer/http/refusal-words';

test('a server’s words are one line', () => {
  expect(refusalWords(' no\r\nsuch\tbucket\n')).toBe('no such bucket');
});

test('as many of them are quoted as there is room for', () => {
  expect(refusalWords('x'.repeat(300))).toBe('x'.repeat(300));
  expect(refusalWords('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
  expect(refusalWords('no such bucket', 8)).toBe('no such…');
});
