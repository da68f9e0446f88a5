import type { EntityType } from './entity-types';
import { badRequest, notFound } from './refusal';
import { storedName, type Row } from './rows';

/**
 * Finds one entity by name or external id. The name is a pattern to the server: `_` is any character, `%` any sequence, `\`
 * escapes; several matches are "not found".
 *
 * @throws Refusal 400 when the parameters don't say what is wanted, 404 for none and for several
 */
export function findOne(type: EntityType, rows: readonly Row[], query: URLSearchParams): Row {
  const name = query.get('name') ?? '';
  const externalId = query.get('externalId') ?? '';
  const parent = query.get('parentResourceId') ?? '';
  const needsParent = type.parent !== undefined || type.table === 'artifacts';
  if (externalId === '' && (name === '' || (needsParent && parent === ''))) throw badRequest(parameters(type, needsParent));
  const matching = rows.filter(
    (row) =>
      (name === '' || like(needsParent && parent !== '' ? `${parent}:${name}` : name).test(storedName(row))) &&
      (externalId === '' || row.externalId === externalId),
  );
  const [found, ...others] = matching;
  const wanted = `name=${name}, parentResourceId=${parent}, externalId=${externalId}`;
  if (found === undefined) throw notFound(`no ${type.words} found for ${wanted}`);
  if (others.length > 0) throw notFound(`multiple ${type.words}s found for ${wanted}`);
  return found;
}

function parameters(type: EntityType, needsParent: boolean): string {
  const invalid = 'invalid parameters call, supply either ';
  if (type.table === 'artifacts') return `${invalid}(artifactName and parentResourceId), or externalId`;
  return needsParent ? `${invalid}(name and parentResourceId), or externalId` : `${invalid}name or externalId`;
}

/** SQL's LIKE, sensitive to case as PostgreSQL's. */
export function like(pattern: string, insensitive = false): RegExp {
  const parts = pattern.match(/\\[\s\S]|[\s\S]/g) ?? [];
  const source = parts.map((part) => (part === '%' ? '[\\s\\S]*' : part === '_' ? '[\\s\\S]' : escaped(part.replace(/^\\(?=.)/, ''))));
  return new RegExp(`^${source.join('')}$`, insensitive ? 'i' : '');
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
