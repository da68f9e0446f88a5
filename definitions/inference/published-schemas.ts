import { jsonSchemaText } from '../schema/json-schema';
import { contract } from './contract';
import { runnerReport } from './runner-report';

/** What other runners read and write, as JSON Schema: texts by name of the file. */
export function publishedSchemas(): ReadonlyMap<string, string> {
  return new Map([
    [
      'runner-contract.schema.json',
      jsonSchemaText('Runner Contract', 'What a runner is given: the file that CONTRACT_PATH names.', contract),
    ],
    [
      'runner-report.schema.json',
      jsonSchemaText(
        'Runner report',
        'What a runner may leave in /dev/termination-log at its end, in at most 4096 bytes.',
        runnerReport,
      ),
    ],
  ]);
}
