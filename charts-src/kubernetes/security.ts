import { type Json, type JsonMap, type Manifest, mapAt, mapsAt, nameOf, textOf } from './manifest';
import { containersOf, mapContainers, mapPodTemplate, podTemplateOf } from './pod-template';

/** Volume types that the "restricted" Pod security standard allows. */
const allowedVolumes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/**
 * Makes a workload's pods meet the "restricted" Pod security standard, and two rules of ours: a read-only root file system,
 * and no token of the ServiceAccount unless asked for. What is not said is filled in; what is said and breaks the standard
 * is an error, since filling it in would change what the author meant.
 *
 * @throws naming the object, the field and what is allowed
 */
export function withRestrictedPods(manifest: Manifest): Manifest {
  const template = podTemplateOf(manifest);
  if (template === undefined) return manifest;
  const breach = breachOf(mapAt(template, 'spec'));
  if (breach !== undefined) throw new Error(`rendering ${nameOf(manifest)}: ${breach}`);
  return mapPodTemplate(manifest, (pod) => ({ ...pod, spec: restricted(mapAt(pod, 'spec')) }));
}

function restricted(podSpec: JsonMap): JsonMap {
  const pod = mapContainers(podSpec, (container) => {
    const context = mapAt(container, 'securityContext');
    const capabilities = mapAt(context, 'capabilities');
    const filled = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, ...context };
    return { ...container, securityContext: { ...filled, capabilities: { ...capabilities, drop: ['ALL'] } } };
  });
  return {
    automountServiceAccountToken: false,
    ...pod,
    securityContext: {
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      ...mapAt(podSpec, 'securityContext'),
    },
  };
}

function breachOf(podSpec: JsonMap): string | undefined {
  const hostUse = ['hostNetwork', 'hostPID', 'hostIPC'].find((field) => podSpec[field] === true);
  if (hostUse !== undefined) return `${hostUse}: got true, the restricted Pod security standard allows false only`;
  for (const volume of mapsAt(podSpec, 'volumes')) {
    const type = Object.keys(volume).find((key) => key !== 'name' && !allowedVolumes.has(key));
    if (type === undefined) continue;
    return `volume ${textOf(volume['name'])}: got ${type}, allowed: ${[...allowedVolumes].join(', ')}`;
  }
  return (
    contextBreach('pod', mapAt(podSpec, 'securityContext')) ??
    containersOf(podSpec)
      .map((container) => containerBreach(container))
      .find((breach) => breach !== undefined)
  );
}

function containerBreach(container: JsonMap): string | undefined {
  const where = `container ${textOf(container['name'])}`;
  const context = mapAt(container, 'securityContext');
  const added = mapAt(context, 'capabilities')['add'];
  const names: readonly Json[] = Array.isArray(added) ? added : [];
  const capability = names.find((name) => name !== 'NET_BIND_SERVICE');
  if (capability !== undefined) return `${where}: got capability ${textOf(capability)}, allowed: NET_BIND_SERVICE`;
  const hostPort = mapsAt(container, 'ports').find((port) => port['hostPort'] !== undefined)?.['hostPort'];
  if (hostPort !== undefined) return `${where}: got host port ${textOf(hostPort)}, none is allowed`;
  return contextBreach(where, context);
}

/** Fields of a security context that may be left out, and what they may be otherwise. */
const demanded: Readonly<Record<string, boolean>> = {
  privileged: false,
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
};

function contextBreach(where: string, context: JsonMap): string | undefined {
  for (const [field, value] of Object.entries(demanded)) {
    if (context[field] !== undefined && context[field] !== value) {
      return `${where}: ${field}: got ${textOf(context[field])}, allowed: ${value}`;
    }
  }
  if (context['runAsUser'] === 0) return `${where}: runAsUser: got 0, allowed: any other user`;
  const profile = mapAt(context, 'seccompProfile')['type'];
  if (profile === undefined || profile === 'RuntimeDefault' || profile === 'Localhost') return undefined;
  return `${where}: seccompProfile: got ${textOf(profile)}, allowed: RuntimeDefault, Localhost`;
}
