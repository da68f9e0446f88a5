import { startDatabaseHandler, type DatabaseHandler } from '../doubles/database-handler/handler';
import { startModelServer } from '../doubles/model-server/model-server';
import type { Manifest } from './manifests';

/** Tables of the example's run, as examples/iris-runs.yaml names them. */
const tables = { input: 'kserve_controller_input', output: 'kserve_controller_output' } as const;

/** Three flowers, one of each species. */
const flowers = [
  [5.1, 3.5, 1.4, 0.2],
  [6.4, 3.2, 4.5, 1.5],
  [6.3, 3.3, 6, 2.5],
];

/** What the model says of them, as the table gets it. */
export const exampleSpecies = '[0,1,2]';

/** Host of the example's predictor in the cluster. */
const predictorHost = 'iris-model-predictor.ml-models.svc.cluster.local';
const handlerSecret = { name: 'finops-database-handler-endpoint', namespace: 'ml-models' };

/** What the example's run speaks to on this machine. */
export interface RunSurroundings {
  /** Secret with the database handler's address and credentials. */
  readonly secret: Manifest;
  /** `host[:port]` on this machine by host in the cluster. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Predictions that the notebook for output got, each time it was called. */
  readonly predictions: readonly string[];
  /** For people. */
  readonly description: string;
  stop(): Promise<void>;
}

/**
 * Starts what the example's run reads, asks and writes: a double of the FinOps database handler, whose notebooks work on tables in memory,
 * and a double of the model's server.
 */
export async function startRunSurroundings(): Promise<RunSurroundings> {
  const predictions: string[] = [];
  const password = 'handler-password-of-npm-start';
  const handler: DatabaseHandler = await startDatabaseHandler({
    password,
    notebooks: {
      kserveinput: ({ input_table_name: table }) =>
        table === tables.input ? printed(JSON.stringify({ result: flowers })) : failed(`no table ${table ?? ''}`),
      kserveoutput: ({ output_table_name: table, predictions: text = '' }) => {
        if (table !== tables.output) return failed(`no table ${table ?? ''}`);
        predictions.push(text);
        return printed('');
      },
    },
  });
  const model = await startModelServer({ names: { 'iris-model': 'sklearn-iris' } });
  return {
    secret: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: handlerSecret,
      stringData: { 'server-url': handler.url, username: 'system', password },
    },
    addresses: new Map([[predictorHost, new URL(model.url).host]]),
    predictions,
    description: `${handler.url} (a double of the FinOps database handler), ${model.url} (a double of the model's server)`,
    stop: async () => {
      await handler.close();
      await model.close();
    },
  };
}

const printed = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });
const failed = (stderr: string) => ({ exitCode: 1, stdout: '', stderr });
