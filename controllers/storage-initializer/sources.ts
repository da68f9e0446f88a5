import type { StorageKindName } from '../../definitions/storage/storage-kinds';
import type { OpenSource } from './source';

/**
 * The modules that fetch, by kind of storage. Each is loaded when a URI of its kind is fetched: a pod that fetches from S3 has no use for
 * a git client, and waits for none.
 */
export const sources: Readonly<Record<StorageKindName, () => Promise<OpenSource>>> = {
  gcs: async () => (await import('./sources/gcs/gcs-source.js')).openGcsSource,
  s3: async () => (await import('./sources/s3/s3-source.js')).openS3Source,
  webhdfs: async () => (await import('./sources/webhdfs/webhdfs-source.js')).openWebHdfs,
  azureBlob: async () => (await import('./sources/azure-blob/azure-blob-source.js')).openAzureBlobSource,
  azureFile: async () => (await import('./sources/azure-file/azure-file-source.js')).openAzureFileSource,
  huggingFace: async () => (await import('./sources/hugging-face/hugging-face-source.js')).openHuggingFace,
  modelScope: async () => (await import('./sources/modelscope/modelscope-source.js')).openModelScope,
  oci: async () => (await import('./sources/oci/oci-source.js')).openOci,
  git: async () => (await import('./sources/git/git-source.js')).openGit,
  http: async () => (await import('./sources/http/http-source.js')).openHttpSource,
};
