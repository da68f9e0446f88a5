import { oneLine } from '../log';

/** Characters of a server's words that a message quotes: a termination message has 2048 bytes, and ours stand around them. */
const mostCharacters = 300;

/** What a server says, as far as a message has room for it: in one line, with an ellipsis where it is cut. */
export function refusalWords(text: string, most = mostCharacters): string {
  const line = oneLine(text);
  return line.length <= most ? line : `${line.slice(0, most - 1).trimEnd()}…`;
}
