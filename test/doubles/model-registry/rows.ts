import { randomUUID } from 'node:crypto';
import type { EntityType, Table } from './entity-types';
import type { StoredProperties } from './metadata-values';
import { notFound, Refusal, badRequest } from './refusal';
import { isInt32, type DecodedBody } from './request-body';

/** A stored entity. */
export interface Row {
  readonly id: number;
  readonly type: EntityType;
  /** Id of the parent, part of the unique name. */
  readonly parentId?: number;
  readonly name: string;
  readonly externalId?: string;
  readonly description?: string;
  readonly customProperties: StoredProperties;
  readonly values: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Name as the database keeps it: children carry their parent's id. */
export function storedName(row: Pick<Row, 'name' | 'parentId'>): string {
  return row.parentId === undefined ? row.name : `${row.parentId}:${row.name}`;
}

/** The database of the double: three tables, each with its own ids. */
export class Rows {
  private readonly tables: Record<Table, Row[]> = { contexts: [], artifacts: [], executions: [] };
  private readonly lastIds: Record<Table, number> = { contexts: 0, artifacts: 0, executions: 0 };

  constructor(private readonly now: () => number) {}

  of(type: EntityType): readonly Row[] {
    return this.tables[type.table].filter((row) => isOf(row, type));
  }

  /** @throws Refusal 400 for an id that is no number, 404 for an unknown one or one of another type */
  get(type: EntityType, id: string): Row {
    if (!isInt32(id)) {
      throw badRequest(`invalid ${type.title} ID: strconv.ParseInt: parsing ${JSON.stringify(id)}: invalid syntax`);
    }
    const row = this.tables[type.table].find((candidate) => candidate.id === Number(id) && isOf(candidate, type));
    if (row === undefined) throw notFound(`no ${type.title} found for id ${Number(id)}`);
    return row;
  }

  /** @throws Refusal 422, 404, 409 or 500 */
  create(type: EntityType, body: DecodedBody, parentId?: number): Row {
    requireMembers(type, body);
    const defaults = Object.entries(type.members).flatMap(([name, member]) =>
      member.default === undefined ? [] : [[name, member.default] as const],
    );
    const parent = parentId ?? this.parentOf(type, body);
    const at = this.now();
    const row: Row = {
      id: this.lastIds[type.table] + 1,
      type,
      ...(parent === undefined ? {} : { parentId: parent }),
      name: body.name ?? randomUUID(),
      ...(body.externalId === undefined ? {} : { externalId: body.externalId }),
      ...(body.description === undefined ? {} : { description: body.description }),
      customProperties: body.customProperties ?? {},
      values: { ...Object.fromEntries(defaults), ...body.values },
      createdAt: at,
      updatedAt: at,
    };
    this.requireUnique(row);
    this.lastIds[type.table] = row.id;
    this.tables[type.table].push(row);
    return row;
  }

  /** Read, modify, write: absent members stay, except those with a schema default, which go back to it. */
  update(row: Row, type: EntityType, body: DecodedBody): Row {
    const resets = Object.entries(type.members).flatMap(([name, { resetByPatch }]) =>
      resetByPatch === undefined || body.nulls.has(name) ? [] : [[name, resetByPatch] as const],
    );
    const changed: Row = {
      ...row,
      ...(body.externalId === undefined ? {} : { externalId: body.externalId }),
      ...(body.description === undefined ? {} : { description: body.description }),
      customProperties: body.customProperties ?? row.customProperties,
      values: { ...row.values, ...Object.fromEntries(resets), ...body.values },
      updatedAt: Math.max(this.now(), row.updatedAt + 1),
    };
    this.requireUnique(changed);
    const table = this.tables[row.type.table];
    table[table.indexOf(row)] = changed;
    return changed;
  }

  private parentOf(type: EntityType, body: DecodedBody): number | undefined {
    if (type.parent === undefined) return undefined;
    const id = String(body.values[type.parent.member] ?? '');
    return type.parent.checked ? this.get(type.parent.type(), id).id : Number(id);
  }

  private requireUnique(row: Row): void {
    const name = storedName(row);
    if (name.length > 255 || (row.externalId?.length ?? 0) > 255) throw new Refusal(500, 'value too long for type character varying(255)');
    const clash = this.tables[row.type.table].some(
      (other) =>
        other.id !== row.id &&
        ((isOf(other, row.type) && storedName(other) === name) ||
          (row.externalId !== undefined && other.externalId === row.externalId)),
    );
    if (clash) throw new Refusal(409, `${row.type.words} with name ${shownName(row)} already exists: conflict`);
  }
}

/** Messages show the prefixed name of inference services only. */
function shownName(row: Row): string {
  return row.type.words === 'inference service' ? storedName(row) : row.name;
}

/** Sub-type routes see the rows of their kind. */
function isOf(row: Row, type: EntityType): boolean {
  return type.artifactType === undefined ? row.type.words === type.words : row.type.artifactType === type.artifactType;
}

function requireMembers(type: EntityType, body: DecodedBody): void {
  const required = Object.entries(type.members).filter(([, member]) => member.required === true);
  const missing = [
    ...(type.nameRequired && (body.name ?? '') === '' ? ['name'] : []),
    ...required.filter(([name]) => (body.values[name] ?? '') === '').map(([name]) => name),
  ][0];
  if (missing !== undefined) throw new Refusal(422, `required field '${missing}' is zero value.`);
}
