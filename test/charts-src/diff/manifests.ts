import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { edited } from './observed/row';

/** Objects of a small environment. */
export const namespace: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'serving' } };

export const claim: Manifest = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'serving' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

export const deployment: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'server', namespace: 'serving' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'server' } },
    template: {
      metadata: { labels: { app: 'server' } },
      spec: { containers: [{ name: 'server', image: 'example.com/server:1', args: ['--port=8080'] }] },
    },
  },
};

export const settings: Manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'serving' },
  data: { 'a.json': '{\n  "a": 1\n}\n', level: 'info' },
};

/** A Deployment of another image. */
export function withImage(manifest: Manifest, image: string): Manifest {
  return edited(manifest, { 'spec.template.spec.containers.0.image': image });
}
