import { createHash } from 'node:crypto';
import { archiveLimits } from '../../archive/archive-limits';
import { unpackTar } from '../../archive/unpack-tar';
import type { StagedTree } from '../../destination/staged-tree';
import { switchVariable } from '../../general-settings';
import type { FetchedAmount, OpenSource, SourceContext, TreeSource } from '../../source';
import { noModelFound, StorageError } from '../../storage-error';
import { readBlob } from './blob-stream';
import { dockerCredentials } from './docker-config';
import type { Progress } from '../../transfer/progress';
import { parseImageReference, type ImageReference } from './image-reference';
import { ImageTree } from './image-tree';
import { acceptedManifests, imageArchitecture, imageFor, isTarLayer, parseManifest, type Descriptor } from './manifest';
import { RegistryClient } from './registry-client';

/** Indexes that lead to indexes: more than one is nobody's, and a circle of them is somebody's. */
const mostIndexes = 3;

/** Opens an image of a registry: its `/models` directory is the model. */
export const openOci: OpenSource = (uri, context): TreeSource => {
  const image = parseImageReference(uri);
  const { environment, log } = context;
  const credentials = dockerCredentials(image.registry, environment, log);
  return {
    protocol: 'OCI',
    name: image.name,
    async fetchInto(tree, signal, progress) {
      const own = switchVariable(environment, 'KSERVE_OCI_INSECURE_REGISTRY')
        ? context.http.with({ insecure: true })
        : undefined;
      if (own !== undefined) log.warn(`${image.host}: its certificate is not verified (KSERVE_OCI_INSECURE_REGISTRY)`);
      try {
        const registry = new RegistryClient(image, credentials, own ?? context.http);
        return await fetchImage(registry, image, { ...context, progress }, tree, signal);
      } finally {
        await own?.close();
      }
    },
  };
};

async function fetchImage(
  registry: RegistryClient,
  image: ImageReference,
  context: SourceContext & { readonly progress: Progress },
  tree: StagedTree,
  signal: AbortSignal,
): Promise<FetchedAmount> {
  const layers = (await imageLayers(registry, image, signal)).filter((layer) => isTarLayer(image.name, layer));
  const { progress } = context;
  progress.listedFiles = layers.length;
  progress.listedBytes = layers.reduce((sum, { size }) => sum + size, 0);
  progress.complete = true;
  const limits = archiveLimits(context.environment);
  const model = new ImageTree(tree);
  let [files, bytes] = [0, 0];
  for (const [index, layer] of layers.entries()) {
    context.log.info(`${image.name}: layer ${index + 1} of ${layers.length}, ${layer.digest}, ${layer.size} bytes`);
    const amount = await model.lay((layerTree, rename) =>
      readBlob(layer, { ...context, registry }, signal, (chunks) =>
        unpackTar(chunks, layerTree, { limits, signal, rename, from: `${image.name}, layer ${layer.digest}` }),
      ),
    );
    files += amount.files;
    bytes += amount.bytes;
    progress.files += 1;
  }
  if (!model.seen) {
    throw new StorageError(
      'not-found',
      `OCI image at ${image.name} has no /models/ directory; put the model's files below /models when you build it`,
    );
  }
  if (!model.finish()) throw noModelFound(image.name);
  return { files, bytes };
}

/** The layers of an image for this machine, the lowest first. */
async function imageLayers(
  registry: RegistryClient,
  image: ImageReference,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  let reference = image.reference;
  let digest = image.digest;
  for (let count = 0; count <= mostIndexes; count += 1) {
    const { body, headers } = await registry.manifest(reference, acceptedManifests, signal);
    if (digest !== undefined) verifyDigest(image.name, digest, body);
    const contentType = headers['content-type'];
    const manifest = parseManifest(image.name, body, typeof contentType === 'string' ? contentType : '');
    if (manifest.kind === 'image') return manifest.layers;
    ({ digest } = imageFor(image.name, manifest.platforms, imageArchitecture(process.arch)));
    reference = digest;
  }
  throw new StorageError('other', `OCI error: ${image.name}: more than ${mostIndexes} indexes lead to one another`);
}

function verifyDigest(name: string, digest: string, body: string): void {
  const [algorithm = '', promised] = digest.split(':');
  const got = createHash(algorithm).update(body).digest('hex');
  if (got === promised) return;
  throw new StorageError('corrupt', `OCI error: ${name}: the manifest ${digest} came with the digest ${got}`);
}
