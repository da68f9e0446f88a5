import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { externalReferences, refuseUnknownReferences } from '../../../charts-src/kubernetes/references';

const workload = (annotations?: Record<string, string>): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'server', namespace: 'team', ...(annotations === undefined ? {} : { annotations }) },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'main',
            env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } }],
            envFrom: [{ configMapRef: { name: 'settings', optional: true } }],
          },
        ],
      },
    },
  },
});
const of = (kind: string, name: string, more: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'team', ...more },
});

describe('what pods refer to', () => {
  it('that nobody brings is refused, naming workload and object', () => {
    expect(() => refuseUnknownReferences([workload()])).toThrow(
      'rendering Deployment team/server: it refers to Secret/database, which is not rendered',
    );
  });

  it.each<[string, Manifest]>([
    ['an ExternalSecret makes', { ...of('ExternalSecret', 'any'), spec: { target: { name: 'database' } } }],
    ['a SealedSecret makes', of('SealedSecret', 'database')],
    ['cert-manager makes', { ...of('Certificate', 'any'), spec: { secretName: 'database' } }],
    ['a Job makes', of('Job', 'any', { annotations: { 'slipway.dev/generates': 'Secret/database' } })],
  ])('may be what %s', (_, bringer) => {
    expect(() => refuseUnknownReferences([workload(), bringer])).not.toThrow();
  });

  it('may be somebody else’s, once the workload says so', () => {
    expect(() =>
      refuseUnknownReferences([workload(externalReferences(['Secret/database']).annotations)]),
    ).not.toThrow();
  });

  it('of another namespace does not count', () => {
    const elsewhere = { ...of('SealedSecret', 'database'), metadata: { name: 'database', namespace: 'other' } };
    expect(() => refuseUnknownReferences([workload(), elsewhere])).toThrow('it refers to Secret/database');
  });

  it('must be referred to when it is declared', () => {
    const { annotations = {} } = externalReferences(['Secret/database', 'ConfigMap/gone']);
    expect(() => refuseUnknownReferences([workload(annotations)])).toThrow(
      'annotation slipway.dev/external-references: ConfigMap/gone: no pod refers to it',
    );
  });

  it('must not be declared when it is rendered', () => {
    const { annotations = {} } = externalReferences(['Secret/database']);
    expect(() => refuseUnknownReferences([workload(annotations), of('SealedSecret', 'database')])).toThrow(
      'Secret/database: the environment renders it',
    );
  });
});
