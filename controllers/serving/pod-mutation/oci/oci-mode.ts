import { ociModelModes, type InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';

/** How a model in an OCI image reaches its container: as a sidecar, as a volume, or fetched by the storage initializer. */
export type OciMode = (typeof ociModelModes)[number];

/** Settings of the platform that decide it. */
export type OciModeSettings = Pick<
  InferenceServiceConfig['storageInitializer'],
  'ociModelMode' | 'enableModelcar' | 'enableOciModelSupport'
>;

const ociUri = /^oci(?:\+([^:/]*))?:\/\//;

/** The mode of images whose URI names none; `undefined` where such URIs are the storage initializer's. */
export function configuredOciMode(settings: OciModeSettings): OciMode | undefined {
  if (settings.ociModelMode !== undefined) return settings.ociModelMode;
  return settings.enableModelcar || settings.enableOciModelSupport ? 'modelcar' : undefined;
}

/**
 * The mode of a URI: `oci+MODE://` says it, where an unknown one means modelcar; `oci://` leaves it to the platform. A mode that is named is
 * honoured where the platform has none too. `undefined`: no image, or one that the storage initializer fetches like other storage.
 */
export function ociMode(uri: string, settings: OciModeSettings): OciMode | undefined {
  const match = ociUri.exec(uri);
  if (match === null) return undefined;
  const [, named] = match;
  if (named === undefined) return configuredOciMode(settings);
  return ociModelModes.find((mode) => mode === named) ?? 'modelcar';
}

/** Reference of the image that an OCI URI names. */
export function ociImage(uri: string): string {
  return uri.replace(ociUri, '');
}
