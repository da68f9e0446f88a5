import type { Environment } from '../environments/environment';
import { targets } from '../targets/targets';
import type { Files } from './files';
import { environmentFiles, folderFiles, renderEnvironment } from './render-environment';
import { renderTarget } from './render-target';
import { type SummaryRow, summaryRow } from './summary';

/** One folder below `dist/`. */
export interface Output {
  readonly folder: string;
  readonly files: Files;
  readonly summary: readonly SummaryRow[];
}

/** Folder of all of upstream's targets. */
const targetsFolder = 'targets';

/** What is written for an environment. */
export function environmentOutput(environment: Environment): Output {
  const components = renderEnvironment(environment);
  const files = environmentFiles(components);
  const { name } = environment;
  const summary = components.map(({ directory, manifests }) => summaryRow(name, directory, manifests, files));
  return { folder: name, files, summary };
}

/** What is written for upstream's targets. */
export function targetsOutput(): Output {
  const rendered = targets.map((make) => {
    const target = make();
    return { name: target.name, manifests: renderTarget(target) };
  });
  const files = new Map(rendered.flatMap(({ name, manifests }) => folderFiles(name, manifests)));
  const summary = rendered.map(({ name, manifests }) => summaryRow(targetsFolder, name, manifests, files));
  return { folder: targetsFolder, files, summary };
}
