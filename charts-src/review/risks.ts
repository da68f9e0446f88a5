/** Something a reviewer should ask about. */
export interface Risk {
  /** `high`: by this alone somebody can get more than the rule says, or read what is secret. */
  readonly level: 'high' | 'notice';
  /** What it means, as the rest of a sentence that starts with who may do it. */
  readonly meaning: string;
}

/** A rule for one resource and one subject. */
export interface Grant {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly names: readonly string[];
  readonly verbs: readonly string[];
  readonly subject: string | undefined;
}

const reading = ['get', 'list', 'watch'];
const writing = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const changing = ['create', 'update', 'patch'];
const rbac = 'rbac.authorization.k8s.io';

interface RiskRule {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly level: Risk['level'];
  readonly meaning: string;
}

/**
 * Resources by which somebody gets further than the rule reads, after the list of Kubernetes' RBAC good practices. The first row
 * that a grant matches counts.
 */
const riskRules: readonly RiskRule[] = [
  rule('', ['secrets'], reading, 'high', 'reads Secrets'),
  rule('', ['secrets'], writing, 'notice', 'writes Secrets'),
  rule('', ['serviceaccounts/token'], ['create'], 'high', 'issues tokens of other accounts'),
  rule(
    '',
    ['pods/exec', 'pods/attach', 'pods/ephemeralcontainers', 'pods/portforward'],
    ['get', ...changing],
    'high',
    'reaches into running pods',
  ),
  rule('', ['nodes/proxy'], ['get', ...writing], 'high', 'commands kubelets past the API server'),
  rule('', ['pods', 'replicationcontrollers'], changing, 'high', 'runs pods as any account of the namespace'),
  rule(
    'apps',
    ['deployments', 'statefulsets', 'daemonsets', 'replicasets'],
    changing,
    'high',
    'runs pods as any account of the namespace',
  ),
  rule('batch', ['jobs', 'cronjobs'], changing, 'high', 'runs pods as any account of the namespace'),
  rule('', ['persistentvolumes'], changing, 'high', 'mounts any path of a node'),
  rule(
    rbac,
    ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
    writing,
    'high',
    'changes who may do what',
  ),
  rule(
    rbac,
    ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
    reading,
    'notice',
    'reads who may do what',
  ),
  rule(
    'admissionregistration.k8s.io',
    ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    changing,
    'high',
    'reads and changes what others send to the API server',
  ),
  rule('apiextensions.k8s.io', ['customresourcedefinitions'], writing, 'high', 'changes APIs'),
  rule(
    'certificates.k8s.io',
    ['certificatesigningrequests/approval', 'signers'],
    ['update', 'patch', 'approve', 'sign'],
    'high',
    'issues certificates that clients are known by',
  ),
  rule('', ['namespaces'], writing, 'high', 'lifts what a namespace enforces, or deletes all that is in it'),
];

/** Verbs that say by themselves what they are for. */
const riskyVerbs: Readonly<Record<string, string>> = {
  escalate: 'gives roles more than it has itself',
  bind: 'binds roles it does not have',
  impersonate: 'acts as somebody else',
};

const everybody = ['Group system:authenticated', 'Group system:unauthenticated', 'User system:anonymous'];

/** What is risky about a grant; empty for the most. */
export function risksOf(grant: Grant): Risk[] {
  const { group, resource, namespace, names, verbs, subject } = grant;
  const risks: Risk[] = [];
  if ([group, resource, ...verbs].includes('*')) risks.push(high('a wildcard: more than anybody reads here'));
  for (const verb of verbs) {
    const meaning = riskyVerbs[verb];
    if (meaning !== undefined) risks.push(high(meaning));
  }
  if (verbs.includes('deletecollection')) risks.push({ level: 'notice', meaning: 'deletes many objects at once' });
  const known = riskRules.find((one) => matches(one, grant));
  if (known !== undefined) {
    // A rule for objects by name, or a list of what is in one namespace, is smaller than the same for all.
    const scope = names.length > 0 ? 'by name' : namespace === undefined ? 'in the whole cluster' : `in ${namespace}`;
    const level = known.level === 'high' && names.length === 0 ? 'high' : 'notice';
    risks.push({ level, meaning: `${known.meaning}, ${scope}` });
  }
  if (subject !== undefined && everybody.includes(subject)) risks.push(high('everybody may'));
  return risks;
}

function rule(
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  level: Risk['level'],
  meaning: string,
): RiskRule {
  return { group, resources, verbs, level, meaning };
}

function matches({ group, resources, verbs }: RiskRule, grant: Grant): boolean {
  return (
    (grant.group === '*' || grant.group === group) &&
    (grant.resource === '*' || resources.includes(grant.resource)) &&
    (grant.verbs.includes('*') || grant.verbs.some((verb) => verbs.includes(verb)))
  );
}

function high(meaning: string): Risk {
  return { level: 'high', meaning };
}
