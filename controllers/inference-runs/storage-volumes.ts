import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { ExecutionSettings } from '../../definitions/inference/execution';
import type { InferenceConfig } from '../../definitions/inference/inference-config';
import { configMapInputDirectory, inputDirectory, outputDirectory } from '../../definitions/names/inference';
import { claimOf, type Claim } from './claim';
import type { PodVolumes } from './pod-volumes';
import type { StorageByKind } from './storage-kind';

/** Names of the volumes. */
const inputVolume = 'storage-input';
const outputVolume = 'storage-output';
const configMapVolume = 'storage-config-map';

/**
 * Volumes of the storage kinds that are volumes: claims of `pvc`, the ConfigMap of `configMap`. Dead letters on a claim are mounted where
 * the output would be.
 *
 * @param execution as resolved, for its dead letters
 */
export function storageVolumes(config: InferenceConfig, execution: Pick<ExecutionSettings, 'errors'>): PodVolumes {
  const { input, output } = config.spec?.storage ?? {};
  const read = claimOf(input);
  const written = claimOf(output) ?? claimOf(deadLetterOutput(execution.errors?.deadLetter));
  const isShared = read !== undefined && read.claimName === written?.claimName;
  const inputFrom = isShared ? outputVolume : inputVolume;
  const file = configMapFile(input);
  return {
    volumes: [
      ...(read !== undefined && !isShared ? [claimVolume(inputVolume, read, true)] : []),
      ...(written === undefined ? [] : [claimVolume(outputVolume, written, false)]),
      ...(file === undefined ? [] : [file]),
    ],
    mounts: [
      ...(read === undefined ? [] : [{ ...claimMount(inputFrom, inputDirectory, read), readOnly: true }]),
      ...(written === undefined ? [] : [claimMount(outputVolume, outputDirectory, written)]),
      ...(file === undefined ? [] : [{ name: configMapVolume, mountPath: configMapInputDirectory, readOnly: true }]),
    ],
  };
}

/** Dead letters as an output by its kind, undefined where they are told in a word. */
export function deadLetterOutput(deadLetter: unknown): StorageByKind | undefined {
  if (typeof deadLetter !== 'object' || deadLetter === null || Array.isArray(deadLetter)) return undefined;
  const kinds = Object.entries(deadLetter).map(([kind, settings]: [string, unknown]): [string, object] => [
    kind,
    typeof settings === 'object' && settings !== null ? settings : {},
  ]);
  return Object.fromEntries(kinds.map(([kind, settings]) => [kind, { ...settings }]));
}

/** Volumes that only allow one reader would be attached for writing, if the source didn't say it; one that is written too can't. */
function claimVolume(name: string, { claimName }: Claim, readOnly: boolean): V1Volume {
  return { name, persistentVolumeClaim: { claimName, ...(readOnly && { readOnly }) } };
}

function claimMount(name: string, mountPath: string, { subPath }: Claim): V1VolumeMount {
  return { name, mountPath, ...(subPath !== undefined && { subPath }) };
}

/** One key where one is named: other keys of the ConfigMap are nobody's business. */
function configMapFile(input: StorageByKind | undefined): V1Volume | undefined {
  const { name, key } = input?.['configMap'] ?? {};
  if (typeof name !== 'string' || name === '') return undefined;
  const items = typeof key === 'string' && key !== '' ? { items: [{ key, path: key }] } : {};
  return { name: configMapVolume, projected: { sources: [{ configMap: { name, ...items } }] } };
}
