import type { Json, JsonMap } from '../kubernetes/manifest';

/** What is filled in at a place of an object: members, or what they are computed from. */
export type Default = readonly [place: string, fill: JsonMap | ((map: JsonMap) => JsonMap)];

const probe: JsonMap = {
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};
const httpGet: JsonMap = { path: '/', scheme: 'HTTP' };

const containerDefaults: readonly Default[] = [
  ['', ({ image }) => ({ imagePullPolicy: pullPolicy(image) })],
  ['', { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' }],
  ['', { stdin: false, stdinOnce: false, tty: false }],
  ['ports[]', { protocol: 'TCP' }],
  ['env[]', ({ valueFrom }) => (valueFrom === undefined ? { value: '' } : {})],
  ['env[].valueFrom.fieldRef', { apiVersion: 'v1' }],
  ['env[].valueFrom.resourceFieldRef', { divisor: '0' }],
  ['volumeMounts[]', { readOnly: false }],
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name): Default[] => [
    [name, probe],
    [`${name}.httpGet`, httpGet],
    [`${name}.grpc`, { service: '' }],
  ]),
  ['lifecycle.preStop.httpGet', httpGet],
  ['lifecycle.postStart.httpGet', httpGet],
];

/** What the API server fills in below the `spec` of a pod template. */
export const podDefaults: readonly Default[] = [
  [
    '',
    {
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      terminationGracePeriodSeconds: 30,
      securityContext: {},
      hostNetwork: false,
      hostPID: false,
      hostIPC: false,
    },
  ],
  // The old name of the field, kept in step by the API server.
  ['', ({ serviceAccountName }) => (serviceAccountName === undefined ? {} : { serviceAccount: serviceAccountName })],
  ...['containers[]', 'initContainers[]'].flatMap((list) => below(list, containerDefaults)),
  ['volumes[]', (volume) => (Object.keys(volume).length === 1 ? { emptyDir: {} } : {})],
  ['volumes[].configMap', { defaultMode: 0o644 }],
  ['volumes[].secret', { defaultMode: 0o644 }],
  ['volumes[].downwardAPI', { defaultMode: 0o644 }],
  ['volumes[].projected', { defaultMode: 0o644 }],
  ['volumes[].projected.sources[].serviceAccountToken', { expirationSeconds: 3600 }],
  ['volumes[].projected.sources[].downwardAPI.items[].fieldRef', { apiVersion: 'v1' }],
  ['volumes[].downwardAPI.items[].fieldRef', { apiVersion: 'v1' }],
  ['volumes[].hostPath', { type: '' }],
  ['volumes[].ephemeral.volumeClaimTemplate.spec', { volumeMode: 'Filesystem' }],
];

/** Where quantities stand below the `spec` of a pod template. */
export const podQuantities: readonly string[] = [
  ...['containers[]', 'initContainers[]'].flatMap((list) => [`${list}.resources.limits`, `${list}.resources.requests`]),
  'volumes[].emptyDir',
];

/** Defaults of something that stands at a place. */
export function below(place: string, defaults: readonly Default[]): Default[] {
  return defaults.map(([inner, fill]) => [[place, inner].filter((part) => part !== '').join('.'), fill]);
}

/** An image without tag, or of tag `latest`, is pulled each time; one with a digest and no tag is not. */
function pullPolicy(image: Json | undefined): string {
  const [, tag] = /^(?:.*\/)?[^/:@]+(?::([^@]+))?/.exec(typeof image === 'string' ? image : '') ?? [];
  const byDigest = typeof image === 'string' && image.includes('@');
  return tag === 'latest' || (tag === undefined && !byDigest) ? 'Always' : 'IfNotPresent';
}
