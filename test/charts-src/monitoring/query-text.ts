/** A metric as a PromQL text selects it. */
export interface SelectedMetric {
  readonly name: string;
  /** Labels it is selected by. */
  readonly labels: readonly string[];
}

/** What a PromQL text refers to. */
export interface QueryText {
  readonly metrics: readonly SelectedMetric[];
  /** Labels that aggregations keep. */
  readonly grouping: readonly string[];
}

const functions = new Set(['absent', 'histogram_quantile', 'increase', 'max', 'min', 'rate', 'sum', 'time']);
const operators = new Set(['and', 'offset', 'or']);
const closing: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };
const token =
  /\s+|"(?:\\.|[^"\\])*"|[a-zA-Z_:][\w:]*|\$__rate_interval|\d+[mh]|\d+(?:\.\d+)?|=~|[<>!=]=|[-+*/<>=,(){}[\]]/y;

/**
 * Reads the part of PromQL that our expressions use.
 *
 * @throws for characters, functions and brackets that don't belong there
 */
export function readQuery(text: string): QueryText {
  const tokens = tokensOf(text);
  const open: string[] = [];
  const metrics: { name: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  let inGrouping = false;
  tokens.forEach((word, index) => {
    const next = tokens[index + 1];
    if (closing[word] !== undefined) open.push(closing[word]);
    else if (word === ')' || word === '}' || word === ']') {
      if (open.pop() !== word) throw new Error(`reading ${text}: ${word} closes nothing`);
      inGrouping = false;
    } else if (/^[a-zA-Z_:]/.test(word)) {
      if (open.at(-1) === '}') metrics.at(-1)?.labels.push(word);
      else if (inGrouping) grouping.push(word);
      else if (word === 'by') inGrouping = true;
      else if (operators.has(word)) return;
      else if (next !== '(' && next !== 'by') metrics.push({ name: word, labels: [] });
      else if (!functions.has(word)) throw new Error(`reading ${text}: unknown function ${word}`);
    }
  });
  if (open.length > 0) throw new Error(`reading ${text}: ${open.join(' ')} missing`);
  return { metrics, grouping };
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < text.length;) {
    token.lastIndex = at;
    const [found] = token.exec(text) ?? [];
    if (found === undefined) throw new Error(`reading ${text}: unexpected ${text.slice(at, at + 10)}`);
    if (found.trim() !== '') tokens.push(found);
    at += found.length;
  }
  return tokens;
}
