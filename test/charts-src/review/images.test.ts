import { imagesOf } from '../../../charts-src/review/images';
import { clusterObject, environmentOf, workload } from './objects';

const digest = `sha256:${'0'.repeat(64)}`;

describe('the images of environments', () => {
  it('come once each, with every container that has them', () => {
    const sidecar = workload('web', { initContainers: [{ name: 'unpack', image: 'example.org/web:1' }] });
    const images = imagesOf([environmentOf('test', [sidecar]), environmentOf('live', [workload('web')])]);
    expect(images).toEqual([
      {
        reference: 'example.org/web:1',
        pinned: false,
        uses: [
          { environment: 'test', component: 'web', object: 'Deployment shop/web', container: 'web' },
          { environment: 'test', component: 'web', object: 'Deployment shop/web', container: 'unpack' },
          { environment: 'live', component: 'web', object: 'Deployment shop/web', container: 'web' },
        ],
      },
    ]);
  });

  it.each([
    ['example.org/web:1', false],
    ['example.org/web', false],
    [`example.org/web:1@${digest}`, true],
    [`example.org/web@${digest}`, true],
    ['example.org/web:1@sha256:short', false],
  ])('%s is pinned: %s', (image, pinned) => {
    expect(imagesOf([environmentOf('test', [workload('web', {}, { image })])])[0]?.pinned).toBe(pinned);
  });

  it('are found in other kinds than workloads, not in definitions that describe them', () => {
    const container = { spec: { container: { name: 'fetch', image: 'example.org/fetch:1' } } };
    const manifests = [
      clusterObject('ClusterStorageContainer', 's3', container),
      clusterObject('CustomResourceDefinition', 'x', container),
    ];
    expect(
      imagesOf([environmentOf('test', manifests)]).flatMap(({ uses }) => uses.map(({ object }) => object)),
    ).toEqual(['ClusterStorageContainer s3']);
  });
});
