import type { ClusterStorageContainer } from '../../definitions/serving/cluster-storage-container';

const prefixes = [
  'gs://',
  's3://',
  'pvc://',
  'file://',
  'https://',
  'http://',
  'hdfs://',
  'webhdfs://',
  'oci://',
  'oci+native://',
  'oci+fetch://',
  'hf://',
];
const azureHost = 'blob.core.windows.net';
const azureBlob = /https:\/\/(.+?).blob.core.windows.net\/(.+)/;
const scheme = /\w+?:\/\//;

/** Expressions are an administrator's, URIs are users': what a bad pair costs grows with the square of this. */
const longestUri = 4096;

/**
 * Why a storage URI can't be fetched; undefined when it can: by a ClusterStorageContainer, or as what the storage
 * initializer knows, a path without a scheme included.
 */
export function storageUriRefusal(
  uri: string,
  storageContainers: readonly ClusterStorageContainer[],
): string | undefined {
  if (uri.length > longestUri) {
    return `storageUri has ${uri.length} characters, more than ${longestUri}: use a shorter one`;
  }
  for (const storageContainer of storageContainers) {
    const { metadata, spec, disabled } = storageContainer;
    if (disabled === true || (spec.workloadType ?? 'initContainer') !== 'initContainer') {
      continue;
    }
    for (const { prefix = '', regex = '' } of spec.supportedUriFormats) {
      const found = prefix === '' ? regex !== '' && foundIn(uri, regex) : uri.startsWith(prefix);
      if (found === undefined) {
        return `ClusterStorageContainer ${metadata.name} has ${JSON.stringify(regex)} in supportedUriFormats, which is not a regular expression: correct it`;
      }
      if (found) {
        return undefined;
      }
    }
  }
  return isKnown(uri)
    ? undefined
    : `storageUri, must be one of: [${prefixes.join(', ')}] or match https://{}.${azureHost}/{}/{} ` +
        `or be an absolute or relative local path. StorageUri [${uri}] is not supported`;
}

function isKnown(uri: string): boolean {
  if (!scheme.test(uri)) {
    return true;
  }
  return uri.includes(azureHost) ? azureBlob.test(uri) : prefixes.some((prefix) => uri.startsWith(prefix));
}

/** Whether an expression is found in the URI; undefined when it is none. Go's named groups and leading flags are known. */
function foundIn(uri: string, expression: string): boolean | undefined {
  const { flags = '', body = expression } = /^\(\?(?<flags>[ims]+)\)(?<body>[^]*)$/.exec(expression)?.groups ?? {};
  try {
    return new RegExp(body.replaceAll('(?P<', '(?<'), [...new Set(flags)].join('')).test(uri);
  } catch {
    return undefined;
  }
}
