import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import type { Versitygw } from '../storage-servers/versitygw';

/** The model that the example serves: a file small enough to be read by people. */
const exampleModel = {
  file: 'examples/iris-model.json',
  name: 'iris',
  version: 'v1',
  bucket: 'models',
  key: 'iris/v1/iris-model.json',
} as const;

/** Where the registry has the example's model. */
export const exampleModelUri = `s3://${exampleModel.bucket}/${exampleModel.key}`;

const createdSchema = z.object({ id: z.string() });

/**
 * Uploads the example's model and registers it, as its author would: registered model 1 and version 2, which the example names.
 *
 * @param missing whether the author forgets to upload it
 */
export async function publishExampleModel(registryUrl: string, storage: Versitygw, missing: boolean): Promise<void> {
  const bytes = await readFile(exampleModel.file);
  await storage.makeBucket(exampleModel.bucket);
  if (!missing) await storage.put(exampleModel.bucket, exampleModel.key, bytes);

  const post = async (path: string, body: object) => {
    const response = await fetch(`${registryUrl}/api/model_registry/v1alpha3/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`registering the example's model: POST ${path}: ${response.status} ${text}`);
    return createdSchema.parse(JSON.parse(text)).id;
  };
  const { name, version } = exampleModel;
  const registeredModelId = await post('registered_models', { name });
  const versionId = await post('model_versions', { name: version, registeredModelId });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await post(`model_versions/${versionId}/artifacts`, {
    artifactType: 'model-artifact',
    name: 'centroids',
    uri: exampleModelUri,
    // The storage initializer holds the file against it.
    customProperties: { sha256: { metadataType: 'MetadataStringValue', string_value: sha256 } },
  });
}

/** @throws when a directory has anything in it but the example's model as it was uploaded, and dot files */
export async function expectExampleModel(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.'));
  const expected = basename(exampleModel.key);
  if (names.join() !== expected) throw new Error(`${directory}: got ${names.join(', ')}, expected ${expected} alone`);
  const [fetched, uploaded] = await Promise.all([readFile(join(directory, expected)), readFile(exampleModel.file)]);
  if (!fetched.equals(uploaded)) throw new Error(`${join(directory, expected)}: not what was uploaded`);
}
