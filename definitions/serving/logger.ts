import * as z from 'zod';
import { stringMap } from '../kubernetes/string-map';
import { atomicList } from '../schema/list';

const loggerStorage = z.strictObject({
  path: z.string().describe('Path in the storage to write to.').exactOptional(),
  parameters: stringMap.describe('Values that replace those of the entry.').exactOptional(),
  key: z.string().describe('Entry of the storage Secret with address and credentials.').exactOptional(),
  serviceAccountName: z.string().describe('ServiceAccount whose Secrets hold the credentials.').exactOptional(),
});

/** Copies requests and responses as CloudEvents. */
export const logger = z.strictObject({
  url: z.string().describe('Where events are posted. Defaults to the platform’s sink.').exactOptional(),
  mode: z.enum(['all', 'request', 'response']).describe('What is logged.').exactOptional(),
  metadataHeaders: atomicList(z.string()).describe('Request headers to copy into events.').exactOptional(),
  metadataAnnotations: atomicList(z.string()).describe('Annotations of the pod to copy into events.').exactOptional(),
  storage: loggerStorage.describe('Storage to write to instead of posting.').exactOptional(),
  marshallerUrl: z.string().describe('Service that turns batches into files.').exactOptional(),
  batchSize: z.int().min(0).describe('Events per file.').exactOptional(),
  batchInterval: z.string().describe('Longest wait for a full batch, for example 10s.').exactOptional(),
});
