/**
 * How the API server takes the parts of objects that we write, by the name of the member: its schemas say it with
 * x-kubernetes-list-type and -map-keys, with types (Quantity) and with `omitempty`. A member that is not named here is taken for the
 * strictest: its list is atomic, its values are compared as written, and it is stored even when empty.
 */

/** Lists whose elements have a key. Of several rows the first counts whose first member the element has. */
const listKeys: Readonly<Record<string, readonly (readonly [string, ...string[]])[]>> = {
  containers: [['name']],
  initContainers: [['name']],
  env: [['name']],
  volumes: [['name']],
  volumeMounts: [['mountPath']],
  volumeDevices: [['devicePath']],
  imagePullSecrets: [['name']],
  claims: [['name']],
  resourceClaims: [['name']],
  schedulingGates: [['name']],
  hostAliases: [['ip']],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  ports: [
    ['containerPort', 'protocol'],
    ['port', 'protocol'],
  ],
  ownerReferences: [['uid']],
};

/** Members of keys that the API server fills in. */
const keyDefaults: Readonly<Record<string, string>> = { protocol: 'TCP' };

/** Whether the elements of this list are told apart by keys; else the list is atomic. */
export function isKeyedList(member: string): boolean {
  return Object.hasOwn(listKeys, member);
}

/** Key of an element of a keyed list; undefined when it has none. */
export function elementKey(member: string, element: unknown): string | undefined {
  if (typeof element !== 'object' || element === null) return undefined;
  for (const [first, ...more] of listKeys[member] ?? []) {
    const key = keyPart(element, first);
    if (key === undefined) continue;
    return more.reduce((parts, name) => `${parts}/${keyPart(element, name) ?? keyDefaults[name] ?? ''}`, key);
  }
  return undefined;
}

function keyPart(element: object, name: string): string | undefined {
  const value: unknown = Reflect.get(element, name);
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined;
}

const quantities = new Set(['sizeLimit', 'divisor', 'averageValue', 'tolerance']);
const quantityMaps = new Set(['limits', 'requests']);

/** Whether a member holds a quantity, which has many spellings: `limits.cpu`, `sizeLimit`, `target.value`. */
export function isQuantity(parent: string, member: string): boolean {
  return quantities.has(member) || quantityMaps.has(parent) || (parent === 'target' && member === 'value');
}

const droppedMaps = new Set(['labels', 'annotations', 'nodeSelector', 'matchLabels', 'limits', 'requests', 'data']);
const droppedZeros = new Set([
  'stdin',
  'stdinOnce',
  'tty',
  'readOnly',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'hostPort',
  'initialDelaySeconds',
  'minReadySeconds',
  'publishNotReadyAddresses',
]);

/** Whether the API server stores this value by leaving the member out. */
export function isDroppedWhenEmpty(member: string, value: unknown): boolean {
  if (value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object') return droppedMaps.has(member) && Object.keys(value).length === 0;
  return (value === false || value === 0) && droppedZeros.has(member);
}

/** What the API server adds to elements of atomic lists: fieldRefs, projected tokens, routes. */
const elementDefaults = new Map<string, readonly unknown[]>([
  ['apiVersion', ['v1']],
  ['divisor', ['0']],
  ['expirationSeconds', [3600]],
  ['group', ['', 'gateway.networking.k8s.io']],
  ['kind', ['Service', 'Gateway']],
  ['weight', [1]],
  ['type', ['PathPrefix', 'Exact']],
  ['value', ['/']],
]);

/** Whether a member of an atomic list's element, which we did not write, is there by default. */
export function isElementDefault(member: string, value: unknown): boolean {
  if (member === 'matches' || member === 'path') return isAllDefault(value);
  return elementDefaults.get(member)?.includes(value) ?? false;
}

function isAllDefault(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isAllDefault);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([member, each]) => isElementDefault(member, each));
}
