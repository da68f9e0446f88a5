import * as z from 'zod';
import { exitCodes } from '../../../../definitions/inference/runner-report';
import { RunnerError } from '../../runner-error';
import type { Work } from '../../work';

const whole = z.int().min(0);
const ranges = z.array(z.tuple([whole, whole]));

const checkpointSchema = z.object({
  v: z.literal(1),
  executionId: z.string(),
  contractHash: z.string(),
  shard: whole,
  position: whole,
  doneRanges: ranges,
  counts: z.object({ succeeded: whole, failed: whole }),
});

/** Progress as it is kept beside the parts. What is done is told by the parts themselves; this says whose they are. */
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** Ranges as they are written: pairs of first and last item. */
export const rangesSchema = ranges;

/** Refuses what other work has left. @param place of the checkpoint, for the message. @throws RunnerError with exit code 8 */
export function checkOwner(text: string, place: string, { executionId, contractHash, shard }: Work): void {
  const parsed = checkpointSchema.safeParse(parsedJson(text));
  if (!parsed.success) {
    throw foreignOutput(`${place} is not a checkpoint of this version: delete the folder or write elsewhere`);
  }
  const { data } = parsed;
  if (data.executionId === executionId && data.contractHash === contractHash && data.shard === shard) return;
  const of = data.executionId === executionId ? 'another contract' : `execution ${data.executionId}`;
  throw foreignOutput(`${place} is of ${of}, this is ${executionId}: delete the folder or write elsewhere`);
}

/** What is there is not ours. */
export function foreignOutput(problem: string): RunnerError {
  return new RunnerError(exitCodes.checkpoint, 'STORAGE_WRITE', `resuming: ${problem}`);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
