import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Testing } from 'cdk8s';
import { downloadModule } from '../../charts-src/import/go-module';
import { foreignCrdSets } from '../../charts-src/import/sources';
import { HttpRoute, HttpRouteSpecRulesMatchesPathType } from '../../imports/gateway.networking.k8s.io';
import { ServiceMonitor } from '../../imports/monitoring.coreos.com';
import { VirtualService } from '../../imports/networking.istio.io';
import { Service as KnativeService } from '../../imports/serving.knative.dev';
import { itWithGo, needsGo } from '../charts-src/import/go-toolchain';

const directory = resolve(__dirname, '..', '..', 'imports');

async function importedFiles(): Promise<string[]> {
  const names = await readdir(directory);
  return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
}

describe('imports/', () => {
  it('holds a construct of every kind in the table, with the module it comes from in the header', async () => {
    const files = await importedFiles();

    for (const { module, version, files: sources } of foreignCrdSets) {
      for (const { path, kinds } of sources) {
        for (const kind of kinds) {
          const [file] = files.filter((content) => content.includes(`// ${kind}: ${module}@${version} ${path}\n`));
          expect(file).toContain(`kind: '${kind}',`);
        }
      }
    }
  });

  itWithGo.each(foreignCrdSets)(`names the digest of the CRD file of $name as published ${needsGo}`, async (set) => {
    const files = await importedFiles();
    const source = await downloadModule(set);

    for (const { path } of set.files) {
      const digest = createHash('sha256').update(await readFile(join(source, path)));
      expect(files.join('')).toContain(`${set.module}@${set.version} ${path}\n//   sha256 ${digest.digest('hex')}\n`);
    }
  });

  it('renders objects of the foreign API, whatever the spelling of the typed property', () => {
    const chart = Testing.chart();
    new HttpRoute(chart, 'route', {
      metadata: { name: 'iris' },
      spec: {
        parentRefs: [{ name: 'kserve-ingress-gateway', namespace: 'kserve' }],
        rules: [
          {
            matches: [{ path: { type: HttpRouteSpecRulesMatchesPathType.PATH_PREFIX, value: '/' } }],
            backendRefs: [{ name: 'iris-predictor', port: 80, weight: 90 }],
          },
        ],
      },
    });
    new KnativeService(chart, 'service', {
      metadata: { name: 'iris-predictor' },
      spec: { template: { spec: { containers: [{ image: 'example.com/server:1' }], timeoutSeconds: 300 } } },
    });
    new VirtualService(chart, 'virtual-service', {
      metadata: { name: 'iris' },
      spec: { hosts: ['iris.example.com'], http: [{ route: [{ destination: { host: 'gateway' }, weight: 100 }] }] },
    });
    new ServiceMonitor(chart, 'monitor', {
      metadata: { name: 'iris' },
      spec: { selector: { matchLabels: { app: 'iris' } }, endpoints: [{ port: 'metrics' }] },
    });

    expect(Testing.synth(chart)).toEqual([
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'iris' },
        spec: {
          parentRefs: [{ name: 'kserve-ingress-gateway', namespace: 'kserve' }],
          rules: [
            {
              matches: [{ path: { type: 'PathPrefix', value: '/' } }],
              backendRefs: [{ name: 'iris-predictor', port: 80, weight: 90 }],
            },
          ],
        },
      },
      {
        apiVersion: 'serving.knative.dev/v1',
        kind: 'Service',
        metadata: { name: 'iris-predictor' },
        spec: { template: { spec: { containers: [{ image: 'example.com/server:1' }], timeoutSeconds: 300 } } },
      },
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: 'iris' },
        spec: { hosts: ['iris.example.com'], http: [{ route: [{ destination: { host: 'gateway' }, weight: 100 }] }] },
      },
      {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'ServiceMonitor',
        metadata: { name: 'iris' },
        spec: { selector: { matchLabels: { app: 'iris' } }, endpoints: [{ port: 'metrics' }] },
      },
    ]);
  });
});
