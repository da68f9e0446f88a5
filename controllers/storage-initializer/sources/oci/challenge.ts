/** What a registry wants to see before it answers. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

/**
 * The challenge of a `WWW-Authenticate` field that we can answer: Bearer before Basic, since a registry that offers both means tokens.
 * Commas separate challenges as well as their parameters: a word with a value is a parameter, one without begins a challenge.
 *
 * @returns undefined when there is none
 */
export function parseChallenge(field: string | readonly string[] | undefined): Challenge | undefined {
  const text = typeof field === 'string' ? field : (field ?? []).join(', ');
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const words = text.matchAll(/([\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g);
  for (const [, word = '', quoted, plain] of words) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
    else challenges.at(-1)?.parameters.set(word.toLowerCase(), value);
  }
  const parameters = challenges.find(({ scheme }) => scheme === 'bearer')?.parameters;
  const realm = parameters?.get('realm');
  if (realm === undefined) return challenges.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : undefined;
  const [service, scope] = [parameters?.get('service'), parameters?.get('scope')];
  return {
    scheme: 'bearer',
    realm,
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
  };
}
