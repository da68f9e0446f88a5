import { posix } from 'node:path';
import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import { containerNames, modelDirectory, volumeNames } from '../../../../definitions/names/serving';
import { withVariables } from '../container-variables';
import { withModelMount, withModelVolume, type ModelMount } from '../model-volume';
import { PodMutationError } from '../pod-mutation-error';
import { servingContainers, withContainers } from '../serving-containers';
import type { StorageSource } from '../storage/initializer-container';
import { ociImage } from './oci-mode';

type StorageSettings = InferenceServiceConfig['storageInitializer'];

/**
 * A pod with the image of a model as a sidecar: it links the image's files, seen through its own process, into a directory that the serving
 * containers share. `index` tells several of a pod apart.
 */
export function addModelcar(
  spec: V1PodSpec,
  { uri, path }: StorageSource,
  index: number,
  settings: StorageSettings,
): V1PodSpec {
  const parent = posix.dirname(path);
  if (parent === '/') {
    throw new PodMutationError(
      `OCI mount path "${path}" is right below the root, which a volume would hide: use a mount path with a directory above it`,
    );
  }
  const suffix = index === 0 ? '' : `-${index}`;
  const mount: ModelMount = {
    volume: { name: `${volumeNames.modelFiles}${suffix}`, emptyDir: {} },
    mountPath: parent,
    readOnly: false,
  };
  const image = ociImage(uri);
  const serving = withContainers(spec, servingContainers(spec).names, (container) =>
    withModelMount(waitingForModel(container, settings), mount),
  );
  const withSidecar = {
    ...serving,
    shareProcessNamespace: true,
    containers: added(serving.containers, sidecar(image, path, suffix, mount, settings)),
    initContainers: added(serving.initContainers ?? [], check(image, suffix, settings)),
  };
  return withModelVolume(withSidecar, mount.volume);
}

function added(containers: readonly V1Container[], container: V1Container): V1Container[] {
  return containers.some(({ name }) => name === container.name) ? [...containers] : [...containers, container];
}

/** The model server starts before the link is there, and reads through the process of another user. */
function waitingForModel(container: V1Container, settings: StorageSettings): V1Container {
  return runAs(withVariables(container, [{ name: 'MODEL_INIT_MODE', value: 'async' }]), settings);
}

function runAs(container: V1Container, { uidModelcar }: StorageSettings): V1Container {
  if (uidModelcar === undefined) return container;
  return { ...container, securityContext: { ...container.securityContext, runAsUser: uidModelcar } };
}

function sidecar(
  image: string,
  path: string,
  suffix: string,
  mount: ModelMount,
  settings: StorageSettings,
): V1Container {
  const directory = path === modelDirectory ? '' : `mkdir -p ${shellWord(posix.dirname(path))} && `;
  // Kubernetes makes $$ of four signs, the shell its own process of that.
  const script = `${directory}ln -sf /proc/$$$$/root/models ${shellWord(path)} && sleep infinity`;
  const name = `${containerNames.modelcar}${suffix}`;
  return runAs(withModelMount(ofImage(name, image, script, settings), mount), settings);
}

/** Fails the pod before it starts when the image has no model in it. */
function check(image: string, suffix: string, settings: StorageSettings): V1Container {
  const said = shellText(`Pre-fetching modelcar ${image}: `);
  const script =
    `echo ${said} && [ -d /models ] && [ "$$(ls -A /models)" ] ` +
    `&& echo 'OK ... Prefetched and valid (/models exists)' ` +
    `|| (echo 'NOK ... Prefetched but modelcar is invalid (/models does not exist or is empty)' && exit 1)`;
  return ofImage(`${containerNames.modelcarInit}${suffix}`, image, script, settings);
}

function ofImage(name: string, image: string, script: string, settings: StorageSettings): V1Container {
  const amounts = () => ({ cpu: settings.cpuModelcar, memory: settings.memoryModelcar });
  return {
    name,
    image,
    args: ['sh', '-c', script],
    resources: { requests: amounts(), limits: amounts() },
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

/** A word of a shell script in arguments of a container: quoted where the shell or Kubernetes would see more in it than text. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : shellText(text);
}

function shellText(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll('$', () => '$$')}'`;
}
