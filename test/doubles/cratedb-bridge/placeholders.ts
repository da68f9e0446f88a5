/** A statement with CrateDB's placeholders `?` in PostgreSQL's words: `$1`, `$2` ... What stands in quotes is left as it is. */
export function numberedPlaceholders(statement: string): string {
  let count = 0;
  return statement.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (part) => {
    if (part !== '?') return part;
    count += 1;
    return `$${count}`;
  });
}
