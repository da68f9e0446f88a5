import { type Grant, risksOf } from '../../../charts-src/review/risks';

const grant = (resource: string, verbs: string[], more: Partial<Grant> = {}): Grant => ({
  group: '',
  resource,
  namespace: undefined,
  names: [],
  verbs,
  subject: 'ServiceAccount shop/robot',
  ...more,
});
const rbac = { group: 'rbac.authorization.k8s.io' };

describe('the risk of a permission', () => {
  it.each<[string, Grant, string[]]>([
    ['nothing for reading pods', grant('pods', ['get', 'list', 'watch']), []],
    ['nothing for writing events', grant('events', ['create', 'patch'], { group: 'events.k8s.io' }), []],
    ['high for every Secret', grant('secrets', ['list']), ['high: reads Secrets, in the whole cluster']],
    ['high for Secrets of a namespace', grant('secrets', ['get'], { namespace: 'a' }), ['high: reads Secrets, in a']],
    ['small for one Secret', grant('secrets', ['get'], { names: ['x'] }), ['notice: reads Secrets, by name']],
    ['small for writing one', grant('secrets', ['create'], { names: ['x'] }), ['notice: writes Secrets, by name']],
    [
      'high for starting pods by a workload',
      grant('deployments', ['patch'], { group: 'apps', namespace: 'a' }),
      ['high: runs pods as any account of the namespace, in a'],
    ],
    ['nothing for deployments of another group', grant('deployments', ['patch'], { group: 'example.org' }), []],
    [
      'high for tokens',
      grant('serviceaccounts/token', ['create']),
      ['high: issues tokens of other accounts, in the whole cluster'],
    ],
    ['high for a shell', grant('pods/exec', ['create']), ['high: reaches into running pods, in the whole cluster']],
    [
      'high for changing roles',
      grant('roles', ['patch'], rbac),
      ['high: changes who may do what, in the whole cluster'],
    ],
    [
      'small for reading roles',
      grant('roles', ['list'], rbac),
      ['notice: reads who may do what, in the whole cluster'],
    ],
    ['high for impersonation', grant('users', ['impersonate']), ['high: acts as somebody else']],
    ['small for deleting many', grant('pods', ['deletecollection']), ['notice: deletes many objects at once']],
    [
      'high for every verb on everything, Secrets included',
      grant('*', ['*'], { group: '*' }),
      ['high: a wildcard: more than anybody reads here', 'high: reads Secrets, in the whole cluster'],
    ],
    ['high for anonymous users', grant('pods', ['get'], { subject: 'User system:anonymous' }), ['high: everybody may']],
  ])('is %s', (_, given, risks) => {
    expect(risksOf(given).map(({ level, meaning }) => `${level}: ${meaning}`)).toEqual(risks);
  });
});
