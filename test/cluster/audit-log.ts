import { randomUUID } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ClusterConnection } from './cluster-connection';
import { clusterFiles } from './control-plane-flags';
import type { ObjectClient } from './object-client';
import { waitFor } from './wait-for';

const eventSchema = z.object({
  stage: z.string(),
  verb: z.string(),
  requestURI: z.string(),
  stageTimestamp: z.string(),
  user: z.object({ username: z.string() }),
  objectRef: z
    .object({
      apiGroup: z.string().default(''),
      resource: z.string().optional(),
      subresource: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string().optional(),
    })
    .optional(),
  responseStatus: z.object({ code: z.number().default(0) }).optional(),
  requestObject: z.unknown().optional(),
  responseObject: z.unknown().optional(),
});

const writtenSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

/** One request that the API server answered. */
export interface AuditEvent {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` ... */
  readonly verb: string;
  /** User name, `system:serviceaccount:NAMESPACE:NAME` for ServiceAccounts. */
  readonly user: string;
  /** API group, `''` for core and for requests without a resource. */
  readonly group: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  /** Name of the object; absent for collections and for a create with generateName. */
  readonly name?: string;
  /** HTTP status of the answer. */
  readonly code: number;
  /** Path with query: field manager, selectors and time-outs are here. */
  readonly requestURI: string;
  /** When the answer was complete; for a watch when it started. RFC 3339. */
  readonly time: string;
  /** What a write sent. Not with audit level `metadata`. */
  readonly requestObject?: unknown;
  /** resourceVersion that a write left the object with. Not with audit level `metadata`. */
  readonly resourceVersion?: string;
}

/** A place in the audit log: everything answered before lies before it. */
export interface AuditMark {
  /** Bytes from the start of the log. */
  readonly offset: number;
}

/** Query parameter of the request that a mark leaves in the log. */
const markParameter = 'slipway-audit-mark';

/** The API server's audit log as this test sees it: what was really asked of it, by whom, with which outcome. */
export class AuditLog {
  private readonly file: string;

  constructor(
    private readonly client: ObjectClient,
    { directory, audit }: Pick<ClusterConnection, 'directory' | 'audit'>,
  ) {
    if (audit === 'off') throw new Error('reading the audit log: this cluster was started without one (audit: off)');
    this.file = join(directory, clusterFiles.auditLog);
  }

  /**
   * Marks this moment, by a request of its own that must show up in the log. Whoever answers a request writes its event
   * before it turns to the next one, so everything answered to us earlier lies before the mark.
   *
   * *Caveat*: of an answer larger than the server's buffer we may hold the last byte a moment before the event is
   * written; the mark's own round trip (1 ms) covers that moment in practice.
   */
  async mark(): Promise<AuditMark> {
    const id = randomUUID();
    // A log of a long run has hundreds of megabytes; the mark can only come after what is there now.
    const from = (await stat(this.file)).size;
    await this.client.request('GET', '/version', { query: { [markParameter]: id } });
    return waitFor('the audit log to be flushed', async () => {
      const text = await this.read(from);
      const found = text.indexOf(id);
      const end = text.indexOf('\n', found);
      return found >= 0 && end >= 0 && { offset: from + end + 1 };
    });
  }

  /**
   * Every request answered since a mark, oldest first; a watch counts from its start. Waits until the log holds what
   * this process was answered so far.
   *
   * @param user only this user's requests, by full name
   */
  async since(mark: AuditMark, { user }: { readonly user?: string } = {}): Promise<AuditEvent[]> {
    const end = await this.mark();
    const lines = (await this.read(mark.offset, end.offset)).toString('utf8').split('\n');
    return lines
      .filter((line) => line !== '' && !line.includes(markParameter))
      .flatMap(parseEvent)
      .filter((event) => user === undefined || event.user === user);
  }

  private async read(from: number, to?: number): Promise<Buffer> {
    const file = await open(this.file, 'r');
    try {
      const length = (to ?? (await file.stat()).size) - from;
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, from);
      return buffer;
    } finally {
      await file.close();
    }
  }
}

/** A watch has two events, ResponseStarted and ResponseComplete; the second one comes when it ends, and is dropped. */
function parseEvent(line: string): AuditEvent[] {
  const event = eventSchema.parse(JSON.parse(line));
  if (event.verb === 'watch' && event.stage !== 'ResponseStarted') return [];
  const { apiGroup = '', resource, subresource, namespace, name } = event.objectRef ?? {};
  const written = writtenSchema.safeParse(event.responseObject);
  return [
    {
      verb: event.verb,
      user: event.user.username,
      group: apiGroup,
      ...(resource !== undefined && { resource }),
      ...(subresource !== undefined && { subresource }),
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      code: event.responseStatus?.code ?? 0,
      requestURI: event.requestURI,
      time: event.stageTimestamp,
      ...(event.requestObject !== undefined && { requestObject: event.requestObject }),
      ...(written.success && { resourceVersion: written.data.metadata.resourceVersion }),
    },
  ];
}
