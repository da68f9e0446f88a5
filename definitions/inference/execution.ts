import * as z from 'zod';
import { withUnknownFields } from '../schema/extensions';
import { quantity } from '../kubernetes/quantity';
import { decimal } from '../schema/decimal';
import { atomicList } from '../schema/list';

/** Time as Go writes it: `500ms`, `10s`, `1m30s`. */
const duration = z.string().regex(/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/, 'not a duration such as 500ms or 10s');

const retry = z.strictObject({
  maxAttempts: z.int().min(1).max(1000).describe('Tries of a request. Defaults to 4.').exactOptional(),
  initialBackoff: duration.describe('Wait before the second try. Defaults to 500ms.').exactOptional(),
  maxBackoff: duration.describe('Longest wait between tries. Defaults to 10s.').exactOptional(),
  multiplier: decimal(1, 100).describe('What each wait is longer than the one before. Defaults to 2.').exactOptional(),
  jitter: decimal(0, 1)
    .describe('Share of a wait that is random. Defaults to 0.5: between half of it and all.')
    .exactOptional(),
  retryOn: atomicList(z.string())
    .describe(
      'What is tried again: network, timeout and HTTP statuses. Defaults to these two, 408, 425, 429, 500, 502 to 504.',
    )
    .exactOptional(),
  splitOnFailure: z
    .boolean()
    .describe('Whether a batch that fails is halved to find the bad item. Defaults to true, false for kind krateo.')
    .exactOptional(),
});

const errors = z.strictObject({
  mode: z
    .enum(['failFast', 'continue'])
    .describe('Whether the first bad item ends the run. Defaults to failFast.')
    .exactOptional(),
  maxFailedItems: z
    .int()
    .min(-1)
    .describe('Bad items after which continue gives up; -1 is no limit, the default.')
    .exactOptional(),
  maxFailedRatio: decimal(0, 1)
    .describe('Share of bad items after which continue gives up. Defaults to 1.')
    .exactOptional(),
  minItems: z.int().min(1).describe('Items tried before the share counts. Defaults to 100.').exactOptional(),
  deadLetter: withUnknownFields(z.unknown())
    .describe('Where bad items are kept: inherit (beside the output, the default), none, or an output by its kind.')
    .exactOptional(),
});

/** How a runner works: batching, concurrency, retries, errors, checkpoints. Every field is optional. */
export const execution = z.strictObject({
  batch: z
    .strictObject({
      maxItems: z
        .int()
        .min(0)
        .describe('Items in a request; 0 puts all in one. Defaults to 64, 0 for kind krateo.')
        .exactOptional(),
      maxBytes: quantity
        .describe('Most bytes of a request; a larger item goes alone. Defaults to 4Mi.')
        .exactOptional(),
    })
    .describe('How items are put together.')
    .exactOptional(),
  concurrency: z.int().min(1).max(256).describe('Requests in flight. Defaults to 1.').exactOptional(),
  requestsPerSecond: decimal(0.001, 1_000_000)
    .describe('Most requests in a second; no limit if absent.')
    .exactOptional(),
  order: z
    .enum(['preserve', 'any'])
    .describe('Whether results keep the order of the items. Defaults to preserve.')
    .exactOptional(),
  requestTimeoutSeconds: z
    .int()
    .min(1)
    .describe('Seconds until a request must be answered whole. Defaults to 600.')
    .exactOptional(),
  connectTimeoutSeconds: z
    .int()
    .min(1)
    .describe('Seconds until a connection must be up. Defaults to 10.')
    .exactOptional(),
  retry: retry.describe('How failed requests are tried again.').exactOptional(),
  readiness: z
    .strictObject({
      waitSeconds: z
        .int()
        .min(0)
        .describe('Longest wait for the model to be ready; 0 skips it. Defaults to 300.')
        .exactOptional(),
      pollSeconds: z.int().min(1).describe('Seconds between two looks. Defaults to 5.').exactOptional(),
    })
    .describe('Waiting for the model before the first request.')
    .exactOptional(),
  errors: errors.describe('What happens to items that fail.').exactOptional(),
  emptyInput: z
    .enum(['succeed', 'fail'])
    .describe('What becomes of a run without items. Defaults to succeed.')
    .exactOptional(),
  prefetchBatches: z.int().min(0).max(1000).describe('Batches read ahead. Defaults to 2.').exactOptional(),
  checkpoint: z
    .strictObject({
      mode: z
        .enum(['auto', 'off', 'output', 'configMap', 'pvc'])
        .describe('Where progress is kept. Defaults to auto: beside the output where the kind can hold it.')
        .exactOptional(),
      everyItems: z.int().min(1).describe('Items between two savings. Defaults to 1000.').exactOptional(),
      everySeconds: z.int().min(1).describe('Seconds between two savings. Defaults to 30.').exactOptional(),
    })
    .describe('How an interrupted run is resumed.')
    .exactOptional(),
  maxInputItems: z.int().min(1).describe('Stop after this many items.').exactOptional(),
  dryRun: z.boolean().describe('Read and build requests, send and write nothing. Defaults to false.').exactOptional(),
});
/** Settings as users write them. */
export type ExecutionSettings = z.infer<typeof execution>;

