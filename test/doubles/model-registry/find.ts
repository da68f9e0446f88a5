import type { EntityType } from './entity-types';
import { like } from './like';
import { badRequest, notFound } from './refusal';
import { storedName, type Row } from './row';

/**
 * Finds one entity by name or external id. The name is a pattern to the server, and several matches are "not found".
 *
 * @throws Refusal 400 when the parameters don't say what is wanted, 404 for none and for several
 */
export function findOne(type: EntityType, rows: readonly Row[], query: URLSearchParams): Row {
  const name = query.get('name') ?? '';
  const externalId = query.get('externalId') ?? '';
  const parent = query.get('parentResourceId') ?? '';
  const isChild = type.parent !== undefined || type.table === 'artifacts';
  if (externalId === '' && (name === '' || (isChild && parent === ''))) throw badRequest(neededParameters(type));
  const pattern = like(isChild && parent !== '' ? `${parent}:${name}` : name);
  const [found, ...others] = rows.filter(
    (row) => (name === '' || pattern.test(storedName(row))) && (externalId === '' || row.externalId === externalId),
  );
  const wanted = `name=${name}, parentResourceId=${parent}, externalId=${externalId}`;
  if (found === undefined) throw notFound(`no ${type.words} found for ${wanted}`);
  if (others.length > 0) throw notFound(`multiple ${type.words}s found for ${wanted}`);
  return found;
}

function neededParameters(type: EntityType): string {
  const invalid = 'invalid parameters call, supply either ';
  if (type.table === 'artifacts') return `${invalid}(artifactName and parentResourceId), or externalId`;
  return type.parent === undefined
    ? `${invalid}name or externalId`
    : `${invalid}(name and parentResourceId), or externalId`;
}
