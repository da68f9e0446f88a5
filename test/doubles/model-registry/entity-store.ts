import { randomUUID } from 'node:crypto';
import type { EntityType, Table } from './entity-types';
import { parseInt32 } from './int32';
import { notFound, Refusal } from './refusal';
import type { DecodedBody } from './request-body';
import { storedName, type MemberValue, type MemberValues, type Row } from './row';

/** Where a new entity goes. */
interface Placement {
  /** Id of the parent, which the stored name begins with. */
  readonly parentId?: number;
  /** Members that come from the path, not from the body. */
  readonly values?: MemberValues;
}

/** Stored names and external ids, in characters. */
const longestKey = 255;

/** The database of the double: three tables, each with its own ids. */
export class EntityStore {
  private readonly tables: Readonly<Record<Table, Row[]>> = { contexts: [], artifacts: [], executions: [] };
  private readonly lastIds: Record<Table, number> = { contexts: 0, artifacts: 0, executions: 0 };

  constructor(private readonly now: () => number) {}

  /** Rows of these types, by id. */
  of(...types: readonly EntityType[]): readonly Row[] {
    return [...new Set(types.map(({ table }) => table))].flatMap((table) =>
      this.tables[table].filter((row) => types.some(({ kind }) => kind === row.type.kind)),
    );
  }

  /** @throws Refusal 400 for an id that is no number, 404 for an unknown one or one of another type */
  get(id: string, type: EntityType, ...alternatives: readonly EntityType[]): Row {
    const number = parseInt32(`${type.title} ID`, id);
    const row = this.of(type, ...alternatives).find((candidate) => candidate.id === number);
    if (row === undefined) throw notFound(`no ${type.title} found for id ${id}`);
    return row;
  }

  /** @throws Refusal 409 for a name or external id that is taken, 500 for one that is too long */
  create(type: EntityType, body: DecodedBody, { parentId, values }: Placement = {}): Row {
    const at = this.now();
    const row: Row = {
      id: this.lastIds[type.table] + 1,
      type,
      ...(parentId === undefined ? {} : { parentId }),
      name: body.name ?? randomUUID(),
      ...(body.externalId === undefined ? {} : { externalId: body.externalId }),
      ...(body.description === undefined ? {} : { description: body.description }),
      customProperties: body.customProperties ?? {},
      values: { ...defaults(type, 'default'), ...body.values, ...values },
      createdAt: at,
      updatedAt: at,
    };
    this.requireUnique(row);
    this.insert(row);
    return row;
  }

  /** Takes a row away, as a database does that is restored from an older copy: the API has no deletion. */
  lose(row: Row): void {
    const table = this.tables[row.type.table];
    table.splice(table.indexOf(row), 1);
  }

  /** Adds what a row is now under another type, without a look at names: a history has many rows of one name. */
  copy(row: Row, type: EntityType): void {
    this.insert({ ...row, id: this.lastIds[type.table] + 1, type });
  }

  /**
   * Read, modify, write: absent members stay, except those with a schema default, which go back to it.
   *
   * @param type the row's type as the route sees it: which members are reset depends on it
   * @throws Refusal 409 for an external id that is taken, 500 for one that is too long
   */
  update(row: Row, type: EntityType, body: DecodedBody): Row {
    const resets = Object.entries(defaults(type, 'resetByUpdate')).filter(([name]) => !body.nulls.has(name));
    // A full entity as body names immutable members too; they stay.
    const changes = Object.entries(body.values).filter(([name]) => type.members[name]?.immutable !== true);
    const changed: Row = {
      ...row,
      ...(body.externalId === undefined ? {} : { externalId: body.externalId }),
      ...(body.description === undefined ? {} : { description: body.description }),
      customProperties: body.customProperties ?? row.customProperties,
      values: { ...row.values, ...Object.fromEntries(resets), ...Object.fromEntries(changes) },
      // Two writes within a millisecond can be told apart, so that tests need not wait.
      updatedAt: Math.max(this.now(), row.updatedAt + 1),
    };
    this.requireUnique(changed);
    const table = this.tables[row.type.table];
    table[table.indexOf(row)] = changed;
    return changed;
  }

  private insert(row: Row): void {
    this.lastIds[row.type.table] = row.id;
    this.tables[row.type.table].push(row);
  }

  private requireUnique(row: Row): void {
    const key = storedName(row);
    if ([key, row.externalId ?? ''].some((text) => [...text].length > longestKey)) {
      throw new Refusal(500, `value too long for type character varying(${longestKey})`);
    }
    const clash = this.tables[row.type.table].some(
      (other) =>
        other.id !== row.id &&
        ((other.type.kind === row.type.kind && storedName(other) === key) ||
          (row.externalId !== undefined && other.externalId === row.externalId)),
    );
    // The text speaks of the name also when the external id collided; only inference services show the stored name.
    const shown = row.type.kind === 'InferenceService' ? key : row.name;
    if (clash) throw new Refusal(409, `${row.type.words} with name ${shown} already exists: conflict`);
  }
}

function defaults(type: EntityType, source: 'default' | 'resetByUpdate'): MemberValues {
  return Object.fromEntries(
    Object.entries(type.members).flatMap(([name, member]): [string, MemberValue][] => {
      const value = member[source];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