type Resolved<T> = {
  [Field in keyof T]-?: unknown extends T[Field]
    ? T[Field]
    : NonNullable<T[Field]> extends readonly unknown[] | string | number | boolean
      ? NonNullable<T[Field]>
      : Resolved<NonNullable<T[Field]>>;
};

type Unbounded = 'requestsPerSecond' | 'maxInputItems';

/** Settings with every default filled in. What has no default stays absent: it means no limit. */
export type ResolvedExecution = Omit<Resolved<ExecutionSettings>, Unbounded> & Pick<ExecutionSettings, Unbounded>;

/** Statuses and failures that may go away by themselves. */
const transient = ['network', 'timeout', '408', '425', '429', '500', '502', '503', '504'];

/**
 * What counts where neither run nor config say anything.
 *
 * @param inputKind one request with everything is what upstream's runners send for `krateo`, and what its models expect
 */
export function executionDefaults(inputKind: string | undefined): ResolvedExecution {
  const krateo = inputKind === 'krateo';
  return {
    batch: { maxItems: krateo ? 0 : 64, maxBytes: '4Mi' },
    concurrency: 1,
    order: 'preserve',
    requestTimeoutSeconds: 600,
    connectTimeoutSeconds: 10,
    retry: {
      maxAttempts: 4,
      initialBackoff: '500ms',
      maxBackoff: '10s',
      multiplier: 2,
      jitter: 0.5,
      retryOn: transient,
      splitOnFailure: !krateo,
    },
    readiness: { waitSeconds: 300, pollSeconds: 5 },
    errors: { mode: 'failFast', maxFailedItems: -1, maxFailedRatio: 1, minItems: 100, deadLetter: 'inherit' },
    emptyInput: 'succeed',
    prefetchBatches: 2,
    checkpoint: { mode: 'auto', everyItems: 1000, everySeconds: 30 },
    dryRun: false,
  };
}

/**
 * Settings of a run over those of its config over the defaults, leaf by leaf.
 *
 * @param settings the weakest first; absent ones are passed over
 */
export function resolveExecution(
  inputKind: string | undefined,
  ...settings: readonly (ExecutionSettings | undefined)[]
): ResolvedExecution {
  return settings
    .filter((over) => over !== undefined)
    .reduce<ResolvedExecution>(
      (resolved, over) => ({
        ...resolved,
        ...over,
        batch: { ...resolved.batch, ...over.batch },
        retry: { ...resolved.retry, ...over.retry },
        readiness: { ...resolved.readiness, ...over.readiness },
        errors: { ...resolved.errors, ...over.errors },
        checkpoint: { ...resolved.checkpoint, ...over.checkpoint },
      }),
      executionDefaults(inputKind),
    );
}
