import { Client, types, type QueryResult } from 'pg';
import * as z from 'zod';
import { waitFor } from '../../cluster/wait-for';
import { jsonAnswer, type Answer } from '../model-registry/answer';
import { startLoopbackServer, type LoopbackServer } from '../model-registry/loopback-server';
import type { ReceivedRequest } from '../model-registry/request-log';
import { numberedPlaceholders } from './placeholders';

/** The PostgreSQL behind the bridge. */
export interface BridgedDatabase {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A statement that PostgreSQL got in other words. */
export interface RewrittenStatement {
  readonly from: string;
  readonly to: string;
}

/** A running bridge. */
export interface CrateDbBridge extends LoopbackServer {
  readonly port: number;
  /** Every statement that was rewritten, each once. */
  readonly rewritten: readonly RewrittenStatement[];
  /** Asks PostgreSQL directly, for tests that look at what is stored. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly object[]>;
}

const statement = z.strictObject({
  stmt: z.string(),
  args: z.array(z.unknown()).optional(),
  bulk_args: z.array(z.array(z.unknown())).optional(),
});

/** What CrateDB says of a row of a bulk that it refused. */
const refusedRow = -2;
/** Codes of PostgreSQL. */
const uniqueViolation = '23505';
const startingUp = '57P03';

/** Starts an endpoint `/_sql` as CrateDB has it, before PostgreSQL; the README beside this file says how far that goes. */
export async function startCrateDbBridge(database: BridgedDatabase): Promise<CrateDbBridge> {
  const client = await waitFor('PostgreSQL to take statements', () => connected(database));
  // The schema that tables without one are in.
  await client.query('CREATE SCHEMA IF NOT EXISTS doc');
  await client.query('SET search_path TO doc');
  const rewritten = new Map<string, string>();
  const bridge = new Bridge(client, database, rewritten);
  const server = await startLoopbackServer((request) => bridge.answer(request));
  return {
    ...server,
    port: Number(new URL(server.url).port),
    get rewritten() {
      return [...rewritten].map(([from, to]) => ({ from, to }));
    },
    query: async (sql, values = []) => (await client.query<object>(sql, [...values])).rows,
    async close() {
      await server.close();
      await client.end();
    },
  };
}

/** PostgreSQL takes connections before it is ready. @returns undefined until then */
async function connected(database: BridgedDatabase): Promise<Client | undefined> {
  const client = new Client({ ...database, host: '127.0.0.1' });
  client.setTypeParser(types.builtins.INT8, Number);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end();
    if (codeOf(error) === startingUp) return undefined;
    throw error;
  }
}

class Bridge {
  constructor(
    private readonly client: Client,
    private readonly database: BridgedDatabase,
    private readonly rewritten: Map<string, string>,
  ) {}

  async answer({ method, url, headers, body }: ReceivedRequest): Promise<Answer> {
    const { user, password } = this.database;
    const known = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    if (headers.authorization !== known) return refusal(401, 'trust authentication failed for user');
    if (method === 'GET' && url.pathname === '/') {
      return jsonAnswer(200, { ok: true, status: 200, name: 'bridge', version: { number: '6.0.0' } });
    }
    if (method !== 'POST' || url.pathname !== '/_sql') return refusal(404, 'no such place');
    const { stmt, args = [], bulk_args: bulk } = statement.parse(JSON.parse(body));
    try {
      return bulk === undefined ? await this.one(stmt, args) : await this.many(stmt, bulk);
    } catch (error) {
      return failed(error);
    }
  }

  private async one(stmt: string, args: readonly unknown[]): Promise<Answer> {
    const { fields, rows, rowCount } = await this.run(stmt, args);
    return jsonAnswer(200, {
      cols: fields.map(({ name }) => name),
      // Only clients with a converter look at them.
      col_types: fields.map(() => 0),
      rows: rows.map((row) => row.map(asCrateDb)),
      rowcount: rowCount ?? 0,
      duration: 0,
    });
  }

  /** Row by row: CrateDB stores what it can, and says of each row how that went. */
  private async many(stmt: string, bulk: readonly (readonly unknown[])[]): Promise<Answer> {
    const results: object[] = [];
    for (const args of bulk) {
      try {
        const { rowCount } = await this.run(stmt, args);
        results.push({ rowcount: rowCount ?? 0 });
      } catch (error) {
        results.push({ rowcount: refusedRow, error_message: wordsOf(error) });
      }
    }
    return jsonAnswer(200, { cols: [], results, duration: 0 });
  }

  private run(stmt: string, args: readonly unknown[]): Promise<QueryResult<unknown[]>> {
    const text = numberedPlaceholders(stmt);
    if (text !== stmt) this.rewritten.set(stmt, text);
    return this.client.query<unknown[]>({ text, values: [...args], rowMode: 'array' });
  }
}

/** Times are milliseconds. */
function asCrateDb(value: unknown): unknown {
  return value instanceof Date || Object.prototype.toString.call(value) === '[object Date]' ? Number(value) : value;
}

function failed(error: unknown): Answer {
  const taken = codeOf(error) === uniqueViolation;
  return taken
    ? refusal(409, `DuplicateKeyException[${wordsOf(error)}]`)
    : refusal(400, `SQLParseException[${wordsOf(error)}]`);
}

/** Errors are those of jest's surroundings, not instances of its Error. */
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
}

function refusal(status: number, message: string): Answer {
  return jsonAnswer(status, { error: { message, code: status * 10 } });
}

function wordsOf(error: unknown): string {
  return typeof error === 'object' && error !== null ? String(Reflect.get(error, 'message')) : String(error);
}
